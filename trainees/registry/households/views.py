"""Households of the poverty register: found by number, with their periods and their people."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.audit.actions import record_event
from lms.privacy.actions import record_views
from lms.refusals import Refused
from lms.uploads import bounded_upload, too_large_fields
from trainees.registry import actions
from trainees.registry.documents import TYPES
from trainees.registry.doors import household_for
from trainees.registry.groups.forms import AsOfForm, GroupEndForm, ReasonForm, VerifyForm
from trainees.registry.groups.views import ENTERING, PAGE, READING, VERIFYING, attempt
from trainees.registry.models import Household, HouseholdMember, HouseholdPeriod, Trainee
from trainees.registry.rules import FILE_NUMBER

from . import queries
from .forms import (
    HouseholdEditForm,
    HouseholdFilterForm,
    HouseholdForm,
    HouseholdSearchForm,
    LeaveForm,
    MemberForm,
    PeriodForm,
    PeriodVoidForm,
)


@allow(*READING)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def household_list(request: SignedInRequest) -> HttpResponse:
    """Numbers are posted, as all numbers of people are: addresses are logged and remembered."""
    form = HouseholdSearchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = queries.find(request.user, form.cleaned_data["number"])
        if found is not None:
            return redirect("household_page", found.pk)
        form.add_error("number", _("No household of your places has this number. Compare it with the register."))
    filters = HouseholdFilterForm(request.GET)
    township = filters.cleaned_data["township"] if filters.is_valid() else ""
    page = Paginator(queries.households_for(request.user, township=township), PAGE).get_page(request.GET.get("page"))
    facts = {
        "form": form,
        "filters": filters,
        "page": page,
        "lines": queries.lines_of(page, timezone.localdate()),
        "entering": scope_of(request.user).has(*ENTERING),
    }
    return render(request, "trainees/registry/households.html", facts)


@allow(*ENTERING)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def household_new(request: SignedInRequest) -> HttpResponse:
    form = HouseholdForm(request.POST or None, user=request.user)
    known = None
    if request.method == "POST" and form.is_valid():
        try:
            household = actions.open_household(by=request.user, **form.facts())
        except Refused as refusal:
            form.add_error("number", str(refusal.message))
            stored = refusal.facts.get("household")
            known = Household.objects.visible_to(request.user).filter(pk=stored.pk).first() if stored else None
        else:
            return redirect("household_page", household.pk)
    return render(request, "trainees/registry/household_new.html", {"form": form, "known": known})


@allow(*READING)
@require_safe
@never_cache
def household_page(request: SignedInRequest, pk: int) -> HttpResponse:
    household = household_for(request.user, pk, *READING)
    day = AsOfForm.day_of(request)
    shown = queries.shown(household, by=request.user, day=day)
    record_views(by=request.user, file_numbers=[line.row.trainee.file_number for line in shown.members])
    _seen(request, household, "household.seen")
    scope, code, today = scope_of(request.user), household.township.code, timezone.localdate()
    first_poor = next((line.row.valid_from for line in shown.periods if line.row.poor), today)
    facts = {
        "shown": shown,
        "household": household,
        "as_of_form": AsOfForm(initial={"on": day}),
        "may_edit": scope.covers(code, *ENTERING),
        "may_verify": scope.covers(code, *VERIFYING),
        "poor_today": any(line.row.poor and line.row.valid_to is None for line in shown.periods),
        "member_form": MemberForm(auto_id="member_%s", initial={"valid_from": first_poor}),
        "leave_form": LeaveForm(auto_id="leave_%s"),
    }
    return render(request, "trainees/registry/household.html", facts)


@allow(*ENTERING)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def household_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    household = household_for(request.user, pk, *ENTERING)
    place = (household.village or household.township).code
    initial = {"place": place, "head_name": household.head_name}
    form = HouseholdEditForm(request.POST or None, user=request.user, masked=str(household), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_household(by=request.user, household=household, **form.facts())
        except Refused as refusal:
            form.add_error("number", str(refusal.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("household_page", pk)
    return render(request, "trainees/registry/household_edit.html", {"form": form, "household": household})


# --- Periods --------------------------------------------------------------------------------------------------------


@allow(*ENTERING)
@bounded_upload
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def period_add(request: SignedInRequest, pk: int) -> HttpResponse:
    household = household_for(request.user, pk, *ENTERING)
    if request.method == "POST":
        posted, files = request.POST, request.FILES  # reading them is what finds a file too large
        form = PeriodForm(posted, files, too_large=bool(too_large_fields(request)))
        if form.is_valid():
            try:
                actions.set_poverty(by=request.user, household=household, **form.cleaned_data)
            except Refused as refusal:
                form.add_error("document" if refusal.code.startswith("document") else None, str(refusal.message))
            else:
                messages.success(request, _("Saved; the groups of its people follow."))
                return redirect("household_page", pk)
    else:
        form = PeriodForm(initial={"valid_from": timezone.localdate()})
    return render(request, "trainees/registry/household_period.html", {"form": form, "household": household})


@allow(*ENTERING)
@bounded_upload
@require_POST
def household_lifted(request: SignedInRequest, pk: int) -> HttpResponse:
    household = household_for(request.user, pk, *ENTERING)
    posted, files = request.POST, request.FILES
    form = LeaveForm(posted, files, too_large=bool(too_large_fields(request)))
    attempt(request, form, actions.leave_poverty, _("Saved; the groups of its people follow."), household=household)
    return redirect("household_page", pk)


@allow(*READING)
@require_safe
@never_cache
def period_page(request: SignedInRequest, pk: int, period: int) -> HttpResponse:
    household, row = _period(request, pk, period, *READING)
    scope, code = scope_of(request.user), household.township.code
    facts = {
        "household": household,
        "line": queries.period_line(row, timezone.localdate()),
        "people": row.memberships.live().count(),
        "may_edit": scope.covers(code, *ENTERING) and row.voided_at is None,
        "may_verify": scope.covers(code, *VERIFYING) and row.voided_at is None and row.verified_at is None,
        "own_entry": row.recorded_by == request.user.label,
        "verify_form": VerifyForm(auto_id="verify_%s"),
        "void_form": PeriodVoidForm(auto_id="void_%s"),
    }
    return render(request, "trainees/registry/household_period_page.html", facts)


@allow(*VERIFYING)
@require_POST
def period_verify(request: SignedInRequest, pk: int, period: int) -> HttpResponse:
    _household, row = _period(request, pk, period, *VERIFYING)
    attempt(request, VerifyForm(request.POST), actions.verify_period, _("Verified."), period=row)
    return redirect("household_page", pk)


@allow(*ENTERING)
@require_POST
def period_void(request: SignedInRequest, pk: int, period: int) -> HttpResponse:
    _household, row = _period(request, pk, period, *ENTERING)
    done = _("The entry was voided; it stays as history.")
    attempt(request, PeriodVoidForm(request.POST), actions.void_period, done, period=row)
    return redirect("household_page", pk)


@allow(*READING)
@require_safe
@never_cache
def period_document(request: SignedInRequest, pk: int, period: int) -> FileResponse:
    """The list or decision behind a period; that it was taken stands in the files of its people."""
    household, row = _period(request, pk, period, *READING)
    if not row.document:
        raise Http404
    shown = queries.shown(household, by=request.user, day=timezone.localdate())
    numbers = [line.row.trainee.file_number for line in shown.members]
    record_views(by=request.user, file_numbers=numbers, unmasked="household_document")
    _seen(request, household, "household.document_taken")
    name = f"household-{household.pk}-{row.pk}.{row.document_type}"
    return FileResponse(
        row.document.open("rb"), as_attachment=True, filename=name, content_type=TYPES[row.document_type]
    )


def _seen(request: SignedInRequest, household: Household, event: str) -> None:
    """Of the household too: it may have no member whom this account sees."""
    record_event(by=request.user, event=event, record=household, label=str(household), place=household.township.code)


# --- People ---------------------------------------------------------------------------------------------------------


@allow(*ENTERING)
@require_POST
def member_add(request: SignedInRequest, pk: int) -> HttpResponse:
    household = household_for(request.user, pk, *ENTERING)
    form = MemberForm(request.POST)
    if form.is_valid():
        number = form.cleaned_data.pop("file_number").strip()
        trainee = _trainee(request, number)
        if trainee is None:
            messages.error(request, _("No file of your places has this number. Nothing was saved."))
            return redirect("household_page", pk)
        done = _("Saved; the groups of this person follow.")
        attempt(request, form, actions.join_household, done, household=household, trainee=trainee)
    else:
        attempt(request, form, actions.join_household, "")
    return redirect("household_page", pk)


@allow(*READING)
@require_safe
@never_cache
def member_page(request: SignedInRequest, pk: int, member: int) -> HttpResponse:
    household, row = _member(request, pk, member, *READING)
    record_views(by=request.user, file_numbers=[row.trainee.file_number])
    facts = {
        "household": household,
        "line": queries.member_line(row, timezone.localdate()),
        "may_edit": scope_of(request.user).covers(household.township.code, *ENTERING) and row.voided_at is None,
        "end_form": GroupEndForm(auto_id="end_%s"),
        "void_form": ReasonForm(auto_id="void_%s"),
    }
    return render(request, "trainees/registry/household_member.html", facts)


@allow(*ENTERING)
@require_POST
def member_end(request: SignedInRequest, pk: int, member: int) -> HttpResponse:
    _household, row = _member(request, pk, member, *ENTERING)
    attempt(request, GroupEndForm(request.POST), actions.leave_household, _("Saved."), member=row)
    return redirect("household_page", pk)


@allow(*ENTERING)
@require_POST
def member_void(request: SignedInRequest, pk: int, member: int) -> HttpResponse:
    _household, row = _member(request, pk, member, *ENTERING)
    done = _("The entry was voided; it stays as history.")
    attempt(request, ReasonForm(request.POST), actions.void_member, done, member=row)
    return redirect("household_page", pk)


def _trainee(request: SignedInRequest, number: str) -> Trainee | None:
    if not FILE_NUMBER.fullmatch(number):
        return None
    places = scope_of(request.user).within("township__code", *ENTERING)
    return Trainee.objects.visible_to(request.user).live().filter(places, file_number=number).first()


def _period(request: SignedInRequest, pk: int, period: int, *roles: Role) -> tuple[Household, HouseholdPeriod]:
    household = household_for(request.user, pk, *roles)
    rows = HouseholdPeriod.objects.visible_to(request.user).select_related("household__township")
    return household, get_object_or_404(rows, pk=period, household=household)


def _member(request: SignedInRequest, pk: int, member: int, *roles: Role) -> tuple[Household, HouseholdMember]:
    """Household and person may lie in two townships: who changes the one works for the other too."""
    household = household_for(request.user, pk, *roles)
    rows = HouseholdMember.objects.visible_to(request.user).select_related("household", "trainee__township")
    row = get_object_or_404(rows, pk=member, household=household)
    if not scope_of(request.user).covers(row.trainee.township.code, *roles):
        raise PermissionDenied
    return household, row
