from django.http import HttpRequest

from lms.accounts.models import User


class SignedInRequest(HttpRequest):
    """For annotations: what a view behind the sign-in is given. Nothing is ever made an instance of it."""

    user: User
