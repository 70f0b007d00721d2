from django.urls import path

from . import views

urlpatterns = [
    path("my/", views.my_learning, name="my_learning"),
    path("my/lessons/<int:pk>/", views.lesson_take, name="lesson_take"),
    path("my/lessons/<int:pk>/reach/", views.lesson_reach, name="lesson_reach"),
    path("my/lessons/<int:pk>/quiz/", views.lesson_quiz, name="lesson_quiz"),
]
