from django.urls import path

from . import views

urlpatterns = [
    path("classes/plan/", views.class_plan, name="class_plan"),
]
