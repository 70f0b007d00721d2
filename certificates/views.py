import uuid
from typing import cast

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.schedule.models import TrainingClass
from courses.schedule.rules import may_manage
from lms.access.decorators import allow, public, signed_in
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.jobs.actions import start
from lms.jobs.enums import JobState
from lms.jobs.models import Job
from lms.paper import fonts
from lms.refusals import Refused
from trainees.registry.models import Trainee

from . import actions, limits, queries, rules
from .enums import CertificateState
from .forms import IssueForm, RevokeForm, VerifyForm
from .models import Certificate
from .tasks import PRINT_CLASS

TONGUES = ("zh-hans", "en")


def person(request: HttpRequest) -> User:
    """Behind the sign-in nobody is anonymous."""
    return cast(User, request.user)


def class_for(request: HttpRequest, code: str) -> TrainingClass:
    classes = TrainingClass.objects.visible_to(request.user).select_related("venue__division")
    return get_object_or_404(classes, code=code)


def class_to_manage(request: HttpRequest, code: str) -> TrainingClass:
    training_class = class_for(request, code)
    if not may_manage(request.user, training_class.venue.division.code):
        raise PermissionDenied
    return training_class


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
    try:
        context["rows"] = [_row(request.user, entry, check_fonts=True) for entry in entries]
    except Refused as no_fonts:
        # The page is needed without them too: only printing waits.
        context |= {"no_fonts": no_fonts, "rows": [_row(request.user, entry) for entry in entries]}
    context["printed"] = _last_printed(request, training_class)
    context["printable"] = sum(1 for row in context["rows"] if row["entry"].certificate and not row["missing"])
    return render(request, "certificates/class.html", context)


def _last_printed(request: HttpRequest, training_class: TrainingClass) -> Job | None:
    jobs = Job.objects.visible_to(request.user).filter(kind=PRINT_CLASS, subject=str(training_class.pk))
    return jobs.filter(state=JobState.DONE).exclude(result="").first()


def _row(user: User | AnonymousUser, entry: queries.Due, *, check_fonts: bool = False) -> dict:
    certificate = entry.certificate
    if certificate is None:
        return {"entry": entry}
    missing = fonts.missing_glyphs(certificate.printed_text) if check_fonts else ""
    return {
        "entry": entry,
        "missing": fonts.in_words(missing),
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


@allow(*rules.READERS)
@require_POST
def class_print(request: HttpRequest, code: str) -> HttpResponse:
    training_class = class_to_manage(request, code)
    if not Certificate.objects.filter(training_class=training_class, state=CertificateState.VALID).exists():
        messages.error(request, _("There is nothing to print yet: issue the certificates first."))
        return redirect("class_certificates", code=code)
    job = start(by=person(request), kind=PRINT_CLASS, subject=training_class.pk)
    if job.started_by != request.user:
        messages.info(request, _("A colleague is printing this class right now. Try again in a minute."))
        return redirect("class_certificates", code=code)
    return redirect("job_page", job.public_id)


@allow(Role.MANAGER, Role.CLERK)
@require_GET
def certificate_print(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The printed class, for the one who started the work."""
    job = get_object_or_404(Job.objects.visible_to(request.user), public_id=public_id, kind=PRINT_CLASS)
    if not job.result:
        return redirect("job_page", job.public_id)
    code = TrainingClass.objects.values_list("code", flat=True).get(pk=job.subject)
    return _private(FileResponse(job.result.open("rb"), content_type="application/pdf", filename=f"{code}.pdf"))


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
    return _private(response)


def print_one(certificate: Certificate) -> bytes:
    from . import pdf  # WeasyPrint takes half a second and 60 MB: only a process that prints pays for it

    return pdf.print_one(certificate)


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """Nothing with a whole ID number stays in a cache."""
    add_never_cache_headers(response)
    return response


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


@public
@require_GET
def certificate_check(request: HttpRequest, token: str) -> HttpResponse:
    """What the QR code opens: valid or revoked, in both languages. A wrong code learns nothing."""
    certificate = queries.find_by_token(token)
    if certificate is None:
        return _unlisted(render(request, "certificates/unknown.html", status=404))
    here = request.LANGUAGE_CODE
    tongues = sorted(TONGUES, key=lambda code: code != here)
    context = {"certificate": certificate, "tongues": tongues, "is_valid": certificate.state == CertificateState.VALID}
    return _unlisted(render(request, "certificates/check.html", context))


@public
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_verify(request: HttpRequest) -> HttpResponse:
    """Number and name together lead to the check; one right and one wrong is the same as both wrong."""
    if request.method != "POST":
        return render(request, "certificates/verify.html", {"form": VerifyForm()})
    if not limits.may_ask(request):
        context = {"form": VerifyForm(request.POST), "too_many": True, "minutes": limits.SECONDS // 60}
        return render(request, "certificates/verify.html", context, status=429)
    form = VerifyForm(request.POST)
    if form.is_valid():
        certificate = queries.find_by_number(form.cleaned_data["number"])
        if certificate and rules.same_name(certificate.name, form.cleaned_data["name"]):
            return redirect("certificate_check", token=certificate.token)
        return render(request, "certificates/verify.html", {"form": form, "not_found": True}, status=404)
    return render(request, "certificates/verify.html", {"form": form}, status=400)


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    add_never_cache_headers(response)
    return response


@signed_in
@require_GET
def my_certificates(request: HttpRequest) -> HttpResponse:
    certificates = Certificate.objects.filter(trainee__user=request.user.pk).order_by("-issued_on", "-number")
    return render(request, "certificates/mine.html", {"certificates": certificates, "back_url": reverse("my_learning")})
