"""Classes that were held and written down elsewhere, entered through the doors that every class goes through."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.schedule import actions as schedule
from courses.schedule.enums import ClassState
from courses.schedule.models import TrainingClass
from courses.schedule.rules import LIVE_STATES, MINUTES_PER_HOUR, may_manage
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.places.models import Station
from lms.programme.queries import current_programme
from lms.refusals import Refused
from trainees.attendance import actions as attendance
from trainees.attendance.actions import Mark
from trainees.attendance.enums import EnrolmentState, ScanKind, ScanSource
from trainees.attendance.models import Presence, Scan
from trainees.attendance.rules import OPENS_BEFORE_START
from trainees.consent.queries import not_enrolable
from trainees.practice import actions as practice
from trainees.practice.actions import ResultEntry
from trainees.practice.enums import Outcome
from trainees.practice.queries import latest_results
from trainees.registry.enums import Limit
from trainees.registry.models import Trainee

from .models import LedgerEntry
from .queries import known_class, parts_of
from .rules import ClassFacts, half_days

# The same person at the same session is the same mark, whichever ledger says so.
MARKS = uuid.UUID("5b0f3a6e-7f0e-4a53-9b53-1b8d6f2f6a10")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person of a class, as a ledger tells."""

    trainee: Trainee
    passed: bool | None = None
    score: str | None = None
    certificate_number: str = ""
    outcome: str = ""
    shop: str = ""
    source: str = ""


@dataclass
class ClassReport:
    """`shut_out`: the class is over and the person was not in it; `not_enrolled`: no consent, or the file is
    restricted; `not_opened`: enrolled, not marked, because the class is still planned; `otherwise`: the class's own
    records say another thing than the ledger, and stay."""

    enrolled: int = 0
    already: int = 0
    waitlisted: int = 0
    shut_out: int = 0
    not_enrolled: int = 0
    marked: int = 0
    results: int = 0
    not_opened: int = 0
    otherwise: int = 0


@dataclass(frozen=True)
class Rehearsal:
    new: bool
    code: str
    sessions: int


def rehearse(*, by: User | Agent, facts: ClassFacts, source: str) -> Rehearsal:
    """What class_of would do or refuse, by doing it and taking it back."""
    with transaction.atomic():
        known = known_class(facts)
        training_class = class_of(by=by, facts=facts, source=source)
        told = Rehearsal(known is None, training_class.code, training_class.sessions.count())
        transaction.set_rollback(True)
    return told


@transaction.atomic
def class_of(*, by: User | Agent, facts: ClassFacts, source: str) -> TrainingClass:
    """The class a ledger means; one that nobody planned is entered late, with half-days that make up its hours."""
    known = known_class(facts)
    if known:
        _refuse_stranger(by, known.venue)
        return known
    parts = parts_of(facts)
    _refuse_stranger(by, parts.venue)
    if facts.start is None or facts.end is None:
        raise Refused(
            "days_missing",
            _("The ledger does not say on which days it was held. Add the columns 培训开始日期 and 培训结束日期."),
        )
    minutes = facts.minutes or parts.course.hours * MINUTES_PER_HOUR
    try:
        with transaction.atomic():
            planned = schedule.plan_class(
                by=by, programme=current_programme(), course=parts.course, trainer=parts.trainer, venue=parts.venue,
                capacity=parts.venue.capacity, title=facts.full_title,
                sessions=half_days(facts.start, facts.end, minutes),
                backfill_reason=_("entered from the ledger %(file)s") % {"file": source},
            )  # fmt: skip
    except Refused as refusal:
        if refusal.code != "class_planned_already":
            raise
        return refusal.facts["training_class"]  # somebody else entered it at this moment
    if facts.start <= timezone.localdate():
        schedule.open_class(by=by, training_class=planned)
    return planned


def _refuse_stranger(by: User | Agent, venue: Station) -> None:
    """Classes are the centre's: who may not plan one by hand cannot do it by a file."""
    if isinstance(by, User) and not may_manage(by, venue.division.code):
        raise Refused("class_not_yours", _("Classes are entered by the county centre. Send it this file."))


@transaction.atomic
def enter_lines(*, by: User | Agent, training_class: TrainingClass, lines: Sequence[Line], source: str) -> ClassReport:
    """Enrol, mark and assess these people as the ledger tells; what the class knows already stays as it is.

    The same lines again change nothing. Nothing is counted here: closing the class and the counting policy decide.
    """
    locked = schedule.lock_class(training_class.pk)
    lines = list({line.trainee.pk: line for line in reversed(lines)}.values())[::-1]
    report = ClassReport()
    _enrol(by, locked, lines, report)
    confirmed = set(
        locked.enrolments.filter(
            state=EnrolmentState.CONFIRMED, trainee__in=[line.trainee.pk for line in lines]
        ).values_list("trainee", flat=True)
    )
    there = [line for line in lines if line.trainee.pk in confirmed]
    _mark(by, locked, there, report)
    _assess(by, locked, there, report)
    _keep(by, locked, there, source)
    return report


