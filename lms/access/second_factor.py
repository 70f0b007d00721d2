"""Whether this very sign-in passed the second factor: that an account has one says nothing about who is in it."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

SET_UP_HERE = "second_factor_set_up"


def passed(request: HttpRequest) -> bool:
    """By code, key or recovery code at the sign-in, or because the factor was set up in this session."""
    if request.session.get(SET_UP_HERE) == request.user.pk:
        return True
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


@receiver(authenticator_added)
def remember(request: HttpRequest | None = None, **facts: Any) -> None:
    """Who has just set a factor up showed it by doing so, and is not asked to sign in again."""
    if request is not None:
        request.session[SET_UP_HERE] = request.user.pk
        # The signal comes on commit, which may be after the session was written.
        request.session.save()
