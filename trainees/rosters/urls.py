from django.urls import path

from . import views

urlpatterns = [
    path("rosters/", views.roster_list, name="roster_list"),
    path("rosters/new/", views.roster_upload, name="roster_upload"),
    path("rosters/<int:pk>/", views.roster_preview, name="roster_preview"),
    path("rosters/<int:pk>/commit/", views.roster_commit, name="roster_commit"),
    path("rosters/<int:pk>/discard/", views.roster_discard, name="roster_discard"),
    path("rosters/<int:pk>/refused.xlsx", views.roster_errors, name="roster_errors"),
]
