from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from courses.schedule.rules import may_manage
from lms.access.decorators import allow, signed_in
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.paper import fonts
from lms.refusals import Refused
from trainees.registry.models import Trainee

from .. import actions, queries, rules
from ..forms import IssueForm, PrintForm, RevokeForm
from ..models import Certificate
from .doors import class_for, class_to_manage, person, private


@allow(*rules.READERS)
@require_GET
def class_certificates(request: HttpRequest, code: str) -> HttpResponse:
    """Who of the class holds one, who is due, who is not and why."""
    training_class = class_for(request, code)
    context: dict = {
        "training_class": training_class,
        "may_manage": may_manage(request.user, training_class.venue.division.code),
        "issue_form": IssueForm(auto_id="issue_%s"),
        "links": scope_of(request.user).has(*rules.HAND_OVER, Role.AUDITOR),
    }
    try:
        entries = queries.due(training_class)
    except Refused as refusal:
        return render(request, "certificates/class.html", {**context, "refusal": refusal})
    of_class = Trainee.objects.filter(enrolments__training_class=training_class)
    own = set(of_class.visible_to(request.user).values_list("pk", flat=True))
    entries = [entry for entry in entries if entry.trainee.pk in own]
    issued, due = sum(1 for each in entries if each.certificate), sum(1 for each in entries if each.is_due)
    context |= {"issued": issued, "due": due, "not_due": len(entries) - issued - due}
    times = queries.times_printed(entry.certificate for entry in entries if entry.certificate)
    try:
        context["rows"] = [_row(request.user, entry, times, check_fonts=True) for entry in entries]
    except Refused as no_fonts:
        # The page is needed without them too: only printing waits.
        context |= {"no_fonts": no_fonts, "rows": [_row(request.user, entry, times) for entry in entries]}
    context |= {
        "print_form": PrintForm(auto_id="print_%s"),
        "runs": queries.runs_of_class(request.user, training_class),
    }
    context["printable"] = sum(1 for row in context["rows"] if row["entry"].certificate and not row["missing"])
    return render(request, "certificates/class.html", context)


def _row(user: User | AnonymousUser, entry: queries.Due, times: dict[int, int], *, check_fonts: bool = False) -> dict:
    certificate = entry.certificate
    if certificate is None:
        return {"entry": entry}
    missing = fonts.missing_glyphs(certificate.printed_text) if check_fonts else ""
    return {
        "entry": entry,
        "missing": fonts.in_words(missing),
        "times_printed": times.get(certificate.pk, 0),
        "may_have_file": rules.may_have_file(user, certificate),
    }


@allow(*rules.READERS)
@require_POST
def class_issue(request: HttpRequest, code: str) -> HttpResponse:
    training_class = class_to_manage(request, code)
    page = redirect("class_certificates", code=code)
    form = IssueForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This is not a date. Write it as 2018-06-30, or leave it empty for today."))
        return page
    file_number = form.cleaned_data["file_number"]
    named = None
    if file_number:
        named = [get_object_or_404(Trainee.objects.visible_to(request.user), file_number=file_number)]
    try:
        issued = actions.issue(
            by=person(request),
            training_class=training_class,
            trainees=named,
            issued_on=form.cleaned_data["issued_on"],
        )
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return page
    if issued:
        messages.success(
            request,
            ngettext("%(n)d certificate was issued.", "%(n)d certificates were issued.", len(issued))
            % {"n": len(issued)},
        )
    else:
        messages.info(request, _("Nobody is due: no certificate was issued."))
    return page


@signed_in
@require_GET
def certificate_pdf(request: HttpRequest, number: str) -> HttpResponseBase:
    certificates = Certificate.objects.visible_to(request.user).select_related("trainee__township")
    certificate = get_object_or_404(certificates, number=number)
    if not rules.may_have_file(request.user, certificate):
        raise PermissionDenied
    content = print_one(certificate)
    actions.record_printing(by=person(request), certificates=[certificate])
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{certificate.number}.pdf"'
    return private(response)


def print_one(certificate: Certificate) -> bytes:
    from .. import pdf  # WeasyPrint takes half a second and 60 MB: only a process that prints pays for it

    return pdf.signed(certificate)


@allow(*rules.READERS)
@require_POST
def certificate_revoke(request: HttpRequest, number: str) -> HttpResponse:
    certificates = Certificate.objects.visible_to(request.user).select_related("training_class__venue__division")
    certificate = get_object_or_404(certificates, number=number)
    if not may_manage(request.user, certificate.training_class.venue.division.code):
        raise PermissionDenied
    form = RevokeForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused("reason_missing", str(form.errors["reason"][0]))
        actions.revoke(by=person(request), certificate=certificate, reason=form.cleaned_data["reason"])
        messages.success(request, _("%(number)s is revoked.") % {"number": number})
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("class_certificates", code=certificate.class_code)


@signed_in
@require_GET
def my_certificates(request: HttpRequest) -> HttpResponse:
    certificates = Certificate.objects.filter(trainee__user=request.user.pk).order_by("-issued_on", "-number")
    return render(request, "certificates/mine.html", {"certificates": certificates, "back_url": reverse("my_learning")})
