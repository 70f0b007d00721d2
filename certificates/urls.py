from django.urls import include, path

from .views import certificates, checking, printing

urlpatterns = [
    path("", include("certificates.handover.urls")),
    path("", include("certificates.lists.urls")),
    path("classes/<str:code>/certificates/", certificates.class_certificates, name="class_certificates"),
    path("classes/<str:code>/certificates/issue/", certificates.class_issue, name="class_issue"),
    path("classes/<str:code>/certificates/print/", printing.class_print, name="class_print"),
    path("certificates/print/", printing.certificate_prints, name="certificate_prints"),
    path("certificates/print/new/", printing.print_new, name="print_new"),
    path("certificates/print/<uuid:public_id>/", printing.certificate_print, name="certificate_print"),
    path("certificates/print/<uuid:public_id>/file/", printing.certificate_print_file, name="certificate_print_file"),
    path("certificates/<str:number>.pdf", certificates.certificate_pdf, name="certificate_pdf"),
    path("certificates/<str:number>/revoke/", certificates.certificate_revoke, name="certificate_revoke"),
    # Whatever is not a token, slashes included, gets the same answer.
    path("c/<path:token>/", checking.certificate_check, name="certificate_check"),
    path("verify/", checking.certificate_verify, name="certificate_verify"),
    path("verify/file/", checking.certificate_file, name="certificate_file"),
    path("verify/trust/", checking.certificate_trust, name="certificate_trust"),
    path("verify/trust/<str:fingerprint>.cer", checking.certificate_authority, name="certificate_authority"),
    path("my/certificates/", certificates.my_certificates, name="my_certificates"),
]
