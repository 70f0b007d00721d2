"""The people of a session as the trainer sees them."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from courses.schedule.models import Session
from lms.accounts.models import User
from trainees.registry.models import Trainee

from .enums import EnrolmentState
from .models import Enrolment, Presence, Scan, ScanQuerySet
from .rules import LATE_AFTER

PRESENT, ABSENT = "p", "a"


@dataclass
class RollRow:
    """One person of the roll; `mark` is "p", "a" or nothing yet."""

    trainee: Trainee
    mark: str
    minutes: int | None
    late: bool


def roll_of(session: Session, user: User | AnonymousUser) -> list[RollRow]:
    """Everybody confirmed whom this user may see, by name; three queries for any number of people."""
    enrolments = (
        Enrolment.objects.visible_to(user)
        .filter(training_class=session.training_class_id, state=EnrolmentState.CONFIRMED)
        .select_related("trainee__village", "trainee__township")
        .order_by("trainee__name_pinyin", "trainee_id")
    )
    presences = {row.trainee_id: row for row in Presence.objects.filter(session=session)}
    late = set(late_scans(session).values_list("trainee", flat=True))
    return [
        RollRow(
            trainee=enrolment.trainee,
            mark=(PRESENT if row.present else ABSENT) if row else "",
            minutes=row.minutes_present if row and row.present and row.minutes_present < session.minutes else None,
            late=enrolment.trainee_id in late,
        )
        for enrolment in enrolments
        for row in [presences.get(enrolment.trainee_id)]
    ]


def late_scans(session: Session) -> ScanQuerySet:
    """Accepted scans that reached us more than seven days after the session: they stay visible (audit rule R26)."""
    return Scan.objects.filter(session=session, accepted=True, received_at__gt=session.start + LATE_AFTER)
