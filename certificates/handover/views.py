"""The desk where certificates are handed over: a class with ticks, one person, the scans of signed sheets."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates.models import Certificate, HandOver, HandOverScan
from certificates.queries import printings_of
from certificates.rules import HAND_OVER
from certificates.views.doors import opens
from courses.schedule.models import TrainingClass
from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.privacy.actions import record_view, record_views
from lms.refusals import Refused
from lms.uploads import bounded_upload, too_large_fields

from . import actions, queries, rules
from .forms import CorrectionForm, DayForm, PersonForm, ScanForm, WithdrawForm


# --- A class ----------------------------------------------------------------------------------------------------
@allow(*rules.READERS)
@bounded_upload
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def class_handover(request: SignedInRequest, code: str) -> HttpResponse:
    """Tick who collected; whoever collects for another has a page of their own."""
    training_class = _class(request, code)
    certificates = queries.of_class(request.user, training_class)
    form = DayForm(*_posted(request), too_large=_too_large(request), auto_id="day_%s")
    ticked = request.POST.getlist("number")
    if request.method == "POST":
        if not scope_of(request.user).has(*HAND_OVER):
            raise PermissionDenied
        if form.is_valid() and _handed_over(request, form, queries.posted(request.user, training_class, ticked)):
            return redirect("class_handover", code)
    return _class_page(request, training_class, certificates, form=form, ticked=ticked)


def _handed_over(request: SignedInRequest, form: DayForm, certificates: list[Certificate]) -> bool:
    scan = form.cleaned_data.get("scan")
    try:
        done = actions.hand_over(
            by=request.user, certificates=certificates, collected=form.collected(),
            scan=scan.read() if scan else None,
        )  # fmt: skip
    except Refused as refusal:
        _show(form, refusal)
        return False
    messages.success(
        request,
        ngettext("%(n)d hand-over was recorded.", "%(n)d hand-overs were recorded.", len(done.new))
        % {"n": len(done.new)},
    )
    for row in done.before:
        messages.warning(request, _said_before(row))
    return True


def _said_before(row: HandOver) -> str:
    return _("%(number)s was recorded before, by %(who)s: collected on %(day)s. It stays so.") % {
        "number": row.certificate.number,
        "who": row.recorded_by,
        "day": row.collected_on.isoformat() if row.collected_on else "",
    }


def _class_page(
    request: SignedInRequest, training_class: TrainingClass, certificates: list[Certificate], **facts: Any
) -> HttpResponse:
    # Whoever still has to come stands first, each part in the order of the roster.
    lines = sorted(queries.lines_of(request.user, certificates), key=lambda line: line.standing is not None)
    mine = {each.pk for each in certificates if rules.may_hand_over(request.user, each)}
    if request.method != "POST":
        _record_looks(request, certificates, mine)
    handed_over = sum(1 for line in lines if line.standing)
    context = {
        "training_class": training_class,
        "rows": [(line, line.certificate.pk in mine) for line in lines],
        "handed_over": handed_over,
        "waiting": len(lines) - handed_over,
        "unproved": len([line for line in lines if line.standing and not line.standing.signed]),  # type: ignore[attr-defined]
        "may_record": bool(mine),
        "class_opens": opens(request.user, training_class),
        "scan_form": ScanForm(auto_id="scan_%s"),
        **facts,
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "certificates/handover/class.html", context, status=status)


def _record_looks(request: SignedInRequest, certificates: list[Certificate], mine: set[int]) -> None:
    """The name in full is shown of those alone whom the person hands over to."""
    numbers: dict[bool, list[str]] = {True: [], False: []}
    for each in certificates:
        numbers[each.pk in mine].append(each.trainee.file_number)
    for full, of in numbers.items():
        if of:
            record_views(by=request.user, file_numbers=of, unmasked="name" if full else "")


@allow(*HAND_OVER)
@bounded_upload
@require_POST
def class_handover_scan(request: SignedInRequest, code: str) -> HttpResponse:
    """The signed sheet of those who are ticked; a whole class may lie on several."""
    training_class = _class(request, code)
    certificates = queries.of_class(request.user, training_class)
    form = ScanForm(request.POST, request.FILES, too_large=_too_large(request), auto_id="scan_%s")
    signed = request.POST.getlist("signed")
    chosen = queries.posted(request.user, training_class, signed)
    if form.is_valid() and _scanned(request, form, chosen):
        return redirect("class_handover", code)
    context = {"form": DayForm(auto_id="day_%s"), "scan_form": form, "signed": signed}
    return _class_page(request, training_class, certificates, **context)


def _scanned(request: SignedInRequest, form: ScanForm, certificates: list[Certificate]) -> bool:
    try:
        actions.add_scan(by=request.user, certificates=certificates, content=form.cleaned_data["scan"].read())
    except Refused as refusal:
        _show(form, refusal)
        return False
    messages.success(
        request,
        ngettext("The scan is kept for %(n)d person.", "The scan is kept for %(n)d people.", len(certificates))
        % {"n": len(certificates)},
    )
    return True


# --- One person -------------------------------------------------------------------------------------------------
@allow(*rules.READERS)
@bounded_upload
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def certificate_handover(request: SignedInRequest, number: str) -> HttpResponse:
    """In person or on behalf; every record there was."""
    certificate = _certificate(request, number)
    form = PersonForm(*_posted(request), too_large=_too_large(request), auto_id="person_%s")
    if request.method == "POST":
        _needs_hand(request, certificate)
        if form.is_valid() and _handed_over(request, form, [certificate]):
            return redirect("certificate_handover", number)
    return _person_page(request, certificate, form=form)


@allow(*HAND_OVER)
@require_POST
@never_cache
def handover_correct(request: SignedInRequest, number: str) -> HttpResponse:
    certificate = _certificate(request, number)
    _needs_hand(request, certificate)
    form = CorrectionForm(request.POST, auto_id="correct_%s")
    if form.is_valid():
        try:
            actions.correct(
                by=request.user, certificate=certificate, collected=form.collected(), reason=form.cleaned_data["reason"]
            )
            messages.success(request, _("The record is corrected; the earlier one stays readable below."))
            return redirect("certificate_handover", number)
        except Refused as refusal:
            _show(form, refusal)
    return _person_page(request, certificate, correction=form)


@allow(*HAND_OVER)
@require_POST
@never_cache
def handover_withdraw(request: SignedInRequest, number: str) -> HttpResponse:
    certificate = _certificate(request, number)
    _needs_hand(request, certificate)
    form = WithdrawForm(request.POST, auto_id="withdraw_%s")
    if form.is_valid():
        try:
            actions.withdraw(by=request.user, certificate=certificate, reason=form.cleaned_data["reason"])
            messages.success(request, _("It is recorded that the certificate was not handed over."))
            return redirect("certificate_handover", number)
        except Refused as refusal:
            _show(form, refusal)
    return _person_page(request, certificate, withdrawal=form)


@allow(*HAND_OVER)
@bounded_upload
@require_POST
@never_cache
def handover_scan(request: SignedInRequest, number: str) -> HttpResponse:
    """One person's signed sheet."""
    certificate = _certificate(request, number)
    _needs_hand(request, certificate)
    form = ScanForm(request.POST, request.FILES, too_large=_too_large(request), auto_id="scan_%s")
    if form.is_valid() and _scanned(request, form, [certificate]):
        return redirect("certificate_handover", number)
    return _person_page(request, certificate, scan_form=form)


