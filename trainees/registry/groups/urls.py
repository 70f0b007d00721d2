from django.urls import path

from . import views

FILE = "trainees/<str:file_number>/groups/"

urlpatterns = [
    path("groups/to-verify/", views.groups_to_verify, name="groups_to_verify"),
    path(FILE, views.group_add, name="group_add"),
    path(f"{FILE}<int:pk>/", views.group_page, name="group_page"),
    path(f"{FILE}<int:pk>/end/", views.group_end, name="group_end"),
    path(f"{FILE}<int:pk>/void/", views.group_void, name="group_void"),
    path(f"{FILE}<int:pk>/correct/", views.group_correct, name="group_correct"),
    path(f"{FILE}<int:pk>/verify/", views.group_verify, name="group_verify"),
    path(f"{FILE}<int:pk>/attach/", views.group_attach, name="group_attach"),
    path(f"{FILE}<int:pk>/document/", views.group_document, name="group_document"),
]
