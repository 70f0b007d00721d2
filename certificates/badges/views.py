"""The badge of a certificate for the person and those who hand it over, and what programs and strangers may ask."""

import json
from typing import Any

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lms.access.decorators import public, signed_in
from lms.access.limits import within_limit
from lms.refusals import Refused
from lms.uploads import bounded_upload, too_large_fields

from ..enums import CertificateKind
from ..models import Badge, Certificate
from ..rules import may_have_file
from ..views.checking import tongues
from ..views.doors import person, private, unlisted
from . import actions, baking, checking, documents, picture, queries, rules
from .enums import BadgeFormat
from .forms import BadgeFileForm, MakeForm

FILES, LISTS, SECONDS = 20, 300, 600
CREDENTIAL = "application/vc"  # Verifiable Credentials 2.0, part 6.2
TYPES = {BadgeFormat.JSON: CREDENTIAL, BadgeFormat.SVG: "image/svg+xml", BadgeFormat.PNG: "image/png"}
# What a program says it takes when it wants the credential and not the page.
WANTED = ("application/vc", "application/ld+json", "application/json", "application/vc+ld+json")


# --- the person, and those who hand over --------------------------------------------------------------------------


def _certificate_for(request: HttpRequest, number: str) -> Certificate:
    certificates = Certificate.objects.visible_to(request.user).select_related("trainee__township", "replaced_by")
    certificate = get_object_or_404(certificates, number=number)
    if not may_have_file(request.user, certificate):
        raise PermissionDenied
    return certificate


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def badge_page(request: HttpRequest, number: str) -> HttpResponseBase:
    """Make it, get it, or choose anew whether it carries the name."""
    certificate = _certificate_for(request, number)
    if request.method == "POST":
        form = MakeForm(request.POST)
        form.is_valid()  # a single tick: anything else is no tick
        try:
            actions.make(
                by=person(request), certificate=certificate, with_name=form.cleaned_data.get("with_name", False)
            )
            messages.success(request, _("The badge is ready."))
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        return redirect("badge_page", number)
    badge = queries.badge_of(certificate)
    holder = rules.is_holder(request.user, certificate)
    context = {
        "certificate": certificate,
        "title": documents.title_of(certificate),
        "badge": badge,
        "ended": rules.why_ended(certificate),
        "holder": holder,
        "form": MakeForm(initial={"with_name": badge.with_name if badge else False}),
        "formats": BadgeFormat.choices,
        "back": "my_certificates" if holder else "class_certificates",
    }
    if badge and not context["ended"]:
        context |= _link(badge)
    return private(render(request, "certificates/badges/badge.html", context))


def _link(badge: Badge) -> dict[str, str]:
    where = documents.address("badge_wallet", badge.token)
    return {"link": where, "code": segno.make(where, error="m").svg_data_uri(scale=4, border=4, light="#fff")}


@signed_in
@require_POST
def badge_link(request: HttpRequest, number: str) -> HttpResponseBase:
    """Close the address that was given away and open another."""
    certificate = _certificate_for(request, number)
    badge = get_object_or_404(Badge.objects.visible_to(request.user), certificate=certificate)
    actions.close_link(by=person(request), badge=badge)
    messages.success(request, _("The old address is closed, the new one is shown below."))
    return redirect("badge_page", number)


@signed_in
@require_GET
def badge_file(request: HttpRequest, number: str, form: str) -> HttpResponseBase:
    certificate = _certificate_for(request, number)
    rules.refuse_ended(certificate)
    badge = queries.badge_of(certificate)
    if badge is None:
        return redirect("badge_page", number)
    response = HttpResponse(_content(badge, BadgeFormat(form)), content_type=TYPES[BadgeFormat(form)])
    response["Content-Disposition"] = f'attachment; filename="{certificate.number}.{form}"'
    return private(response)


def _content(badge: Badge, form: BadgeFormat) -> bytes:
    document = documents.credential(badge)
    kind = CertificateKind(badge.certificate.kind)
    if form == BadgeFormat.SVG:
        return baking.baked_svg(kind, document)
    if form == BadgeFormat.PNG:
        return baking.baked_png(kind, document)
    return baking.written(document).encode()


# --- whoever has the link -----------------------------------------------------------------------------------------


