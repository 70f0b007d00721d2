from django.urls import path

from . import views
from .disability import urls as disability
from .groups import urls as groups
from .households import urls as households

urlpatterns = [
    path("trainees/", views.trainee_list, name="trainee_list"),
    path("trainees/new/", views.trainee_new, name="trainee_new"),
    path("trainees/review/", views.identity_review, name="identity_review"),
    path("trainees/choose/", views.trainee_choose, name="trainee_choose"),
    path("trainees/<str:file_number>/edit/", views.trainee_edit, name="trainee_edit"),
    path("trainees/<str:file_number>/identity/", views.trainee_identity, name="trainee_identity"),
    path("trainees/<str:file_number>/accept/", views.trainee_accept, name="trainee_accept"),
    *groups.urlpatterns,
    *disability.urlpatterns,
    *households.urlpatterns,
]