def _person_page(request: SignedInRequest, certificate: Certificate, **facts: Any) -> HttpResponse:
    (line,) = queries.lines_of(request.user, [certificate])
    may_record = rules.may_hand_over(request.user, certificate)
    if request.method != "POST":
        shown = "name" if may_record else ""
        record_view(by=request.user, file_number=certificate.trainee.file_number, unmasked=shown)
    standing = line.standing
    training_class = certificate.training_class
    context = {
        "class_opens": training_class and queries.classes_of(request.user).filter(pk=training_class.pk).exists(),
        "certificate": certificate,
        "line": line,
        "history": queries.history_of(certificate),
        "printings": printings_of(certificate),
        "may_record": may_record,
        "form": PersonForm(auto_id="person_%s"),
        "correction": CorrectionForm(auto_id="correct_%s", initial=_initial(standing)) if standing else None,
        "withdrawal": WithdrawForm(auto_id="withdraw_%s"),
        "scan_form": ScanForm(auto_id="scan_%s"),
        **facts,
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "certificates/handover/person.html", context, status=status)


def _initial(standing: HandOver) -> dict:
    fields = ("collected_on", "collector", "receiver", "relation", "handed_over_by", "note")
    return {name: getattr(standing, name) for name in fields}


# --- Scans ------------------------------------------------------------------------------------------------------
@allow(*rules.READERS)
@require_safe
@never_cache
def handover_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The scan of a signed sheet: a look into the file of everybody on it."""
    scan = get_object_or_404(HandOverScan.objects.visible_to(request.user), pk=pk)
    if not scan.file:
        raise Http404
    people = scan.proofs.values_list("hand_over__certificate__trainee__file_number", flat=True).distinct()
    record_views(by=request.user, file_numbers=people, unmasked="hand_over_scan")
    with scan.file.open("rb") as file:
        response = HttpResponse(file.read(), content_type=scan.media_type)
    ending = scan.media_type.rpartition("/")[2]
    response.headers["Content-Disposition"] = f'attachment; filename="hand-over-{scan}.{ending}"'
    return response


def _certificate(request: SignedInRequest, number: str) -> Certificate:
    own = Certificate.objects.visible_to(request.user).select_related("trainee__township", "training_class")
    return get_object_or_404(own, number=number)


def _class(request: SignedInRequest, code: str) -> TrainingClass:
    classes = queries.classes_of(request.user).select_related("venue__division", "programme__county")
    return get_object_or_404(classes, code=code)


def _needs_hand(request: SignedInRequest, certificate: Certificate) -> None:
    if not rules.may_hand_over(request.user, certificate):
        raise PermissionDenied


def _posted(request: SignedInRequest) -> tuple:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _too_large(request: SignedInRequest) -> bool:
    return "scan" in too_large_fields(request)


FIELD_OF = {
    "in_the_future": "collected_on", "before_issue": "collected_on", "receiver_missing": "receiver",
    "scan_unreadable": "scan", "reason_missing": "reason",
}  # fmt: skip


def _show(form: Form, refusal: Refused) -> None:
    """Beside the field it is about, or above the form."""
    field = FIELD_OF.get(refusal.code)
    form.add_error(field if field in form.fields else None, str(refusal.message))
