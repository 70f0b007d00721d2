from django.urls import path

from . import views

ONE = "households/<int:pk>/"

urlpatterns = [
    path("households/", views.household_list, name="household_list"),
    path("households/new/", views.household_new, name="household_new"),
    path(ONE, views.household_page, name="household_page"),
    path(f"{ONE}edit/", views.household_edit, name="household_edit"),
    path(f"{ONE}lifted/", views.household_lifted, name="household_lifted"),
    path(f"{ONE}periods/", views.period_add, name="period_add"),
    path(f"{ONE}periods/<int:period>/", views.period_page, name="period_page"),
    path(f"{ONE}periods/<int:period>/verify/", views.period_verify, name="period_verify"),
    path(f"{ONE}periods/<int:period>/void/", views.period_void, name="period_void"),
    path(f"{ONE}periods/<int:period>/document/", views.period_document, name="period_document"),
    path(f"{ONE}members/", views.member_add, name="member_add"),
    path(f"{ONE}members/<int:member>/", views.member_page, name="member_page"),
    path(f"{ONE}members/<int:member>/end/", views.member_end, name="member_end"),
    path(f"{ONE}members/<int:member>/void/", views.member_void, name="member_void"),
]
