from django.urls import path

from . import views

urlpatterns = [
    path("classes/<str:code>/certificates/", views.class_certificates, name="class_certificates"),
    path("classes/<str:code>/certificates/issue/", views.class_issue, name="class_issue"),
    path("classes/<str:code>/certificates/print/", views.class_print, name="class_print"),
    path("certificates/print/<uuid:public_id>/", views.certificate_print, name="certificate_print"),
    path("certificates/<str:number>.pdf", views.certificate_pdf, name="certificate_pdf"),
    path("certificates/<str:number>/revoke/", views.certificate_revoke, name="certificate_revoke"),
    # Whatever is not a token, slashes included, gets the same answer.
    path("c/<path:token>/", views.certificate_check, name="certificate_check"),
    path("verify/", views.certificate_verify, name="certificate_verify"),
    path("my/certificates/", views.my_certificates, name="my_certificates"),
]
