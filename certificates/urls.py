from django.urls import include, path

from .views import awards, certificates, checking, classes, designs, printing, schemes

urlpatterns = [
    path("", include("certificates.handover.urls")),
    path("", include("certificates.lists.urls")),
    path("classes/<str:code>/certificates/", classes.class_certificates, name="class_certificates"),
    path("classes/<str:code>/certificates/issue/", classes.class_issue, name="class_issue"),
    path("classes/<str:code>/reopen/", classes.class_reopen, name="class_reopen"),
    path("contest/<str:code>/entries/<int:pk>/award/", awards.contest_award, name="contest_award"),
    path("certificates/schemes/", schemes.number_schemes, name="number_schemes"),
    path("certificates/schemes/<str:kind>/", schemes.number_scheme, name="number_scheme"),
    path("classes/<str:code>/certificates/print/", printing.class_print, name="class_print"),
    path("certificates/print/", printing.certificate_prints, name="certificate_prints"),
    path("certificates/print/new/", printing.print_new, name="print_new"),
    path("certificates/print/<uuid:public_id>/", printing.certificate_print, name="certificate_print"),
    path("certificates/print/<uuid:public_id>/file/", printing.certificate_print_file, name="certificate_print_file"),
    path("certificates/designs/", designs.design_list, name="design_list"),
    path("certificates/designs/<int:pk>/", designs.design_page, name="design_page"),
    path("certificates/designs/<int:pk>/<slug:mode>.png", designs.design_picture, name="design_picture"),
    path("certificates/designs/<int:pk>/sample/", designs.design_sample, name="design_sample"),
    path("certificates/<str:number>.pdf", certificates.certificate_pdf, name="certificate_pdf"),
    # After the fixed addresses below certificates/: a number would match them too.
    path("certificates/<str:number>/", certificates.certificate_page, name="certificate_page"),
    path("certificates/<str:number>/reissue/", certificates.certificate_reissue, name="certificate_reissue"),
    path("certificates/<str:number>/renew/", certificates.certificate_renew, name="certificate_renew"),
    path("certificates/<str:number>/revoke/", certificates.certificate_revoke, name="certificate_revoke"),
    # Whatever is not a token, slashes included, gets the same answer.
    path("c/<path:token>/", checking.certificate_check, name="certificate_check"),
    path("verify/", checking.certificate_verify, name="certificate_verify"),
    path("verify/file/", checking.certificate_file, name="certificate_file"),
    path("verify/trust/", checking.certificate_trust, name="certificate_trust"),
    path("verify/trust/<str:fingerprint>.cer", checking.certificate_authority, name="certificate_authority"),
    path("my/certificates/", certificates.my_certificates, name="my_certificates"),
]
