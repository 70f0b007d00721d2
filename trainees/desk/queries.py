"""What waits for somebody at the centre today, in a constant number of queries."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Min, Q, QuerySet

from courses.schedule.enums import ClassState
from courses.schedule.models import Session, TrainingClass
from lms.accounts.models import User
from trainees.merging.models import DuplicatePair
from trainees.registry.enums import IdState
from trainees.registry.models import Trainee
from trainees.rosters.enums import ImportState
from trainees.rosters.models import RosterImport

SHOWN = 6


@dataclass(frozen=True)
class Waiting:
    to_open: list[TrainingClass]
    to_close: list[TrainingClass]
    rosters: list[RosterImport]
    identities: int
    duplicates: int
    today: list[Session]

    @property
    def nothing(self) -> bool:
        return not (self.to_open or self.to_close or self.rosters or self.identities or self.duplicates)


def waiting_for(user: User, today: datetime.date) -> Waiting:
    classes = TrainingClass.objects.visible_to(user).annotate(
        first_day=Min("sessions__day"), last_day=Max("sessions__day")
    )
    return Waiting(
        to_open=_some(classes.filter(state=ClassState.PLANNED, first_day__lte=today)),
        to_close=_some(classes.filter(state=ClassState.OPEN, last_day__lt=today)),
        rosters=list(RosterImport.objects.visible_to(user).filter(state=ImportState.PREVIEW)[:SHOWN]),
        identities=Trainee.objects.visible_to(user).live().filter(id_state=IdState.REVIEW).count(),
        duplicates=DuplicatePair.objects.visible_to(user).waiting().count(),
        today=list(sessions_on(user, today)),
    )


def _some(classes: QuerySet[Any]) -> list[TrainingClass]:
    """Of the annotated classes, those that ended first."""
    return list(classes.order_by("last_day", "id")[:SHOWN])


def sessions_on(user: User, day: datetime.date) -> QuerySet[Session]:
    return (
        Session.objects.filter(
            Q(training_class__in=TrainingClass.objects.visible_to(user)),
            day=day,
            training_class__state__in=(ClassState.PLANNED, ClassState.OPEN),
        )
        .select_related("training_class__venue", "training_class__trainer")
        .order_by("starts_at", "id")
    )
