"""Every figure of the dashboard, from one ledger. Rates are computed here and never stored."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from courses.catalogue.enums import Tier
from lms.accounts.models import User
from lms.places.models import Division
from lms.places.queries import code_choices
from lms.programme.models import CountingPolicy, Programme

from .enums import Loss
from .models import PersonTime, PersonTimeGroup

COUNTED = Q(counted=True)
ENROLLED_PAIR = ("trainee_id", "training_class_id")


@dataclass(frozen=True)
class Cell:
    """One line of a table: person-times, distinct persons, training hours."""

    key: str
    label: str
    person_times: int
    persons: int
    hours: Decimal


@dataclass(frozen=True)
class Stage:
    """One stage of the funnel; `key` is also the filter that opens to its people."""

    key: str
    units: int


@dataclass(frozen=True)
class Progress:
    target: int
    person_times: int
    persons: int
    hours: Decimal
    funnel: list[Stage]
    losses: list[Stage]
    other_units: dict[str, int]

    @property
    def percent(self) -> int:
        """Of the target, rounded down: 3,999 of 4,000 is not 100 %."""
        return self.person_times * 100 // self.target if self.target else 0


def ledger(
    programme: Programme, *, as_of: datetime.date | None = None, user: User | None = None
) -> QuerySet[PersonTime]:
    """The programme's units up to and with a day; with a user, only those the user may see."""
    units = PersonTime.objects.filter(programme=programme)
    if user is not None:
        units = units.visible_to(user)
    return units.filter(counted_on__lte=as_of) if as_of else units


def hours(minutes: int | None, policy: CountingPolicy) -> Decimal:
    """Training hours (学时) of the policy's length, one decimal."""
    return (Decimal(minutes or 0) / policy.minutes_per_hour).quantize(Decimal("0.1"), ROUND_HALF_UP)


def progress_of(units: QuerySet[PersonTime], programme: Programme, policy: CountingPolicy) -> Progress:
    """Three figures side by side, the funnel with every loss, and what the two other units would give."""
    sums = units.aggregate(
        person_times=Count("pk", filter=COUNTED),
        persons=Count("trainee", filter=COUNTED, distinct=True),
        minutes=Sum("minutes_present", filter=COUNTED),
        days=Sum("days_present", filter=COUNTED),
        sessions=Sum("sessions_present", filter=COUNTED),
    )
    pairs = units.filter(COUNTED).values(*ENROLLED_PAIR).distinct().count()
    return Progress(
        target=programme.target_person_times,
        person_times=sums["person_times"],
        persons=sums["persons"],
        hours=hours(sums["minutes"], policy),
        funnel=_funnel(units, pairs),
        losses=_losses(units),
        other_units={
            "per_class": pairs,
            "per_day": sums["days"] or 0,
            "per_session": sums["sessions"] or 0,
        },
    )


def _funnel(units: QuerySet[PersonTime], countable: int) -> list[Stage]:
    """Counted in enrolments (one person in one class), so that the stages compare whatever the unit is."""
    pairs = units.values(*ENROLLED_PAIR).distinct()
    return [
        Stage("enrolled", pairs.count()),
        Stage("signed", pairs.filter(signed=True).count()),
        Stage("attended", pairs.filter(attended=True).count()),
        Stage("countable", countable),
    ]


def _losses(units: QuerySet[PersonTime]) -> list[Stage]:
    lost = dict(units.filter(counted=False).values_list("loss").annotate(n=Count("pk")).order_by())
    return [Stage(loss, lost[loss]) for loss in Loss if loss in lost]


def _cells(rows: Iterable[tuple], labels: dict[str, str], policy: CountingPolicy) -> list[Cell]:
    """Rows of (key, person-times, persons, minutes) in the order of the labels; unknown keys come last."""
    found = {key: rest for key, *rest in rows}
    ordered = [key for key in labels if key in found] + [key for key in found if key not in labels]
    return [
        Cell(key, str(labels.get(key, key)), found[key][0], found[key][1], hours(found[key][2], policy))
        for key in ordered
    ]


def _grouped(units: QuerySet[PersonTime], column: str) -> QuerySet:
    return (
        units.filter(COUNTED)
        .values_list(column)
        .annotate(person_times=Count("pk"), persons=Count("trainee", distinct=True), minutes=Sum("minutes_present"))
        .order_by()
    )


def by_township(units: QuerySet[PersonTime], policy: CountingPolicy) -> list[Cell]:
    """Every township of the county has a line, also one that nobody has reached yet."""
    rows = list(_grouped(units, "township_code"))
    prefix = next((key[:6] for key, *_ in rows), "")
    townships = Division.objects.current().townships().filter(code__startswith=prefix) if prefix else []
    labels = {division.code: str(division) for division in townships}
    reached = {key for key, *_ in rows}
    return _cells(rows + [(code, 0, 0, 0) for code in labels if code not in reached], labels, policy)


def by_tier(units: QuerySet[PersonTime], policy: CountingPolicy) -> list[Cell]:
    return _cells(_grouped(units, "tier"), {tier.value: str(tier.label) for tier in Tier}, policy)


def by_group(units: QuerySet[PersonTime], policy: CountingPolicy) -> list[Cell]:
    """A person belongs to several groups, so these lines do not add up to the total, and must not."""
    rows = (
        PersonTimeGroup.objects.filter(person_time__in=units.filter(COUNTED))
        .values_list("group")
        .annotate(
            person_times=Count("person_time"),
            persons=Count("person_time__trainee", distinct=True),
            minutes=Sum("person_time__minutes_present"),
        )
        .order_by()
    )
    return _cells(rows, dict(code_choices("trainee_group")), policy)


def by_month(units: QuerySet[PersonTime]) -> list[tuple[datetime.date, int]]:
    """(first day of the month, person-times of the month), months without any left out."""
    months = units.filter(COUNTED).annotate(month=TruncMonth("counted_on")).values_list("month")
    return list(months.annotate(n=Count("pk")).order_by("month"))


STAGE_FILTERS = {
    "enrolled": Q(),
    "signed": Q(signed=True),
    "attended": Q(attended=True),
    "countable": COUNTED,
}


def units_behind(units: QuerySet[PersonTime], filters: dict[str, str]) -> QuerySet[PersonTime]:
    """The units behind one figure: filters are the keys the dashboard's links carry."""
    units = units.filter(
        STAGE_FILTERS.get(filters.get("stage") or "countable", COUNTED) if not filters.get("loss") else Q()
    )
    exact = {"loss": "loss", "tier": "tier", "township": "township_code", "group": "groups__group"}
    for key, column in exact.items():
        if filters.get(key):
            units = units.filter(**{column: filters[key]})
    if filters.get("month"):
        year, month = filters["month"].split("-")
        units = units.filter(counted_on__year=int(year), counted_on__month=int(month))
    return units.select_related("trainee", "training_class").order_by("counted_on", "training_class_id", "trainee_id")
