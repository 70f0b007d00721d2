"""Enrolments, scans, presence: one person sits on one chair, and no sign-in is lost."""

from typing import Any

from django.utils.translation import gettext as _

from courses.schedule.models import Session
from trainees.attendance.actions import derive_presence
from trainees.attendance.actions.presence import events_of
from trainees.attendance.enums import EnrolmentState, ScanRefusal
from trainees.attendance.models import Enrolment, Presence, Scan
from trainees.attendance.rules import Event, attendance_of

from .moving import Moving

RANK = (EnrolmentState.CANCELLED, EnrolmentState.REQUESTED, EnrolmentState.WAITLISTED, EnrolmentState.CONFIRMED)


def join_enrolments(moving: Moving) -> None:
    """In both of one class: the better state holds in the surviving file, the other row stays behind, cancelled."""
    own = {row.training_class_id: row for row in moving.of_survivor(Enrolment)}
    for row in moving.of_loser(Enrolment):
        moving.brought.add(row.training_class_id)
        twin = own.get(row.training_class_id)
        if twin is None:
            moving.move(row)
            continue
        better = RANK.index(EnrolmentState(row.state)) > RANK.index(EnrolmentState(twin.state))
        taken = ("state", "reason", "source", "enrolled_at", "enrolled_by") if better else ()
        moving.join(twin, **{name: getattr(row, name) for name in taken})
        went_on = _("Went on in the file %(number)s.") % {"number": moving.survivor.file_number}
        moving.journal.change(row, state=EnrolmentState.CANCELLED.value, reason=went_on)
    moving.classes |= {*own, *moving.brought}


def move_scans(moving: Moving) -> None:
    """All events go along. Where both files were marked at one session and the marks together would say less than one
    file's alone - present on one line of the roll, absent on the other - the better file's marks speak and the others
    stay as refused scans: a person who was seen was there.
    """
    rows = list(moving.of_loser(Scan))
    touched = {row.session_id for row in rows}
    both = set(moving.of_survivor(Scan).filter(session__in=touched).values_list("session", flat=True))
    sessions = list(Session.objects.filter(pk__in=both).order_by("pk"))
    before = {session.pk: events_of(session, [moving.survivor.pk, moving.loser.pk]) for session in sessions}
    for row in rows:
        moving.move(row)
    moving.sessions |= touched
    for session in sessions:
        _let_the_better_speak(moving, session, before[session.pk], {row.pk for row in rows})


def _let_the_better_speak(
    moving: Moving, session: Session, before: dict[int, list[Event]], came_along: set[int]
) -> None:
    own, other = (_said(before[trainee.pk], session) for trainee in (moving.survivor, moving.loser))
    together = _said(events_of(session, [moving.survivor.pk])[moving.survivor.pk], session)
    if together >= max(own, other):
        return
    accepted = moving.of_survivor(Scan).filter(session=session, accepted=True)
    silent = accepted.filter(pk__in=came_along) if own >= other else accepted.exclude(pk__in=came_along)
    moving.journal.change_all(silent, accepted=False, refusal=ScanRefusal.OTHER_FILE.value)


def _said(events: list[Event], session: Session) -> tuple[Any, ...]:
    """Comparable: nothing said < absent < present, and the longer stay the better."""
    attendance = attendance_of(events, session.start, session.minutes)
    return (-1, 0) if attendance is None else (int(attendance.present), attendance.minutes)


def derive_presences(moving: Moving) -> None:
    moving.tally(Presence).joined += moving.of_loser(Presence).count()
    derive_again(moving)


def derive_again(moving: Moving) -> None:
    """Also after an undo: presence follows from the scans, wherever they lie."""
    for session in Session.objects.filter(pk__in=moving.sessions).order_by("pk"):
        derive_presence(session, {moving.survivor.pk, moving.loser.pk})
