from django.urls import path

from . import views

urlpatterns = [
    path("staff/", views.account_list, name="account_list"),
    path("staff/new/", views.account_new, name="account_new"),
    path("staff/<int:pk>/", views.account_page, name="account_page"),
    path("staff/<int:pk>/roles/", views.role_grant, name="role_grant"),
    path("staff/<int:pk>/roles/<int:grant>/end/", views.role_end, name="role_end"),
    path("staff/<int:pk>/suspend/", views.account_suspend, name="account_suspend"),
    path("staff/<int:pk>/reopen/", views.account_reopen, name="account_reopen"),
    path("staff/<int:pk>/password/", views.account_password, name="account_password"),
]
