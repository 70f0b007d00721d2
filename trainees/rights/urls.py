from django.urls import path

from .views import exports, requests, retention

urlpatterns = [
    path("requests/", requests.request_list, name="request_list"),
    path("requests/<int:pk>/", requests.request_page, name="request_page"),
    path("requests/<int:pk>/lift/", requests.request_lift, name="request_lift"),
    path("requests/<int:pk>/copy/", requests.request_copy, name="request_copy"),
    path("requests/<int:pk>/copy/hand-over/", requests.request_hand_over, name="request_hand_over"),
    path("requests/<int:pk>/copy/again/", requests.request_copy_again, name="request_copy_again"),
    path("trainees/<str:file_number>/rights/", requests.trainee_rights, name="trainee_rights"),
    path("my/data/", requests.my_data, name="my_data"),
    path("exports/", exports.export_list, name="export_list"),
    path("exports/new/", exports.export_new, name="export_new"),
    path("exports/<uuid:public_id>/", exports.export_page, name="export_page"),
    path("exports/<uuid:public_id>/password/", exports.export_password, name="export_password"),
    path("exports/<uuid:public_id>/file/", exports.export_file, name="export_file"),
    path("retention/", retention.retention, name="retention"),
    path("retention/decide/", retention.retention_decide, name="retention_decide"),
    path("retention/rules/<str:kind>/", retention.retention_rule, name="retention_rule"),
]
