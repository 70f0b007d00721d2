"""What the public pages announce: classes that are still to come."""

import datetime

from django.db.models import Min, Prefetch, QuerySet
from django.utils import timezone

from courses.catalogue.models import CoursePage

from .enums import ClassState
from .models import Session, TrainingClass


def upcoming_classes(
    *, course: CoursePage | None = None, limit: int = 6, today: datetime.date | None = None
) -> list[TrainingClass]:
    """Planned and running classes that still have a session to come, the nearest first; public facts only."""
    today = today or timezone.localdate()
    classes: QuerySet[TrainingClass] = TrainingClass.objects.filter(
        state__in=(ClassState.PLANNED, ClassState.OPEN), sessions__day__gte=today
    )
    if course is not None:
        classes = classes.filter(course=course)
    return list(
        classes.annotate(next_day=Min("sessions__day"))
        .select_related("venue", "trainer")
        .prefetch_related(Prefetch("sessions", Session.objects.order_by("day", "starts_at")))
        .order_by("next_day", "code")[:limit]
    )
