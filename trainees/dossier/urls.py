from django.urls import path

from . import views

urlpatterns = [
    path("my/file/", views.my_file, name="my_file"),
    path("trainees/blank-form/", views.blank_form, name="blank_form"),
    path("trainees/<str:file_number>/", views.trainee_file, name="trainee_file"),
    path("trainees/<str:file_number>/unmask/", views.trainee_unmask, name="trainee_unmask"),
    path("trainees/<str:file_number>/training/", views.trainee_training, name="trainee_training"),
    path("trainees/<str:file_number>/history/", views.trainee_history, name="trainee_history"),
    path("trainees/<str:file_number>/looks/", views.trainee_looks, name="trainee_looks"),
    path("trainees/<str:file_number>/paper/", views.trainee_paper, name="trainee_paper"),
]
