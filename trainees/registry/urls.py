from django.urls import path

from . import views

urlpatterns = [
    path("trainees/", views.trainee_list, name="trainee_list"),
    path("trainees/new/", views.trainee_new, name="trainee_new"),
    path("trainees/choose/", views.trainee_choose, name="trainee_choose"),
    path("trainees/<str:file_number>/", views.trainee_file, name="trainee_file"),
    path("trainees/<str:file_number>/unmask/", views.trainee_unmask, name="trainee_unmask"),
    path("trainees/<str:file_number>/edit/", views.trainee_edit, name="trainee_edit"),
    path("trainees/<str:file_number>/identity/", views.trainee_identity, name="trainee_identity"),
    path("trainees/<str:file_number>/accept/", views.trainee_accept, name="trainee_accept"),
    path("trainees/<str:file_number>/groups/", views.group_add, name="group_add"),
    path("trainees/<str:file_number>/groups/<int:pk>/end/", views.group_end, name="group_end"),
]
