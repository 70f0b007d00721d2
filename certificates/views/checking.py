"""What anyone may ask: is this certificate valid, is this file genuine, and why should I believe it?"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from lms.access.decorators import public
from lms.paper.signing_keys import read_ring
from lms.uploads import bounded_upload, too_large_fields

from .. import checking, limits, queries, rules
from ..enums import Standing
from ..forms import FileForm, VerifyForm
from .doors import unlisted

TONGUES = ("zh-hans", "en")


def tongues(request: HttpRequest) -> list[str]:
    """Both languages, the visitor's first."""
    return sorted(TONGUES, key=lambda code: code != request.LANGUAGE_CODE)


def _forms(**context: object) -> dict:
    """Both forms of the page."""
    return {"form": VerifyForm(), "file_form": FileForm(auto_id="file_%s"), **context}


@public
@require_GET
def certificate_check(request: HttpRequest, token: str) -> HttpResponse:
    """What the QR code opens: what the certificate is worth today, in both languages. A wrong code learns nothing."""
    certificate = queries.find_by_token(token)
    if certificate is None:
        return unlisted(render(request, "certificates/unknown.html", status=404))
    standing = certificate.standing
    context = {
        "certificate": certificate,
        "tongues": tongues(request),
        "standing": standing,
        "is_valid": standing == Standing.VALID,
    }
    return unlisted(render(request, "certificates/check.html", context))


@public
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_verify(request: HttpRequest) -> HttpResponse:
    """Number and name together lead to the check; one right and one wrong is the same as both wrong."""
    if request.method != "POST":
        return render(request, "certificates/verify.html", _forms(form=VerifyForm()))
    if not limits.may_ask(request):
        context = _forms(form=VerifyForm(request.POST), too_many=True, minutes=limits.SECONDS // 60)
        return render(request, "certificates/verify.html", context, status=429)
    form = VerifyForm(request.POST)
    if form.is_valid():
        certificate = queries.find_by_number(form.cleaned_data["number"])
        if certificate and rules.same_name(certificate.name, form.cleaned_data["name"]):
            return redirect("certificate_check", token=certificate.token)
        return render(request, "certificates/verify.html", _forms(form=form, not_found=True), status=404)
    return render(request, "certificates/verify.html", _forms(form=form), status=400)


@public
@bounded_upload
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_file(request: HttpRequest) -> HttpResponse:
    """A PDF file or a photograph: judged, shown and forgotten."""
    if request.method != "POST":
        return redirect("certificate_verify")
    if not limits.may_send_file(request):
        context = _forms(too_many_files=True, minutes=limits.SECONDS // 60)
        return render(request, "certificates/verify.html", context, status=429)
    form = FileForm(request.POST, request.FILES, auto_id="file_%s")
    if "file" in too_large_fields(request) or not form.is_valid():
        context = _forms(file_form=form, too_large="file" in too_large_fields(request))
        return render(request, "certificates/verify.html", context, status=400)
    judged = checking.judge(form.cleaned_data["file"].read())
    if judged.by_code and judged.certificate:
        return redirect("certificate_check", token=judged.certificate.token)
    return unlisted(render(request, "certificates/file.html", {"judged": judged, "tongues": tongues(request)}))


@public
@require_GET
def certificate_trust(request: HttpRequest) -> HttpResponse:
    """What the signature in a file says and what it does not, and the fingerprints to compare with."""
    return render(request, "certificates/trust.html", {"keys": read_ring(settings.SIGNING_KEYS)})


@public
@require_GET
def certificate_authority(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """The certificate that a PDF reader is told to trust."""
    for entry in read_ring(settings.SIGNING_KEYS):
        if entry.fingerprint == fingerprint:
            response = HttpResponse(entry.certificate, content_type="application/pkix-cert")
            response["Content-Disposition"] = f'attachment; filename="{entry.name}.cer"'
            return response
    return render(request, "certificates/unknown.html", status=404)
