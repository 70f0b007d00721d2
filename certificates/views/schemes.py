"""How certificates are numbered: shown to the office, decided by the manager."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lms.access.decorators import allow
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.programme.queries import current_programme
from lms.refusals import Refused

from .. import actions, queries, rules
from ..enums import CertificateKind
from ..forms import SchemeForm
from .doors import person


@allow(*rules.OFFICE, Role.AUDITOR)
@require_safe
def number_schemes(request: HttpRequest) -> HttpResponse:
    programme = current_programme()
    context = {
        "programme": programme,
        "schemes": queries.schemes_of(programme, timezone.localdate()),
        "may_change": scope_of(request.user).has(Role.MANAGER),
    }
    return render(request, "certificates/schemes.html", context)


@allow(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def number_scheme(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind: what holds, what held before, and a new scheme, tried on an example before it holds."""
    if kind not in CertificateKind.values:
        raise Http404
    programme = current_programme()
    scheme = queries.scheme_of(programme, kind)
    initial = {"pattern": scheme.pattern, "valid_months": scheme.valid_months}
    form = SchemeForm(request.POST or None, initial=initial)
    if kind != CertificateKind.TRAINER:
        del form.fields["valid_months"]
    example = ""
    if request.method == "POST" and form.is_valid():
        try:
            example = queries.example_of(programme, kind, form.cleaned_data["pattern"], timezone.localdate())
            if "try" not in request.POST:
                decided = actions.set_scheme(by=person(request), programme=programme, kind=kind, **form.cleaned_data)
                text = _("New numbers look like %(example)s.") if decided != scheme else _("Nothing was changed.")
                messages.success(request, text % {"example": example})
                return redirect("number_schemes")
        except Refused as refusal:
            form.add_error("valid_months" if refusal.code == "months_missing" else "pattern", str(refusal.message))
    context = {
        "programme": programme,
        "kind": CertificateKind(kind),
        "form": form,
        "example": example,
        "now": queries.example_of(programme, kind, scheme.pattern, timezone.localdate()),
        "versions": programme.number_schemes.filter(kind=kind).order_by("-version"),
    }
    return render(request, "certificates/scheme.html", context, status=422 if form.errors else 200)
