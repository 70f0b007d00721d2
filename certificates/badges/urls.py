from django.urls import path, re_path

from . import views

urlpatterns = [
    path("certificates/<str:number>/badge/", views.badge_page, name="badge_page"),
    path("certificates/<str:number>/badge/link/", views.badge_link, name="badge_link"),
    re_path(r"^certificates/(?P<number>[^/]+)/badge\.(?P<form>json|svg|png)$", views.badge_file, name="badge_file"),
    path("b/<str:token>/", views.badge_wallet, name="badge_wallet"),
    path("b/<str:token>/badge.json", views.badge_credential, name="badge_credential"),
    path("badges/", views.badge_check, name="badge_check"),
    path("badges/issuer.json", views.badge_issuer, name="badge_issuer"),
    path("badges/status/<int:number>/", views.badge_status, name="badge_status"),
    re_path(r"^badges/pictures/(?P<kind>[a-z]+)\.(?P<form>svg|png)$", views.badge_picture, name="badge_picture"),
    path(".well-known/did.json", views.did_document, name="did_document"),
]
