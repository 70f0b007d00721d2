"""Each view names one access rule; tests/house/test_access.py walks the resolver and fails when one has none."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied

from lms.accounts.enums import Role

from .scope import scope_of


def public(view: Callable) -> Callable:
    """Anyone, signed in or not."""
    view = login_not_required(view)
    view.access_rule = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: Callable) -> Callable:
    """Any account; what it shows is the account's own."""
    view.access_rule = "signed in"  # type: ignore[attr-defined]
    return view


def allow(*roles: Role) -> Callable:
    """Accounts that hold one of these roles somewhere; the scoped getter then says which records."""

    def wrap(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not scope_of(request.user).has(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access_rule = "roles: " + ", ".join(sorted(roles))  # type: ignore[attr-defined]
        return guarded

    return wrap
