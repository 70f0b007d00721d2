"""The office's pages of classes with their buttons, and the trainer's list of own ones."""

import re
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from courses.schedule import actions as schedule
from courses.schedule.enums import ClassState
from courses.schedule.forms import BaseSessions, EditForm, SessionRows, rows_of
from courses.schedule.models import TrainingClass
from courses.schedule.queries import schedule_warnings
from courses.schedule.rules import LIVE_STATES, may_manage
from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.programme.queries import current_programme
from lms.refusals import Refused
from trainees.attendance.actions import EnrolReport, enrol, free_places
from trainees.attendance.rules import may_mark
from trainees.progress.actions import close_and_count, refuse_and_count
from trainees.progress.models import PersonTime
from trainees.registry.models import Trainee

from . import queries
from .actions import cancel_enrolments, change_class
from .forms import ClassFilterForm, ReasonForm

READERS = (Role.MANAGER, Role.CLERK, Role.AUDITOR, Role.TOWNSHIP_OPERATOR, Role.TRAINER)
READERS_OF_FILES = (Role.MANAGER, Role.CLERK, Role.AUDITOR, Role.TOWNSHIP_OPERATOR)
ENROLLERS = (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR)
CLASSES_A_PAGE, PEOPLE_A_PAGE, HISTORY_SHOWN = 25, 50, 30


def button(view: Callable) -> Callable:
    """Takes POST. Whoever had to sign in on the way arrives by GET and is shown the class instead of an error."""

    @wraps(view)
    def pressed(request: SignedInRequest, code: str) -> HttpResponse:
        return view(request, code) if request.method == "POST" else redirect("class_page", code=code)

    return pressed


@allow(Role.TRAINER)
@require_GET
def teach(request: SignedInRequest) -> HttpResponse:
    """A trainer's day: today's sessions, what is left to hand in, what comes."""
    today = timezone.localdate()
    return render(
        request,
        "trainees/classroom/teach.html",
        {"teaching": queries.teaching_of(request.user, today), "today": today},
    )


@allow(*READERS)
@require_GET
def class_list(request: SignedInRequest) -> HttpResponse:
    county = current_programme().county.prefix
    form = ClassFilterForm(request.GET, county_prefix=county)
    filters = form.chosen()
    page = Paginator(queries.class_table(request.user, filters), CLASSES_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "trainees/classroom/class_list.html",
        {
            "form": form,
            "filtered": bool(filters),
            "page": page,
            "may_plan": scope_of(request.user).has(Role.MANAGER, Role.CLERK),
        },
    )


@allow(*READERS)
@require_GET
def class_page(request: SignedInRequest, code: str) -> HttpResponse:
    return page_of(request, class_in_reach(request, code))


@allow(*ENROLLERS)
@button
def class_find(request: SignedInRequest, code: str) -> HttpResponse:
    """Search by POST: names and ID numbers do not belong into addresses, which are logged."""
    training_class = class_in_reach(request, code)
    text = request.POST.get("find", "")[:60]
    found = queries.find_people(request.user, training_class, text)
    return page_of(request, training_class, find=text, found=found)


def class_in_reach(request: SignedInRequest, code: str) -> TrainingClass:
    visible = TrainingClass.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("course", "trainer", "venue__division"), code=code)


