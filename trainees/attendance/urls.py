from django.urls import path

from . import views

urlpatterns = [
    path("teach/<int:pk>/", views.teach_session, name="teach_session"),
]
