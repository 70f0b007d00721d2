from django.urls import path

from . import views

urlpatterns = [
    path("programme/", views.programme, name="programme"),
    path("programme/new/", views.programme_new, name="programme_new"),
]
