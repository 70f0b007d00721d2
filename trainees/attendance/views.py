"""The roll of a session on the trainer's phone."""

import uuid
from collections import Counter

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from courses.schedule.enums import ClassState
from courses.schedule.models import Session
from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.accounts.enums import Role
from lms.places.models import Division
from lms.refusals import Refused

from .actions import MarkResult, record_marks, walk_in
from .enums import ScanRefusal
from .forms import Grid, WalkInForm, read_grid, written_was
from .queries import PRESENT, RollRow, roll_of
from .rules import OPENS_BEFORE_START, may_mark


@allow(Role.TRAINER, Role.CLERK, Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def teach_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """One form for the whole roll and a walk-in: whatever button is pressed, every mark on the page is kept."""
    session = _session(request, pk)
    if request.method != "POST":
        return _page(request, session, walk_in_form=_walk_in_form(session))
    grid = read_grid(request.POST)
    form = None
    if "walk_in" in request.POST and WalkInForm.was_filled(request.POST):
        form = _walk_in_form(session, request.POST)
    try:
        _save_marks(request, session, grid)
        if form is not None:
            if not form.is_valid():
                return _page(request, session, walk_in_form=form, status=422)
            _take_in(request, session, form, grid.page)
    except Refused as refusal:
        return _page(
            request, session, walk_in_form=form or _walk_in_form(session, request.POST), sent=grid,
            refusal=refusal, status=422,
        )  # fmt: skip
    return redirect(f"{reverse('teach_session', args=[pk])}?saved={grid.page}")


def _session(request: SignedInRequest, pk: int) -> Session:
    sessions = Session.objects.visible_to(request.user).select_related(
        "training_class__venue__division", "training_class__trainer"
    )
    session = get_object_or_404(sessions, pk=pk)
    training_class = session.training_class
    if not may_mark(request.user, training_class.trainer.user_id, training_class.venue.division.code):
        raise PermissionDenied
    return session


def _save_marks(request: SignedInRequest, session: Session, grid: Grid) -> None:
    marks = grid.marks()
    results = record_marks(by=request.user, session=session, marks=marks) if marks else []
    outcomes = Counter(result.outcome for result in results)
    if outcomes["taken"]:
        text = ngettext("%(count)d mark saved.", "%(count)d marks saved.", outcomes["taken"])
        messages.success(request, text % {"count": outcomes["taken"]})
    elif outcomes["had"]:
        messages.info(request, _("These marks were saved before; nothing was counted twice."))
    elif not outcomes and "walk_in" not in request.POST:
        messages.info(request, _("No mark was changed."))
    _tell_refused(request, results)


def _tell_refused(request: SignedInRequest, results: list[MarkResult]) -> None:
    refusals = Counter(result.refusal for result in results if result.outcome == "refused")
    for refusal, count in refusals.items():
        text = ngettext(
            "%(count)d mark was not accepted: %(why)s. It is kept for the centre to look at.",
            "%(count)d marks were not accepted: %(why)s. They are kept for the centre to look at.",
            count,
        )
        messages.warning(request, text % {"count": count, "why": ScanRefusal(refusal).label})


def _take_in(request: SignedInRequest, session: Session, form: WalkInForm, page: uuid.UUID) -> None:
    who = form.who()
    # The same page and person sent twice is one arrival.
    client_uuid = uuid.uuid5(page, f"walk-in:{form.cleaned_data['number']}")
    came = walk_in(by=request.user, session=session, client_uuid=client_uuid, **who)
    text = _("%(name)s was registered and is marked present.") if came.registered else _("%(name)s is marked present.")
    messages.success(request, text % {"name": came.trainee.name})


def _walk_in_form(session: Session, data: QueryDict | None = None) -> WalkInForm:
    here = session.training_class.venue.division
    county = here.code[:6]
    townships = Division.objects.current().townships().filter(code__startswith=county)
    initial = {"township": next((place.pk for place in townships if here.code.startswith(place.prefix)), None)}
    filled = data if data is not None and WalkInForm.was_filled(data) else None
    return WalkInForm(filled, townships=townships, initial=initial)


def _page(
    request: SignedInRequest,
    session: Session,
    *,
    walk_in_form: WalkInForm,
    sent: Grid | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    roll = roll_of(session, request.user)
    was = written_was(roll)
    if sent is not None:
        _choose_again(roll, sent)
    opens_at = session.start - OPENS_BEFORE_START
    return render(
        request,
        "trainees/attendance/session.html",
        {
            "session": session,
            "training_class": session.training_class,
            "roll": roll,
            "present": sum(row.mark == PRESENT for row in roll),
            "late": any(row.late for row in roll),
            "page": uuid.uuid4(),
            "was": was,
            "saved": request.GET.get("saved", ""),
            "running": session.training_class.state == ClassState.OPEN,
            "opens_at": opens_at if timezone.now() < opens_at else None,
            "asks_reason": session.day != timezone.localdate(),
            "reason": sent.reason if sent else "",
            "walk_in_form": walk_in_form,
            "refusal": refusal,
        },
        status=status,
    )


def _choose_again(roll: list[RollRow], sent: Grid) -> None:
    """After a refusal the page shows what was chosen, not what is stored: nothing has to be tapped again."""
    for row in roll:
        if sent.now.get(row.trainee.pk):
            row.mark = sent.now[row.trainee.pk]
