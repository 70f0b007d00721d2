from django.urls import path

from . import views

urlpatterns = [
    path("trainees/<str:file_number>/profile/", views.trainee_profile, name="trainee_profile"),
    path("trainees/<str:file_number>/photo/", views.trainee_photo, name="trainee_photo"),
]
