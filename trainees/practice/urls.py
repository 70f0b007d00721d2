from django.urls import path

from . import views

urlpatterns = [
    path("teach/<str:code>/results/", views.teach_results, name="teach_results"),
]
