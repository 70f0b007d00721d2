"""Rows held, made and written down: what the schedule's actions share."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from courses.catalogue.models import CoursePage
from courses.schedule import rules
from courses.schedule.enums import ClassState
from courses.schedule.models import Session, Trainer, TrainingClass
from courses.schedule.rules import TimedPlan
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.places.models import Station
from lms.refusals import Refused

NUMBERING_TRIES = 20


def lock_class(pk: int) -> TrainingClass:
    """The class, its row held to the end of the transaction.

    Whatever depends on its state or its places takes this lock first: state changes, enrolment, marking, results.
    """
    locked = TrainingClass.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("programme", "course", "trainer", "venue__division").get(pk=pk)


def lock_booking(trainer: Trainer, venue: Station) -> None:
    """Two clerks who book the same trainer or venue do it one after the other, always in this order."""
    list(Trainer.objects.select_for_update(no_key=True).filter(pk=trainer.pk).values_list("pk"))
    list(Station.objects.select_for_update(no_key=True).filter(pk=venue.pk).values_list("pk"))


def live(training_class: TrainingClass, reason: str = "", *, planned_only: bool = False) -> TrainingClass:
    """The locked class if it may still be changed; a running one asks for a reason."""
    locked = lock_class(training_class.pk)
    if locked.state == ClassState.PLANNED:
        return locked
    if planned_only or locked.state not in rules.LIVE_STATES:
        text = _("The plan of this class can no longer be changed; it is: %(state)s.")
        raise Refused("class_not_planned", text % {"state": locked.get_state_display()})
    if not reason.strip():
        raise Refused("reason_missing", _("The class is running: say why it is changed."))
    return locked


def create_numbered(*, code: str, prefix: str, **facts: Any) -> TrainingClass:
    """With `code` exactly that number; otherwise the next one, tried again when somebody else took it meanwhile."""
    if code and not rules.well_formed_number(code):
        text = _("%(code)s cannot be a class number: take letters, digits, dots and hyphens, with a digit.")
        raise Refused("code_malformed", text % {"code": code})
    for _try in range(1 if code else NUMBERING_TRIES):
        taken = TrainingClass.objects.filter(code__startswith=prefix).values_list("code", flat=True)
        number = code or rules.next_number(prefix, taken)
        try:
            with transaction.atomic():
                return TrainingClass.objects.create(code=number, **facts)
        except IntegrityError:
            if code and not TrainingClass.objects.filter(code=code).exists():
                raise
    text = _("The class number %(code)s is already in use. Leave it empty and the next free one is taken.")
    raise Refused("code_taken", text % {"code": code or prefix})


def create_sessions(training_class: TrainingClass, plans: Sequence[TimedPlan]) -> list[Session]:
    return Session.objects.bulk_create(
        Session(
            training_class=training_class, day=plan.day, half=plan.half, starts_at=plan.starts_at,
            minutes=plan.minutes, topic=plan.topic,
        )
        for plan in plans
    )  # fmt: skip


def facts_of(course: CoursePage) -> dict[str, Any]:
    """What a class copies from its course."""
    return {
        "course_code": course.code,
        "course_title": course.title,
        "course_title_en": course.title_en,
        "tier": course.tier,
        "level": course.level,
        "hours": course.hours,
    }


def plan_of(session: Session) -> TimedPlan:
    return TimedPlan(session.day, session.half, session.starts_at, session.minutes, session.topic)


def slot_label(plan: TimedPlan) -> str:
    """For the audit log: "2018-05-03 am 09:00"."""
    return f"{plan.day} {plan.half} {plan.starts_at:%H:%M}"


def plain(value: Any) -> Any:
    """A value of a class as the audit log keeps it: trainers by number, venues by code, the rest as it is."""
    if isinstance(value, Trainer):
        return value.pk
    return value.code if isinstance(value, Station) else value


def record(
    by: User | Agent, event: str, training_class: TrainingClass, *, changes: dict | None = None, reason: str = ""
) -> None:
    """An audit row under the class's number and place."""
    record_event(
        by=by, event=event, record=training_class, label=training_class.code,
        place=training_class.venue.division.code, changes=changes, reason=reason,
    )  # fmt: skip
