"""A class on paper: its facts, its half-days, its trainer and venue."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from courses.catalogue.models import CoursePage
from courses.schedule import rules
from courses.schedule.models import Session, Trainer, TrainingClass
from courses.schedule.rules import SessionPlan
from lms.accounts.models import Agent, User
from lms.places.models import Station
from lms.privacy import masking
from lms.programme.models import Programme

from . import checks
from .rows import create_numbered, create_sessions, facts_of, live, lock_booking, plain, plan_of, record, slot_label


@transaction.atomic
def plan_class(
    *,
    by: User | Agent,
    programme: Programme,
    course: CoursePage,
    trainer: Trainer,
    venue: Station,
    capacity: int,
    title: str,
    title_en: str = "",
    code: str = "",
    sessions: Sequence[SessionPlan] = (),
    backfill_reason: str = "",
    override_reason: str = "",
) -> TrainingClass:
    """A planned class with its half-days; without `code` it gets the next number of its course and year.

    A day in the past needs `backfill_reason` (a class that was really held and is entered late); a trainer or venue
    needed twice on a half-day needs `override_reason`. Both go to the audit log.
    """
    plans = [rules.timed(plan) for plan in sessions]
    lock_booking(trainer, venue)
    checks.facts(title, course, trainer, venue, capacity)
    checks.days(programme, plans, backfill_reason)
    checks.not_sent_before(title, course, trainer, venue, plans)
    overridden = checks.booking(trainer, venue, plans, override_reason)
    training_class = create_numbered(
        code=code.strip(), prefix=rules.number_prefix(plans, course.code, timezone.localdate()),
        programme=programme, course=course, trainer=trainer, venue=venue, capacity=capacity,
        title=title.strip(), title_en=title_en.strip(), **facts_of(course),
    )  # fmt: skip
    create_sessions(training_class, plans)
    changes = {"sessions": [[], [slot_label(plan) for plan in plans]], "capacity": [None, capacity]}
    if overridden:
        changes["overridden"] = [[], overridden]
        changes["override_reason"] = ["", masking.digits(override_reason)]
    record(by, "class.planned", training_class, changes=changes, reason=backfill_reason or override_reason)
    return training_class


@transaction.atomic
def edit_class(
    *,
    by: User | Agent,
    training_class: TrainingClass,
    title: str | None = None,
    title_en: str | None = None,
    trainer: Trainer | None = None,
    venue: Station | None = None,
    capacity: int | None = None,
    reason: str = "",
    override_reason: str = "",
) -> TrainingClass:
    """Other facts for a planned class, or with a `reason` for a running one (the trainer fell ill). None: as it was."""
    training_class = live(training_class, reason)
    wanted = {"title": title, "title_en": title_en, "trainer": trainer, "venue": venue, "capacity": capacity}
    before = {name: getattr(training_class, name) for name in wanted}
    after = {name: value for name, value in wanted.items() if value is not None and value != before[name]}
    if not after:
        return training_class
    for name, value in after.items():
        setattr(training_class, name, value)
    lock_booking(training_class.trainer, training_class.venue)
    checks.facts(
        training_class.title, training_class.course, training_class.trainer, training_class.venue,
        training_class.capacity,
    )  # fmt: skip
    checks.capacity_against_enrolled(training_class)
    if {"trainer", "venue"} & after.keys():
        plans = [plan_of(session) for session in training_class.sessions.all()]
        checks.booking(training_class.trainer, training_class.venue, plans, override_reason, apart_from=training_class)
    training_class.save(update_fields=list(after))
    changes = {name: [plain(before[name]), plain(value)] for name, value in after.items()}
    record(by, "class.edited", training_class, changes=changes, reason=reason or override_reason)
    return training_class


@transaction.atomic
def add_session(
    *,
    by: User | Agent,
    training_class: TrainingClass,
    session: SessionPlan,
    backfill_reason: str = "",
    override_reason: str = "",
) -> Session:
    """One more half-day for a planned class."""
    training_class = live(training_class, planned_only=True)
    plan = rules.timed(session)
    slots = [plan_of(existing) for existing in training_class.sessions.all()]
    checks.days(training_class.programme, [plan], backfill_reason)
    checks.unrepeated([*slots, plan])
    lock_booking(training_class.trainer, training_class.venue)
    checks.booking(training_class.trainer, training_class.venue, [plan], override_reason, apart_from=training_class)
    added = create_sessions(training_class, [plan])[0]
    record(
        by, "session.added", training_class, changes={"session": [None, slot_label(plan)]},
        reason=backfill_reason or override_reason,
    )  # fmt: skip
    return added


@transaction.atomic
def move_session(
    *,
    by: User | Agent,
    session: Session,
    to: SessionPlan,
    reason: str = "",
    backfill_reason: str = "",
    override_reason: str = "",
) -> Session:
    """The session on another half-day; in a running class with a `reason`, and only while nobody is marked on it."""
    training_class = live(session.training_class, reason)
    session = training_class.sessions.get(pk=session.pk)
    plan = rules.timed(to)
    others = [plan_of(other) for other in training_class.sessions.exclude(pk=session.pk)]
    old = plan_of(session)
    if plan == old:
        return session
    checks.lengths([plan])
    if (plan.slot, plan.starts_at, plan.minutes) != (old.slot, old.starts_at, old.minutes):
        checks.unmarked(session)
    if plan.slot != old.slot:
        checks.days(training_class.programme, [plan], backfill_reason)
        checks.unrepeated([*others, plan])
        lock_booking(training_class.trainer, training_class.venue)
        checks.booking(training_class.trainer, training_class.venue, [plan], override_reason, apart_from=training_class)
    session.day, session.half, session.topic = plan.day, plan.half, plan.topic
    session.starts_at, session.minutes = plan.starts_at, plan.minutes
    session.save()
    changes = {"session": [slot_label(old), slot_label(plan)], "minutes": [old.minutes, plan.minutes]}
    why = reason or backfill_reason or override_reason
    record(by, "session.moved", training_class, changes=changes, reason=why)
    return session


@transaction.atomic
def drop_session(*, by: User | Agent, session: Session) -> None:
    """A half-day less. Only while the class is planned: attendance is measured against what was planned at opening."""
    training_class = live(session.training_class, planned_only=True)
    checks.unmarked(session)
    label = slot_label(plan_of(session))
    training_class.sessions.filter(pk=session.pk).delete()
    record(by, "session.dropped", training_class, changes={"session": [label, None]})


@transaction.atomic
def set_sessions(
    *,
    by: User | Agent,
    training_class: TrainingClass,
    sessions: Sequence[SessionPlan],
    backfill_reason: str = "",
    override_reason: str = "",
) -> None:
    """Make the half-days of a planned class exactly these: what a form with rows sends."""
    training_class = live(training_class, planned_only=True)
    checks.unrepeated(sessions)
    wanted = {plan.slot: plan for plan in map(rules.timed, sessions)}
    existing = {(session.day, session.half): session for session in training_class.sessions.all()}
    for slot, session in existing.items():
        if slot not in wanted:
            drop_session(by=by, session=session)
    for slot, plan in wanted.items():
        if slot in existing:
            move_session(by=by, session=existing[slot], to=plan)
        else:
            add_session(
                by=by, training_class=training_class, session=plan,
                backfill_reason=backfill_reason, override_reason=override_reason,
            )  # fmt: skip
