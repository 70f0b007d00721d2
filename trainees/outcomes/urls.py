from django.urls import path

from . import views

urlpatterns = [
    path("trainees/<str:file_number>/outcomes/", views.outcome_add, name="outcome_add"),
    path("trainees/<str:file_number>/outcomes/<int:pk>/verify/", views.outcome_verify, name="outcome_verify"),
    path("trainees/<str:file_number>/outcomes/<int:pk>/void/", views.outcome_void, name="outcome_void"),
    path("trainees/<str:file_number>/outcomes/<int:pk>/proof/", views.outcome_proof, name="outcome_proof"),
]
