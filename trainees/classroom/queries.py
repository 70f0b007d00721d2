"""Classes with what became of them: lists for the office, the page of one class, what a trainer still owes."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from courses.schedule.enums import ClassState
from courses.schedule.models import ClassTask, Session, TrainingClass
from courses.schedule.rules import LIVE_STATES
from lms.accounts.models import User
from lms.audit.models import AuditEvent
from trainees.attendance.enums import EnrolmentState
from trainees.attendance.models import Enrolment, Presence, Scan
from trainees.attendance.rules import is_late
from trainees.practice.models import PracticalResult
from trainees.practice.queries import latest_results
from trainees.progress.models import PersonTime
from trainees.registry.finding import first_hits
from trainees.registry.models import Trainee

EVENT_WORDS = {
    "class.planned": _("Planned"),
    "class.edited": _("Changed"),
    "class.opened": _("Opened"),
    "class.closed": _("Closed"),
    "class.reopened": _("Runs again"),
    "class.refused": _("Not accepted"),
    "class.cancelled": _("Cancelled"),
    "session.added": _("Session added"),
    "session.moved": _("Session moved"),
    "session.dropped": _("Session left out"),
    "enrolment.added": _("People enrolled"),
    "enrolment.cancelled": _("Enrolment cancelled"),
    "enrolment.moved_up": _("Moved up from the waiting list"),
    "attendance.marked": _("Attendance marked"),
    "results.recorded": _("Results recorded"),
    "ledger.mended": _("Ledger put right"),
}
UPCOMING_SHOWN = 12


def _counted(rows: QuerySet, of: str, what: str = "pk", outer: str = "pk") -> Coalesce:
    """How many different `what` of `rows` have the outer row's `outer` in their column `of`."""
    counted = rows.filter(**{of: OuterRef(outer)}).order_by().values(of).annotate(n=Count(what, distinct=True))
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)


CONFIRMED = Enrolment.objects.filter(state=EnrolmentState.CONFIRMED)
# Of those who left the class nothing is missing any more, so their marks do not count as made.
MARKED = Presence.objects.filter(
    trainee__enrolments__training_class=F("session__training_class"),
    trainee__enrolments__state=EnrolmentState.CONFIRMED,
)
PRESENT = MARKED.filter(present=True)


def class_table(user: User, filters: dict) -> QuerySet[TrainingClass]:
    """Classes in reach with their days, the enrolled and those who came at least once; newest days first."""
    classes = TrainingClass.objects.visible_to(user).select_related("trainer", "venue")
    if filters.get("state"):
        classes = classes.filter(state=filters["state"])
    if filters.get("tier"):
        classes = classes.filter(tier=filters["tier"])
    if filters.get("township"):
        classes = classes.filter(venue__division__code__startswith=filters["township"].prefix)
    if filters.get("q"):
        text = filters["q"].strip()
        classes = classes.filter(
            Q(code__icontains=text) | Q(title__icontains=text) | Q(title_en__icontains=text)
            | Q(course_title__icontains=text)
        )  # fmt: skip
    return classes.annotate(
        first_day=Subquery(_days(Min("day"))),
        last_day=Subquery(_days(Max("day"))),
        enrolled=_counted(CONFIRMED, "training_class"),
        came=_counted(PRESENT, "session__training_class", "trainee"),
    ).order_by(F("first_day").desc(nulls_first=True), "-id")


def _days(edge: Min | Max) -> QuerySet:
    sessions = Session.objects.filter(training_class=OuterRef("pk")).order_by().values("training_class")
    return sessions.annotate(edge=edge).values("edge")


# --- One class ------------------------------------------------------------------------------------------------
@dataclass
class SessionRow:
    session: Session
    present: int
    marked: int
    late: bool


def session_rows(training_class: TrainingClass) -> list[SessionRow]:
    """Each half-day with how many were there; late when something reached us over a week after it."""
    sessions = training_class.sessions.annotate(
        present=_counted(PRESENT, "session"),
        marked=_counted(MARKED, "session"),
        last_received=Subquery(
            Scan.objects.filter(session=OuterRef("pk"), accepted=True)
            .order_by("-received_at")
            .values("received_at")[:1]
        ),
    )
    return [
        SessionRow(
            session, session.present, session.marked,
            bool(session.last_received and is_late(session.last_received, session.start)),
        )
        for session in sessions
    ]  # fmt: skip


@dataclass
class PersonRow:
    enrolment: Enrolment
    sessions_present: int
    percent: int | None
    results: list[tuple[ClassTask, PracticalResult | None]]
    units: list[PersonTime]

    @property
    def trainee(self) -> Trainee:
        return self.enrolment.trainee

    @property
    def counted(self) -> int:
        """Person-times this class gave the person."""
        return sum(unit.counted for unit in self.units)

    @property
    def loss(self) -> str:
        return "" if self.counted or not self.units else self.units[0].get_loss_display()


