from django.urls import path

from . import views

urlpatterns = [
    path("duplicates/", views.duplicate_list, name="duplicate_list"),
    path("duplicates/<str:first>/<str:second>/", views.duplicate_compare, name="duplicate_compare"),
    path("duplicates/<str:first>/<str:second>/different/", views.duplicate_different, name="duplicate_different"),
    path("duplicates/<str:first>/<str:second>/merge/", views.duplicate_merge, name="duplicate_merge"),
    path("trainees/<str:file_number>/duplicate/", views.duplicate_of, name="duplicate_of"),
    path("merges/<int:pk>/", views.merge_page, name="merge_page"),
    path("merges/<int:pk>/undo/", views.merge_undo, name="merge_undo"),
]