def page_of(
    request: SignedInRequest,
    training_class: TrainingClass,
    *,
    find: str = "",
    found: list[queries.Found] | None = None,
    refusal: str = "",
    reason_form: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a class, also as the answer to something that could not be done."""
    sessions = queries.session_rows(training_class)
    tasks = list(training_class.tasks.all())
    enrolments = queries.enrolments_of(request.user, training_class)
    page = Paginator(enrolments, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    counts = queries.enrolment_counts(training_class)
    place = training_class.venue.division.code
    live = training_class.state in LIVE_STATES
    manages = may_manage(request.user, place)
    marks = may_mark(request.user, training_class.trainer.user_id, place)
    context = {
        "class": training_class,
        "sessions": sessions,
        "tasks": tasks,
        "page": page,
        "rows": queries.person_rows(training_class, list(page), tasks, len(sessions)),
        "confirmed": counts.get("confirmed", 0),
        "waiting": counts.get("waitlisted", 0) + counts.get("requested", 0),
        "elsewhere": sum(counts.values()) - page.paginator.count,
        "free": free_places(training_class),
        "warnings": schedule_warnings(training_class),
        "late": any(row.late for row in sessions),
        "history": queries.history_of(training_class, HISTORY_SHOWN),
        "step": _next_step(training_class, sessions, manages=manages, marks=marks),
        "may_enrol": live and scope_of(request.user).has(*ENROLLERS),
        "may_manage": manages,
        "may_mark": marks,
        "may_open_files": scope_of(request.user).has(*READERS_OF_FILES),
        "live": live,
        "find": find,
        "found": found,
        "refusal": refusal,
        "reason_form": reason_form or ReasonForm(auto_id="id_end_%s"),
    }
    return render(request, "trainees/classroom/class_page.html", context, status=status)


def _next_step(training_class: TrainingClass, sessions: list[queries.SessionRow], *, manages: bool, marks: bool) -> str:
    """The one thing to do next: the primary button of the page."""
    today = timezone.localdate()
    state = training_class.state
    if state == ClassState.PLANNED and manages:
        return "open" if sessions else "edit"
    if state == ClassState.OPEN and sessions and sessions[-1].session.day <= today and manages:
        return "close"
    if state == ClassState.OPEN and marks and sessions and sessions[0].session.day <= today:
        return "mark"
    return "certificates" if state == ClassState.CLOSED and manages else ""


def back_to(training_class: TrainingClass) -> HttpResponse:
    return redirect("class_page", code=training_class.code)


# --- Steps ----------------------------------------------------------------------------------------------------
def _managed(request: SignedInRequest, code: str) -> TrainingClass:
    training_class = class_in_reach(request, code)
    if not may_manage(request.user, training_class.venue.division.code):
        raise PermissionDenied
    return training_class


def _step(request: SignedInRequest, training_class: TrainingClass, action: Callable, said: str) -> HttpResponse:
    try:
        action(by=request.user, training_class=training_class)
    except Refused as refusal:
        return page_of(request, training_class, refusal=str(refusal.message), status=422)
    messages.success(request, said)
    return back_to(training_class)


@allow(Role.MANAGER, Role.CLERK)
@button
def class_open(request: SignedInRequest, code: str) -> HttpResponse:
    return _step(request, _managed(request, code), schedule.open_class, _("The class is running."))


@allow(Role.MANAGER, Role.CLERK)
@button
def class_close(request: SignedInRequest, code: str) -> HttpResponse:
    training_class = _managed(request, code)
    try:
        close_and_count(by=request.user, training_class=training_class)
    except Refused as refusal:
        return page_of(request, training_class, refusal=str(refusal.message), status=422)
    counted = PersonTime.objects.filter(training_class=training_class, counted=True).count()
    text = ngettext(
        "The class is closed: %(count)d person-time counted.", "The class is closed: %(count)d person-times counted.",
        counted,
    )  # fmt: skip
    messages.success(request, text % {"count": counted})
    return back_to(training_class)


def _end(request: SignedInRequest, code: str, action: Callable, said: str) -> HttpResponse:
    training_class = _managed(request, code)
    form = ReasonForm(request.POST, auto_id="id_end_%s")
    if not form.is_valid():
        return page_of(request, training_class, reason_form=form, status=422)
    try:
        action(by=request.user, training_class=training_class, reason=form.cleaned_data["reason"])
    except Refused as refusal:
        return page_of(request, training_class, refusal=str(refusal.message), reason_form=form, status=422)
    messages.success(request, said)
    return back_to(training_class)


@allow(Role.MANAGER, Role.CLERK)
@button
def class_refuse(request: SignedInRequest, code: str) -> HttpResponse:
    return _end(request, code, refuse_and_count, _("The class is not accepted and counts nothing."))


@allow(Role.MANAGER, Role.CLERK)
@button
def class_cancel(request: SignedInRequest, code: str) -> HttpResponse:
    return _end(request, code, schedule.cancel_class, _("The class is cancelled."))


# --- People ---------------------------------------------------------------------------------------------------
@allow(*ENROLLERS)
@button
def class_enrol(request: SignedInRequest, code: str) -> HttpResponse:
    """Enrol the chosen files; only those in one's own reach."""
    training_class = class_in_reach(request, code)
    numbers = request.POST.getlist("file")
    people = list(Trainee.objects.visible_to(request.user).live().filter(file_number__in=numbers))
    if not people:
        return page_of(request, training_class, refusal=_("Nobody was chosen. Tick at least one person."), status=422)
    try:
        report = enrol(by=request.user, training_class=training_class, trainees=people, source="office")
    except Refused as refusal:
        return page_of(request, training_class, refusal=str(refusal.message), status=422)
    _tell_enrolled(request, report)
    return back_to(training_class)


def _tell_enrolled(request: SignedInRequest, report: EnrolReport) -> None:
    if report.enrolled:
        text = ngettext("%(count)d person enrolled.", "%(count)d people enrolled.", len(report.enrolled))
        messages.success(request, text % {"count": len(report.enrolled)})
    if report.already:
        text = ngettext(
            "%(count)d person was on the list already.", "%(count)d people were on the list already.",
            len(report.already),
        )  # fmt: skip
        messages.info(request, text % {"count": len(report.already)})
    if report.waitlisted:
        text = ngettext(
            "The class is full: %(count)d person waits for a place.",
            "The class is full: %(count)d people wait for a place.",
            len(report.waitlisted),
        )
        messages.warning(request, text % {"count": len(report.waitlisted)})


@allow(*ENROLLERS)
@button
def class_unenrol(request: SignedInRequest, code: str) -> HttpResponse:
    """The chosen people leave; those who wait move up."""
    training_class = class_in_reach(request, code)
    chosen = [number for number in request.POST.getlist("enrolment") if re.fullmatch(r"[0-9]{1,15}", number)]
    leaving = list(queries.enrolments_of(request.user, training_class).filter(pk__in=chosen))
    if not leaving:
        return page_of(request, training_class, refusal=_("Nobody was chosen. Tick at least one person."), status=422)
    reason = request.POST.get("reason", "")[:200]
    try:
        promoted = len(cancel_enrolments(by=request.user, enrolments=leaving, reason=reason))
    except Refused as refusal:
        return page_of(request, training_class, refusal=str(refusal.message), status=422)
    text = ngettext("%(count)d enrolment cancelled.", "%(count)d enrolments cancelled.", len(leaving))
    messages.success(request, text % {"count": len(leaving)})
    if promoted:
        text = ngettext(
            "%(count)d person moved up from the waiting list.",
            "%(count)d people moved up from the waiting list.",
            promoted,
        )
        messages.info(request, text % {"count": promoted})
    return back_to(training_class)


# --- The plan -------------------------------------------------------------------------------------------------
@allow(Role.MANAGER, Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def class_edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Other facts; of a planned class the half-days too. More places let people in who wait."""
    training_class = _managed(request, code)
    if training_class.state not in LIVE_STATES:
        text = _("The plan of this class can no longer be changed; it is: %(state)s.")
        raise Refused("class_not_planned", text % {"state": training_class.get_state_display()})
    planned = training_class.state == ClassState.PLANNED
    form = EditForm(request.POST or None, user=request.user, training_class=training_class)
    initial = rows_of(list(training_class.sessions.all()))
    rows = SessionRows(request.POST or None, prefix="sessions", initial=initial) if planned else None
    status = 200
    if request.method == "POST":
        if all([form.is_valid(), rows is None or rows.is_valid()]) and _edit(request, training_class, form, rows):
            messages.success(request, _("The class was changed."))
            return back_to(training_class)
        status = 422
    context = {"class": training_class, "form": form, "rows": rows}
    return render(request, "trainees/classroom/class_edit.html", context, status=status)


def _edit(request: SignedInRequest, training_class: TrainingClass, form: EditForm, rows: BaseSessions | None) -> bool:
    facts = dict(form.cleaned_data)
    reasons = {name: facts.pop(name) for name in ("reason", "backfill_reason", "override_reason") if name in facts}
    try:
        change_class(
            by=request.user, training_class=training_class, facts=facts,
            sessions=rows.plans() if rows is not None else None, **reasons,
        )  # fmt: skip
    except Refused as refusal:
        form.add_refusal(refusal)
        return False
    return True
