from django.urls import path

from . import views

urlpatterns = [
    path("contest/receipt/<uuid:token>/", views.contest_receipt, name="contest_receipt"),
    path("contest/<str:code>/enter/", views.contest_enter, name="contest_enter"),
    path("contest/<str:code>/entries/", views.contest_entries, name="contest_entries"),
    path("contest/<str:code>/entries/<int:pk>/file/", views.contest_entry_file, name="contest_entry_file"),
    path("contest/<str:code>/entries/<int:pk>/plan/", views.contest_plan, name="contest_plan"),
]
