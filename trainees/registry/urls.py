from django.urls import path

from .views import people, rosters

urlpatterns = [
    path("trainees/", people.trainee_list, name="trainee_list"),
    path("trainees/new/", people.trainee_new, name="trainee_new"),
    path("trainees/<str:file_number>/", people.trainee_file, name="trainee_file"),
    path("trainees/<str:file_number>/unmask/", people.trainee_unmask, name="trainee_unmask"),
    path("trainees/<str:file_number>/edit/", people.trainee_edit, name="trainee_edit"),
    path("trainees/<str:file_number>/identity/", people.trainee_identity, name="trainee_identity"),
    path("trainees/<str:file_number>/accept/", people.trainee_accept, name="trainee_accept"),
    path("trainees/<str:file_number>/groups/", people.group_add, name="group_add"),
    path("trainees/<str:file_number>/groups/<int:pk>/end/", people.group_end, name="group_end"),
    path("rosters/", rosters.roster_list, name="roster_list"),
    path("rosters/new/", rosters.roster_upload, name="roster_upload"),
    path("rosters/<int:pk>/", rosters.roster_preview, name="roster_preview"),
    path("rosters/<int:pk>/commit/", rosters.roster_commit, name="roster_commit"),
    path("rosters/<int:pk>/discard/", rosters.roster_discard, name="roster_discard"),
    path("rosters/<int:pk>/refused.xlsx", rosters.roster_errors, name="roster_errors"),
]