@public
@require_GET
def badge_wallet(request: HttpRequest, token: str) -> HttpResponse:
    """For people a page that explains, for a wallet that asks for it the credential itself."""
    badge = queries.badge_by_token(token)
    if _asks_for_json(request):
        return _credential_answer(badge)
    if badge is None:
        return unlisted(render(request, "certificates/badges/unknown.html", status=404))
    ended = rules.why_ended_in_public(badge.certificate)
    context = {"badge": badge, "certificate": badge.certificate, "tongues": tongues(request)}
    if ended:
        return unlisted(render(request, "certificates/badges/ended.html", context, status=410))
    return unlisted(render(request, "certificates/badges/wallet.html", context | _link(badge)))


def _asks_for_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", *WANTED]) in WANTED


@public
@require_GET
def badge_credential(request: HttpRequest, token: str) -> HttpResponse:
    return _credential_answer(queries.badge_by_token(token))


def _credential_answer(badge: Badge | None) -> HttpResponse:
    if badge is None:
        return unlisted(_problem(404, _("There is no badge at this address.")))
    why = rules.why_ended_in_public(badge.certificate)
    if why:
        return unlisted(_problem(410, why))
    return unlisted(_open(HttpResponse(_content(badge, BadgeFormat.JSON), content_type=CREDENTIAL)))


def _problem(status: int, detail: str) -> HttpResponse:
    """RFC 9457: a program reads the status, a person the sentence."""
    text = json.dumps({"status": status, "title": detail}, ensure_ascii=False)
    return _open(HttpResponse(text, content_type="application/problem+json", status=status))


def _open(response: HttpResponse) -> HttpResponse:
    """A checker that runs in somebody's browser may read it from any page."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Vary"] = "Accept"
    return response


# --- anyone -------------------------------------------------------------------------------------------------------


def _document(document: dict[str, Any], content_type: str, *, seconds: int = 3600) -> HttpResponse:
    response = _open(HttpResponse(baking.written(document), content_type=content_type))
    response["Cache-Control"] = f"public, max-age={seconds}"
    return response


@public
@require_GET
def did_document(request: HttpRequest) -> HttpResponse:
    return _document(documents.did_document(), "application/did+json")


@public
@require_GET
def badge_issuer(request: HttpRequest) -> HttpResponse:
    return _document(documents.issuer_profile(), "application/ld+json")


@public
@require_GET
def badge_status(request: HttpRequest, number: int) -> HttpResponse:
    """A status list says nothing of anybody: a number of bits, most of them of nobody."""
    if not within_limit(request, "badge-status", most=LISTS, seconds=SECONDS):
        return _problem(429, _("Too many questions from here. Keep the list for five minutes."))
    if not queries.has_list(number):
        return _problem(404, _("There is no status list with this number."))
    return _document(documents.status_list(number), CREDENTIAL, seconds=documents.STATUS_SECONDS)


@public
@require_GET
def badge_picture(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    if kind not in CertificateKind.values:
        raise Http404
    drawn = CertificateKind(kind)
    content = picture.png(drawn) if form == "png" else picture.svg(drawn, title=str(drawn.label)).encode()
    response = _open(HttpResponse(content, content_type=TYPES[BadgeFormat(form)]))
    response["Cache-Control"] = "public, max-age=86400"
    return response


@public
@bounded_upload
@require_http_methods(["GET", "HEAD", "POST"])
def badge_check(request: HttpRequest) -> HttpResponse:
    """How anyone checks a badge, and a check by this site for those who have no program for it."""
    context: dict[str, Any] = {"form": BadgeFileForm(), "tongues": tongues(request), "did": documents.did()}
    if request.method != "POST":
        return render(request, "certificates/badges/check.html", context)
    if not within_limit(request, "badge-files", most=FILES, seconds=SECONDS):
        context |= {"too_many": True, "minutes": SECONDS // 60}
        return render(request, "certificates/badges/check.html", context, status=429)
    form = BadgeFileForm(request.POST, request.FILES)
    if "file" in too_large_fields(request) or not form.is_valid():
        context |= {"form": form, "too_large": "file" in too_large_fields(request)}
        return render(request, "certificates/badges/check.html", context, status=400)
    judged = checking.judge(form.cleaned_data["file"].read(), number=form.cleaned_data["number"])
    return unlisted(render(request, "certificates/badges/judged.html", context | {"judged": judged}))
