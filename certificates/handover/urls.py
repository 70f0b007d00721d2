from django.urls import path

from . import views

urlpatterns = [
    path("classes/<str:code>/certificates/hand-over/", views.class_handover, name="class_handover"),
    path("classes/<str:code>/certificates/hand-over/scan/", views.class_handover_scan, name="class_handover_scan"),
    path("certificates/hand-over/scans/<int:pk>/", views.handover_file, name="handover_file"),
    path("certificates/<str:number>/hand-over/", views.certificate_handover, name="certificate_handover"),
    path("certificates/<str:number>/hand-over/correct/", views.handover_correct, name="handover_correct"),
    path("certificates/<str:number>/hand-over/withdraw/", views.handover_withdraw, name="handover_withdraw"),
    path("certificates/<str:number>/hand-over/scan/", views.handover_scan, name="handover_scan"),
]
