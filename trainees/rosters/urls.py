from django.urls import path

from . import views

urlpatterns = [
    path("rosters/", views.roster_list, name="roster_list"),
    path("rosters/new/", views.roster_upload, name="roster_upload"),
    path("rosters/<int:pk>/", views.roster_preview, name="roster_preview"),
    path("rosters/<int:pk>/commit/", views.roster_commit, name="roster_commit"),
    path("rosters/<int:pk>/skip/", views.roster_skip, name="roster_skip"),
    path("rosters/<int:pk>/undo/", views.roster_undo, name="roster_undo"),
    path("rosters/<int:pk>/rows/<int:number>/", views.roster_row, name="roster_row"),
    path("rosters/<int:pk>/rows/<int:number>/plain/", views.roster_row_plain, name="roster_row_plain"),
    path("rosters/<int:pk>/rows/<int:number>/decide/", views.roster_row_decide, name="roster_row_decide"),
    path("rosters/<int:pk>/rows/<int:number>/take/", views.roster_row_take, name="roster_row_take"),
    path("rosters/<int:pk>/discard/", views.roster_discard, name="roster_discard"),
    path("rosters/<int:pk>/refused.xlsx", views.roster_errors, name="roster_errors"),
]
