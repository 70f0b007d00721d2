from django.urls import path

from . import views
from .enums import BadgeFormat

urlpatterns = [
    path("certificates/<str:number>/badge/", views.badge_page, name="badge_page"),
    path("certificates/<str:number>/badge/link/", views.badge_link, name="badge_link"),
    *(
        path(f"certificates/<str:number>/badge.{form}", views.badge_file, {"form": form}, name="badge_file")
        for form in BadgeFormat.values
    ),
    path("b/<str:token>/", views.badge_wallet, name="badge_wallet"),
    path("b/<str:token>/badge.json", views.badge_credential, name="badge_credential"),
    path("badges/", views.badge_check, name="badge_check"),
    path("badges/issuer.json", views.badge_issuer, name="badge_issuer"),
    path("badges/status/<int:number>/", views.badge_status, name="badge_status"),
    *(
        path(f"badges/pictures/<str:kind>.{form}", views.badge_picture, {"form": form}, name="badge_picture")
        for form in ("svg", "png")
    ),
    path(".well-known/did.json", views.did_document, name="did_document"),
]
