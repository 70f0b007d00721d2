"""Pages that belong to no room: errors, the language switch, the gallery of components."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from lms.access.decorators import public

from .forms import SampleForm

YEAR = 365 * 24 * 3600


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to the same page."""
    language = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    if language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax")
    return response


@public
def one_sign_in(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Wagtail's own sign-in pages know no second factor and no limit of tries: every way leads to ours."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("account_login") + (f"?{query}" if query else ""))


@public
def one_password_reset(request: HttpRequest, rest: str = "") -> HttpResponse:
    return redirect("account_reset_password")


@public
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component with its states, for those who build pages."""
    sample = {"name": "", "phone": "138", "township": "103", "half": "am", "groups": ["woman"], "people": 500}
    pages = Paginator(range(95), 10)
    return render(
        request,
        "ui/gallery.html",
        {
            "form": SampleForm(prefix="plain"),
            "wrong_form": SampleForm(sample),
            "page": pages.get_page(request.GET.get("page")),
            "tones": ["ok", "warn", "bad", "info", "neutral"],
        },
    )


@public
def sign_in_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form sent after the sign-in ended: say so, and let the browser's Back bring the typed text again."""
    return render(request, "ui/errors/expired.html", status=403)


@public
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "ui/errors/404.html", status=404)


@public
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "ui/errors/403.html", status=403)


@public
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "ui/errors/400.html", status=400)


@public
def server_error(request: HttpRequest) -> HttpResponse:
    """Without context processors, session or database: any of them may be what broke."""
    return HttpResponse(get_template("ui/errors/500.html").render({}), status=500)
