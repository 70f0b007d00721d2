from django.urls import path

from . import views

urlpatterns = [
    path("teach/", views.teach, name="teach"),
    path("classes/", views.class_list, name="class_list"),
    path("classes/<str:code>/", views.class_page, name="class_page"),
    path("classes/<str:code>/edit/", views.class_edit, name="class_edit"),
    path("classes/<str:code>/find/", views.class_find, name="class_find"),
    path("classes/<str:code>/enrol/", views.class_enrol, name="class_enrol"),
    path("classes/<str:code>/cancel-enrolments/", views.class_unenrol, name="class_unenrol"),
    path("classes/<str:code>/open/", views.class_open, name="class_open"),
    path("classes/<str:code>/close/", views.class_close, name="class_close"),
    path("classes/<str:code>/refuse/", views.class_refuse, name="class_refuse"),
    path("classes/<str:code>/cancel/", views.class_cancel, name="class_cancel"),
]
