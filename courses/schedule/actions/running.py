"""A class from opening to its end. Each step is taken once, however often it is clicked."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.schedule import rules
from courses.schedule.enums import ClassState
from courses.schedule.models import ClassTask, TrainingClass
from courses.schedule.reopening import objections
from lms.accounts.models import Agent, User
from lms.privacy import masking
from lms.programme.actions import freeze_policy
from lms.refusals import Refused

from . import checks
from .rows import facts_of, lock_class, record


@transaction.atomic
def open_class(*, by: User | Agent, training_class: TrainingClass) -> TrainingClass:
    """The class runs: the course's facts and tasks are copied, the counting policy is frozen."""
    locked = lock_class(training_class.pk)
    if locked.state == ClassState.OPEN:
        return _as_stored(training_class)
    if locked.state != ClassState.PLANNED:
        text = _("Only a planned class can be opened; this one is: %(state)s.")
        raise Refused("class_not_planned", text % {"state": locked.get_state_display()})
    if not locked.sessions.exists():
        text = _("The class has no session. Add at least one half-day, then open it.")
        raise Refused("class_without_sessions", text)
    if not locked.trainer.active:
        text = _("The trainer no longer teaches. Choose another trainer, then open the class.")
        raise Refused("class_without_trainer", text)
    for name, value in facts_of(locked.course).items():
        setattr(locked, name, value)
    locked.state, locked.opened_at, locked.opened_by = ClassState.OPEN, timezone.now(), by.label
    locked.save()
    _copy_tasks(locked)
    freeze_policy(by=by, programme=locked.programme)
    record(by, "class.opened", locked, changes={"state": [ClassState.PLANNED, ClassState.OPEN]})
    return _as_stored(training_class)


@transaction.atomic
def close_class(*, by: User | Agent, training_class: TrainingClass) -> TrainingClass:
    """The class is over: on the day of its last session at the earliest."""
    locked = lock_class(training_class.pk)
    if locked.state == ClassState.CLOSED:
        return _as_stored(training_class)
    if locked.state != ClassState.OPEN:
        text = _("Only a running class can be closed; this one is: %(state)s.")
        raise Refused("class_not_running", text % {"state": locked.get_state_display()})
    last = locked.sessions.order_by("day").last()
    if last is not None and timezone.localdate() < last.day:
        text = _("The class has its last session on %(day)s and can be closed from that day on.")
        raise Refused("class_not_over", text % {"day": date_format(last.day, "DATE_FORMAT")})
    locked.state, locked.closed_at, locked.closed_by = ClassState.CLOSED, timezone.now(), by.label
    locked.save(update_fields=["state", "closed_at", "closed_by"])
    record(by, "class.closed", locked, changes={"state": [ClassState.OPEN, ClassState.CLOSED]})
    return _as_stored(training_class)


@transaction.atomic
def reopen_class(*, by: User | Agent, training_class: TrainingClass, reason: str) -> TrainingClass:
    """A class that is over runs again: a mark was wrong, a session is missing, it was closed by mistake.

    Refused while anything rests on it as it was closed, see reopening.py.
    """
    reason = masking.digits(reason.strip())
    if not reason:
        raise Refused("reason_missing", _("Say why: the reason stays with the class."))
    locked = lock_class(training_class.pk)
    if locked.state not in (ClassState.CLOSED, ClassState.REFUSED):
        text = _("Only a class that is over can be reopened; this one is: %(state)s.")
        raise Refused("class_not_over", text % {"state": locked.get_state_display()})
    for text in objections(locked):
        raise Refused("class_built_on", text)
    before, locked.state = locked.state, ClassState.OPEN
    locked.closed_at, locked.closed_by, locked.state_reason = None, "", ""
    locked.save(update_fields=["state", "closed_at", "closed_by", "state_reason"])
    record(by, "class.reopened", locked, changes={"state": [before, ClassState.OPEN]}, reason=reason)
    return _as_stored(training_class)


@transaction.atomic
def refuse_class(*, by: User | Agent, training_class: TrainingClass, reason: str) -> TrainingClass:
    """A closed class is not accepted and counts nothing; the reason stays on it."""
    return _end(by, training_class, ClassState.REFUSED, [ClassState.CLOSED], reason)


@transaction.atomic
def cancel_class(*, by: User | Agent, training_class: TrainingClass, reason: str) -> TrainingClass:
    """The class does not take place: planned, or running and nobody was marked yet."""
    return _end(by, training_class, ClassState.CANCELLED, rules.LIVE_STATES, reason)


def _end(
    by: User | Agent, training_class: TrainingClass, state: ClassState, allowed: Sequence[ClassState], reason: str
) -> TrainingClass:
    reason = masking.digits(reason.strip())
    if not reason:
        raise Refused("reason_missing", _("Say why: the reason stays with the class."))
    locked = lock_class(training_class.pk)
    if locked.state == state:
        return _as_stored(training_class)
    if locked.state not in allowed:
        text = _("This cannot be done to a class that is: %(state)s.")
        raise Refused("class_in_wrong_state", text % {"state": locked.get_state_display()})
    if state == ClassState.CANCELLED:
        checks.nobody_marked(locked)
    before, locked.state, locked.state_reason = locked.state, state, reason
    locked.save(update_fields=["state", "state_reason"])
    record(by, f"class.{state}", locked, changes={"state": [before, state]}, reason=reason)
    return _as_stored(training_class)


def _copy_tasks(training_class: TrainingClass) -> None:
    tasks = training_class.course.tasks.order_by("sort_order", "pk")
    ClassTask.objects.bulk_create(
        ClassTask(
            training_class=training_class, position=position, title=task.title, title_en=task.title_en,
            required=task.required,
        )
        for position, task in enumerate(tasks, start=1)
    )  # fmt: skip


def _as_stored(training_class: TrainingClass) -> TrainingClass:
    """The caller's object, so that it shows what was written."""
    training_class.refresh_from_db()
    return training_class
