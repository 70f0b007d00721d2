from django.urls import path

from . import views

FILE = "trainees/<str:file_number>/disability/"

urlpatterns = [
    path(FILE, views.disability_add, name="disability_add"),
    path(f"{FILE}<int:pk>/", views.disability_page, name="disability_page"),
    path(f"{FILE}<int:pk>/dates/", views.disability_dates, name="disability_dates"),
    path(f"{FILE}<int:pk>/void/", views.disability_void, name="disability_void"),
    path(f"{FILE}<int:pk>/document/", views.disability_document, name="disability_document"),
]
