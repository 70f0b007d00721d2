"""What an auditor would object to about certificates, as rows with their facts, for the findings to come.

R16: more certificates on one day than the venue holds people. R17: a certificate dated before its last session.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery

from courses.schedule.enums import ClassState
from courses.schedule.models import Session
from lms.programme.models import Programme

from .enums import CertificateKind, CertificateState, ReissueReason
from .models import Certificate


@dataclass(frozen=True)
class MassIssue:
    """R16: one venue, one day."""

    venue: str
    place: str  # the venue's 12-digit code
    day: datetime.date
    certificates: int
    capacity: int
    classes: int


@dataclass(frozen=True)
class EarlyDate:
    """R17: a certificate that is dated before the last session of its class as the class stands today."""

    number: str
    class_code: str
    place: str
    issued_on: datetime.date
    last_session: datetime.date


@dataclass(frozen=True)
class OfRefusedClass:
    """Valid papers of a class that was not accepted."""

    class_code: str
    place: str
    certificates: int


def _of_classes(programme: Programme) -> QuerySet[Certificate]:
    return Certificate.objects.filter(training_class__programme=programme)


def mass_issues(programme: Programme) -> list[MassIssue]:
    """First papers only: who lost one and got another was not trained that day. Revoked ones were handed out too."""
    again = Q(replaces__isnull=False) & ~Q(reissue_reason=ReissueReason.PASSED)
    venue = F("training_class__venue__code")
    days = (
        _of_classes(programme)
        .exclude(again)
        .exclude(kind=CertificateKind.TRAINER)
        .order_by()
        .values("issued_on", venue=venue)
        .annotate(
            place=Max("training_class__venue__division__code"),
            capacity=Max("training_class__venue__capacity"),
            certificates=Count("pk"),
            classes=Count("training_class", distinct=True),
        )
        .filter(certificates__gt=F("capacity"))
        .order_by("issued_on", "venue")
    )
    return [
        MassIssue(row["venue"], row["place"], row["issued_on"], row["certificates"], row["capacity"], row["classes"])
        for row in days
    ]


def early_dates(programme: Programme) -> list[EarlyDate]:
    """The paper's own last day is held by the database; this asks the sessions of today, which may lie later."""
    sessions = Session.objects.filter(training_class=OuterRef("training_class")).order_by("-day")
    early = (
        _of_classes(programme)
        .exclude(state=CertificateState.REVOKED)
        .annotate(last_session=Subquery(sessions.values("day")[:1]))
        .filter(issued_on__lt=F("last_session"))
        .select_related("training_class__venue__division")
        .order_by("number")
    )
    rows = list(early)
    ended = _chains_that_ended(rows)
    return [
        EarlyDate(row.number, row.class_code, row.place_code, row.issued_on, row.last_session)
        for row in rows
        if row.pk not in ended
    ]


def _chains_that_ended(rows: Sequence[Certificate]) -> set[int]:
    """Those replaced whose last paper was revoked, as when their class was reopened: nothing of them holds."""
    chained = Certificate.objects.filter(
        training_class__in={row.training_class_id for row in rows}, replaces__isnull=False
    )
    newer = {old: (pk, state) for old, pk, state in chained.values_list("replaces", "pk", "state")}
    ended = set()
    for row in rows:
        pk, state = row.pk, str(row.state)
        while pk in newer:
            pk, state = newer[pk]
        if state == CertificateState.REVOKED:
            ended.add(row.pk)
    return ended


def of_refused_classes(programme: Programme) -> list[OfRefusedClass]:
    """A class may be refused after its certificates were handed out; nobody revokes them by that."""
    rows = (
        _of_classes(programme)
        .filter(state=CertificateState.VALID, training_class__state=ClassState.REFUSED)
        .order_by()
        .values("class_code")
        .annotate(place=Max("training_class__venue__division__code"), certificates=Count("pk"))
        .order_by("class_code")
    )
    return [OfRefusedClass(row["class_code"], row["place"], row["certificates"]) for row in rows]
