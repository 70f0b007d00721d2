from django.urls import path

from . import views

urlpatterns = [
    path("progress/", views.dashboard, name="progress"),
    path("progress/people/", views.people, name="progress_people"),
]
