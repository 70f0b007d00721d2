from django.urls import path

from . import views

urlpatterns = [
    path("certificates/register/", views.certificate_register, name="certificate_register"),
    path("certificates/lists/", views.list_files, name="list_files"),
    path("certificates/lists/new/", views.list_new, name="list_new"),
    path("certificates/lists/<uuid:public_id>/", views.list_file, name="list_file"),
    path("certificates/lists/<uuid:public_id>/file/", views.list_download, name="list_download"),
    path("certificates/lists/<uuid:public_id>/password/", views.list_password, name="list_password"),
]
