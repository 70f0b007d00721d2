"""One certificate: its page, its paper, its end and its successors."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lms.access.decorators import allow, signed_in
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.refusals import Refused
from trainees.contest.enums import OFFICE as CONTEST_OFFICE
from trainees.registry.actions import refuse_restricted

from .. import actions, queries, rules
from ..enums import CertificateState
from ..forms import ReissueForm, RenewForm, RevokeForm
from ..models import Certificate, HandOver
from .doors import certificate_for, certificate_to_decide, opens, person, private


@allow(*rules.READERS)
@require_GET
def certificate_page(request: HttpRequest, number: str) -> HttpResponse:
    """What the register says of one certificate, and what can be done with it."""
    certificate = certificate_for(request, number)
    decides = rules.may_decide_on(request.user, certificate)
    valid = certificate.state == CertificateState.VALID
    context = {
        "certificate": certificate,
        "chain": queries.chain_of(certificate),
        "changed": queries.changed_since(certificate) if valid else [],
        "printings": queries.printings_of(certificate),
        "standing": HandOver.objects.standing().filter(certificate=certificate).first(),
        "may_record": scope_of(request.user).covers(certificate.trainee.township.code, *rules.HAND_OVER),
        "class_opens": opens(request.user, certificate.training_class),
        "contest_opens": certificate.entry is not None and scope_of(request.user).has(*CONTEST_OFFICE),
        "links": scope_of(request.user).has(*rules.HAND_OVER, Role.AUDITOR),
        "may_have_file": valid and rules.may_have_file(request.user, certificate),
        "may_decide": decides and valid,
        "may_renew": decides and valid and rules.is_renewable(certificate, today=timezone.localdate()),
        "reissue_form": ReissueForm(auto_id="again_%s"),
        "renew_form": RenewForm(auto_id="renew_%s"),
        "revoke_form": RevokeForm(auto_id="revoke_%s"),
    }
    return render(request, "certificates/certificate.html", context)


def _done(
    request: HttpRequest, number: str, form: Form, act: Callable[[Certificate], Certificate], said: str
) -> HttpResponse:
    """Run an action on a certificate of one's own places, and lead to the page of what holds then."""
    certificate = certificate_to_decide(request, number)
    if not form.is_valid():
        wrong = [str(error) for errors in form.errors.values() for error in errors]
        messages.error(request, " ".join(wrong))
        return redirect("certificate_page", number=number)
    try:
        now = act(certificate)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("certificate_page", number=number)
    messages.success(request, said % {"number": number, "new": now.number})
    return redirect("certificate_page", number=now.number)


@allow(*rules.READERS)
@require_POST
def certificate_revoke(request: HttpRequest, number: str) -> HttpResponse:
    form = RevokeForm(request.POST)
    return _done(
        request, number, form,
        lambda each: actions.revoke(by=person(request), certificate=each, **form.cleaned_data),
        _("%(number)s is revoked."),
    )  # fmt: skip


@allow(*rules.READERS)
@require_POST
def certificate_reissue(request: HttpRequest, number: str) -> HttpResponse:
    form = ReissueForm(request.POST)
    return _done(
        request, number, form,
        lambda each: actions.reissue(by=person(request), certificate=each, **form.cleaned_data),
        _("%(new)s is issued and takes the place of %(number)s."),
    )  # fmt: skip


@allow(*rules.READERS)
@require_POST
def certificate_renew(request: HttpRequest, number: str) -> HttpResponse:
    form = RenewForm(request.POST)
    return _done(
        request, number, form,
        lambda each: actions.renew(by=person(request), certificate=each, **form.cleaned_data),
        _("%(new)s is issued and takes the place of %(number)s."),
    )  # fmt: skip


@signed_in
@require_GET
def certificate_pdf(request: HttpRequest, number: str) -> HttpResponseBase:
    certificates = Certificate.objects.visible_to(request.user).select_related("trainee__township")
    certificate = get_object_or_404(certificates, number=number)
    if not rules.may_have_file(request.user, certificate):
        if rules.hands_over(request.user, certificate):
            refuse_restricted(certificate.trainee)
        raise PermissionDenied
    content = print_one(certificate)
    actions.record_printing(by=person(request), certificates=[certificate])
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{certificate.number}.pdf"'
    return private(response)


def print_one(certificate: Certificate) -> bytes:
    from .. import pdf  # WeasyPrint takes half a second and 60 MB: only a process that prints pays for it

    return pdf.signed(certificate)


@signed_in
@require_GET
def my_certificates(request: HttpRequest) -> HttpResponse:
    certificates = Certificate.objects.filter(trainee__user=request.user.pk).order_by("-issued_on", "-pk")
    return render(request, "certificates/mine.html", {"certificates": certificates, "back_url": reverse("my_learning")})
