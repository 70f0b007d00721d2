from django.urls import path

from . import views

urlpatterns = [
    path("consent/texts/", views.consent_texts, name="consent_texts"),
    path("consent/texts/<int:pk>/", views.consent_text, name="consent_text"),
    path("consent/texts/<int:pk>/publish/", views.consent_publish, name="consent_publish"),
    path("consent/texts/<str:kind>/draft/", views.consent_draft, name="consent_draft"),
    path("consent/missing/", views.consent_missing, name="consent_missing"),
    path("consent/paper/", views.consent_paper, name="consent_paper"),
    path("consent/scans/<int:pk>/", views.consent_scan, name="consent_scan"),
    path("classes/<str:code>/consent/", views.class_consent, name="class_consent"),
    path("trainees/<str:file_number>/consent/", views.trainee_consent, name="trainee_consent"),
    path("trainees/<str:file_number>/consent/withdraw/", views.trainee_withdraw, name="trainee_withdraw"),
    path("my/consent/", views.my_consent, name="my_consent"),
    path("my/consent/<str:kind>/give/", views.my_consent_give, name="my_consent_give"),
    path("my/consent/<str:kind>/withdraw/", views.my_consent_withdraw, name="my_consent_withdraw"),
]
