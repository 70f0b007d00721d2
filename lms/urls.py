from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from lms.ui import views as ui

urlpatterns = [
    path("language/", ui.set_language, name="set_language"),
    path("ui/gallery/", ui.gallery, name="gallery"),
    path("accounts/", include("allauth.urls")),
    # Before Wagtail's own: whoever signs in anywhere else passes by the second factor.
    path("admin/login/", ui.one_sign_in),
    path("_util/login/", ui.one_sign_in),
    path("admin/password_reset/", ui.one_password_reset),
    path("admin/password_reset/<path:rest>", ui.one_password_reset),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # Rooms are named as strings: nobody imports this module and it imports no room.
    path("", include("lms.jobs.urls")),
    path("", include("lms.programme.urls")),
    path("", include("lms.staff.urls")),
    path("", include("courses.schedule.urls")),
    path("", include("trainees.registry.urls")),
    path("", include("trainees.merging.urls")),
    path("", include("trainees.rosters.urls")),
    path("", include("trainees.consent.urls")),
    path("", include("trainees.rights.urls")),
    path("", include("trainees.attendance.urls")),
    path("", include("trainees.practice.urls")),
    path("", include("trainees.learning.urls")),
    path("", include("trainees.contest.urls")),
    path("", include("trainees.progress.urls")),
    path("", include("trainees.classroom.urls")),
    path("", include("trainees.profiles.urls")),
    path("", include("trainees.outcomes.urls")),
    # After the rooms with fixed addresses below trainees/: a file number would match them too.
    path("", include("trainees.dossier.urls")),
    path("", include("trainees.desk.urls")),
    path("", include("certificates.urls")),
    path("", include("certificates.badges.urls")),
    path("", include("content.urls")),
    path("", include(wagtail_urls)),
]

handler400 = "lms.ui.views.bad_request"
handler403 = "lms.ui.views.forbidden"
handler404 = "lms.ui.views.not_found"
handler500 = "lms.ui.views.server_error"