@dataclass
class Found:
    """A file found for the class; `state` of the enrolment it has already."""

    trainee: Trainee
    state: str


# Those who have a place, then who waits, then who left.
BY_STATE = Case(When(state=EnrolmentState.CONFIRMED, then=0), When(state=EnrolmentState.CANCELLED, then=2), default=1)


def enrolments_of(user: User, training_class: TrainingClass) -> QuerySet[Enrolment]:
    """Everybody of the class whose file this user may see."""
    enrolments = Enrolment.objects.visible_to(user).filter(training_class=training_class)
    people = enrolments.select_related("trainee__village", "trainee__township")
    return people.order_by(BY_STATE, "trainee__name_pinyin", "trainee_id")


def person_rows(
    training_class: TrainingClass, enrolments: Sequence[Enrolment], tasks: Sequence[ClassTask], sessions: int
) -> list[PersonRow]:
    """What each person did and what it counts; three queries for any number of people."""
    ids = [row.trainee_id for row in enrolments]
    present = Presence.objects.filter(session__training_class=training_class, trainee__in=ids, present=True)
    attended = dict(present.order_by().values_list("trainee").annotate(n=Count("pk")))
    latest = latest_results(training_class)
    units: dict[int, list[PersonTime]] = {}
    for unit in PersonTime.objects.filter(training_class=training_class, trainee__in=ids):
        units.setdefault(unit.trainee_id, []).append(unit)
    return [
        PersonRow(
            enrolment=row,
            sessions_present=attended.get(row.trainee_id, 0),
            percent=attended.get(row.trainee_id, 0) * 100 // sessions if sessions else None,
            results=[(task, latest.get((task.pk, row.trainee_id))) for task in tasks],
            units=units.get(row.trainee_id, []),
        )
        for row in enrolments
    ]


def enrolment_counts(training_class: TrainingClass) -> dict[str, int]:
    return dict(training_class.enrolments.order_by().values_list("state").annotate(n=Count("pk")))


def history_of(training_class: TrainingClass, at_most: int) -> list[tuple[AuditEvent, str]]:
    """What was done to the class and to its sessions, newest first, each with its words."""
    sessions = [str(pk) for pk in training_class.sessions.values_list("pk", flat=True)]
    about = Q(record_type="courses.trainingclass", record_id=str(training_class.pk))
    about |= Q(record_type="courses.session", record_id__in=sessions)
    events = AuditEvent.objects.filter(about).order_by("-id")[:at_most]
    return [(event, str(EVENT_WORDS.get(event.event, event.event))) for event in events]


def find_people(user: User, training_class: TrainingClass, text: str) -> list[Found]:
    """Up to twenty files in reach, found as in the list of people."""
    if not text.strip():
        return []
    people = Trainee.objects.visible_to(user).live().select_related("village", "township")
    found = first_hits(people, text)
    states = dict(training_class.enrolments.filter(trainee__in=found).values_list("trainee", "state"))
    return [Found(trainee, states.get(trainee.pk, "")) for trainee in found]


# --- A trainer's own work -------------------------------------------------------------------------------------
@dataclass
class Teaching:
    """What lies before a trainer: today, later, and what is still to be handed in."""

    today: list[Session]
    unmarked: list[Session]
    results_due: list[TrainingClass]
    upcoming: list[Session]


def teaching_of(user: User, today: datetime.date) -> Teaching:
    """Four queries, whatever the number of classes."""
    sessions = (
        Session.objects.filter(training_class__trainer__user=user)
        .select_related("training_class__venue")
        .annotate(
            enrolled=_counted(CONFIRMED, "training_class", outer="training_class"),
            present=_counted(PRESENT, "session"),
            marked=_counted(MARKED, "session"),
        )
        .order_by("day", "starts_at", "id")
    )
    running = sessions.filter(training_class__state=ClassState.OPEN)
    results = PracticalResult.objects.filter(attempt=1)
    classes = (
        TrainingClass.objects.filter(trainer__user=user, state__in=(ClassState.OPEN, ClassState.CLOSED))
        .annotate(
            enrolled=_counted(CONFIRMED, "training_class"),
            tasks_count=_counted(ClassTask.objects.all(), "training_class"),
            results_count=_counted(results, "task__training_class"),
            first_day=Subquery(_days(Min("day"))),
        )
        .filter(first_day__lte=today, results_count__lt=F("enrolled") * F("tasks_count"))
        .order_by("first_day", "id")
    )
    return Teaching(
        today=list(sessions.filter(day=today, training_class__state__in=LIVE_STATES)),
        unmarked=list(running.filter(day__lt=today, marked__lt=F("enrolled"))),
        results_due=list(classes),
        upcoming=list(sessions.filter(day__gt=today, training_class__state__in=LIVE_STATES)[:UPCOMING_SHOWN]),
    )
