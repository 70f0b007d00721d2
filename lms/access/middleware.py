from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lms.accounts.enums import STAFF_ROLES
from lms.accounts.queries import has_second_factor

from . import second_factor
from .scope import scope_of

# These packages guard their own views: Wagtail's page serving is public, its admin is not.
GUARD_THEMSELVES = ("wagtail.", "allauth.", "django.views.i18n")
# Open to staff who have no second factor yet.
SETTING_UP = ("/accounts/", "/language/", "/static/")


class LoginByDefault(LoginRequiredMiddleware):
    """A view is behind the sign-in unless it says otherwise."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        if view_func.__module__.startswith(GUARD_THEMSELVES):
            self._refuse_back_office(request)
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    @staticmethod
    def _refuse_back_office(request):
        """Wagtail sends whoever may not edit to the sign-in, which sends the signed-in back: round and round."""
        if (
            request.path.startswith(reverse("wagtailadmin_home"))
            and request.user.is_authenticated
            and not request.user.has_perm("wagtailadmin.access_admin")
        ):
            raise PermissionDenied

    def handle_no_permission(self, request, view_func):
        """A form sent after the sign-in ended is not sent again by signing in: say so, the browser keeps the text."""
        if request.method not in ("GET", "HEAD"):
            return render(request, "ui/errors/expired.html", status=403)
        return super().handle_no_permission(request, view_func)


class PrivatePages:
    """What somebody signed in was shown stays theirs: no proxy keeps it, and a browser asks again before showing it.

    Not no-store: after an expired sign-in the browser's Back has to bring the typed text again.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-cache"
        return response


class SecondFactorForStaff:
    """Where STAFF_SECOND_FACTOR says so, staff set up a second factor before anything else, and a sign-in that went
    past the one they have is no sign-in: it ends."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if settings.STAFF_SECOND_FACTOR and user.is_authenticated and scope_of(user).has(*STAFF_ROLES):
            if not has_second_factor(user):
                if not request.path.startswith(SETTING_UP):
                    messages.info(request, _("Set up a second factor first: your role opens other people's files."))
                    return redirect("mfa_index")
            elif not second_factor.passed(request):
                logout(request)
                messages.warning(request, _("Sign in with your second factor."))
                if request.method != "GET":
                    return redirect("account_login")
                return redirect_to_login(request.get_full_path())
        return self.get_response(request)