def _enrol(by: User | Agent, training_class: TrainingClass, lines: list[Line], report: ClassReport) -> None:
    people = {line.trainee.pk: line.trainee for line in lines}
    # Whoever left the class left it; a list from elsewhere does not bring them back.
    known = dict(training_class.enrolments.filter(trainee__in=people).values_list("trainee", "state"))
    report.otherwise += sum(state == EnrolmentState.CANCELLED for state in known.values())
    report.already = sum(state == EnrolmentState.CONFIRMED for state in known.values())
    wanted = [person for pk, person in people.items() if known.get(pk) in (None, EnrolmentState.WAITLISTED)]
    if not wanted:
        return
    if training_class.state not in LIVE_STATES:
        report.shut_out = len(wanted)
        return
    # One person without consent keeps nobody else out.
    kept_out = not_enrolable(wanted, training_class)
    report.not_enrolled = len(kept_out)
    wanted = [person for person in wanted if person.pk not in kept_out]
    found = attendance.enrol(by=by, training_class=training_class, trainees=wanted, source="ledger")
    report.enrolled, report.waitlisted = len(found.enrolled), len(found.waitlisted)
    report.waitlisted += len(found.already)


def _mark(by: User | Agent, training_class: TrainingClass, lines: list[Line], report: ClassReport) -> None:
    """Present at every session that has begun, unless the class's own records say something of the person there."""
    if training_class.state == ClassState.PLANNED:
        report.not_opened = len(lines)
    people = [line.trainee.pk for line in lines]
    sessions = list(training_class.sessions.all())
    told = set(
        Scan.objects.filter(session__in=sessions, trainee__in=people, accepted=True).values_list("session", "trainee")
    )
    absent = Presence.objects.filter(session__in=sessions, trainee__in=people, present=False)
    report.otherwise += absent.values("trainee").distinct().count()
    if training_class.state != ClassState.OPEN:
        return
    for session in sessions:
        if session.start - OPENS_BEFORE_START > timezone.now():
            continue
        marks = [
            Mark(
                trainee_id=pk, kind=ScanKind.SIGN_IN, occurred_at=session.start,
                client_uuid=uuid.uuid5(MARKS, f"{session.pk}/{pk}"),
            )
            for pk in people if (session.pk, pk) not in told
        ]  # fmt: skip
        taken = attendance.record_marks(by=by, session=session, marks=marks, source=ScanSource.IMPORT, device="ledger")
        report.marked += sum(result.outcome == "taken" for result in taken)


def _assess(by: User | Agent, training_class: TrainingClass, lines: list[Line], report: ClassReport) -> None:
    """One result of the ledger stands for every required task; an attempt the class has recorded itself stays."""
    if training_class.state not in (ClassState.OPEN, ClassState.CLOSED):
        return
    tasks = list(training_class.tasks.all())
    tasks = [task for task in tasks if task.required] or tasks
    latest = latest_results(training_class)
    entries = [
        ResultEntry(
            task=task, trainee=line.trainee, outcome=Outcome.PASSED if line.passed else Outcome.FAILED,
            score=Decimal(line.score) if line.score else None, note=_("from a ledger"),
        )
        # What is restricted is kept and not assessed: one such file holds up nobody else.
        for line in lines if line.passed is not None and line.trainee.stopped != Limit.RESTRICTED
        for task in tasks if (task.pk, line.trainee.pk) not in latest
    ]  # fmt: skip
    day = _assessed_on(training_class)
    if entries and day:
        added = practice.record_results(by=by, training_class=training_class, results=entries, assessed_on=day)
        report.results = len(added)


def _assessed_on(training_class: TrainingClass) -> datetime.date | None:
    """The last day that is over; a class still to come has no results."""
    days = training_class.sessions.filter(day__lte=timezone.localdate()).order_by("day")
    return days.values_list("day", flat=True).last()


def _keep(by: User | Agent, training_class: TrainingClass, lines: list[Line], source: str) -> None:
    known = set(training_class.ledger_entries.filter(trainee__in=[line.trainee.pk for line in lines]).values_list(
        "trainee", flat=True
    ))  # fmt: skip
    new = [
        LedgerEntry(
            training_class=training_class, trainee=line.trainee, certificate_number=line.certificate_number,
            outcome=line.outcome, shop=line.shop, passed=line.passed,
            score=Decimal(line.score) if line.score else None, source=line.source[:120], recorded_by=by.label,
        )
        for line in lines if line.trainee.pk not in known
    ]  # fmt: skip
    if not new:
        return
    LedgerEntry.objects.append_many(new)
    record_event(
        by=by, event="ledger.entered", record=training_class, label=training_class.code,
        place=training_class.venue.division.code, changes={"entries": [0, len(new)]}, reason=source,
    )  # fmt: skip
