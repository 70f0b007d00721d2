"""What the pages of households show."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from lms.access.scope import scope_of
from lms.accounts.models import User
from lms.places.queries import code_name, code_names
from lms.privacy import masking
from trainees.registry.models import OFFICE, Household, HouseholdMember, HouseholdPeriod, in_use
from trainees.registry.rules import HEAD, is_household_number


@dataclass(frozen=True)
class PeriodLine:
    row: HouseholdPeriod
    name: str
    causes: str
    holds: bool


@dataclass(frozen=True)
class MemberLine:
    row: HouseholdMember
    relation: str
    holds: bool


@dataclass(frozen=True)
class HouseholdShown:
    household: Household
    day: datetime.date
    # The attribute on that day, and whether it is one of poverty; None where nothing is recorded.
    on_day: PeriodLine | None
    head: str
    periods: list[PeriodLine]
    members: list[MemberLine]
    # People of other townships belong to it too: how many, and no more.
    elsewhere: int
    voided: int


@dataclass(frozen=True)
class HouseholdLine:
    household: Household
    name: str
    poor: bool
    people: int


def households_for(user: User | AnonymousUser, *, township: str = "") -> QuerySet[Household]:
    households = Household.objects.visible_to(user).select_related("township", "village")
    return households.filter(township__code=township) if township else households


def lines_of(households: Iterable[Household], day: datetime.date) -> list[HouseholdLine]:
    """A page of the list in two more queries."""
    page = list(households)
    periods = {row.household_id: row for row in HouseholdPeriod.objects.as_of(day).filter(household__in=page)}
    counted = HouseholdMember.objects.as_of(day).filter(in_use("trainee__"), household__in=page)
    people = dict(counted.order_by().values_list("household").annotate(Count("pk")))
    names = code_names("poverty_type")
    lines = []
    for household in page:
        period = periods.get(household.pk)
        name = names.get(period.poverty_type, "") if period else ""
        lines.append(HouseholdLine(household, name, bool(period and period.poor), people.get(household.pk, 0)))
    return lines


def find(user: User | AnonymousUser, number: str) -> Household | None:
    """By the whole number, in the places this account works for."""
    number = number.strip()
    return Household.objects.visible_to(user).by_number(number).first() if is_household_number(number) else None


def shown(household: Household, *, by: User | AnonymousUser, day: datetime.date) -> HouseholdShown:
    entries = HouseholdMember.objects.live().filter(in_use("trainee__"), household=household)
    visible = entries.filter(scope_of(by).within("trainee__township__code", *OFFICE))
    members = [member_line(row, day) for row in visible.select_related("trainee__township", "trainee__village")]
    periods = [period_line(row, day) for row in household.periods.live()]
    head = next((line.row.trainee.masked_name for line in members if line.row.relation == HEAD and line.holds), "")
    hidden = entries.exclude(pk__in=[line.row.pk for line in members])
    return HouseholdShown(
        household=household,
        day=day,
        on_day=next((line for line in periods if line.holds), None),
        head=head or masking.name(household.head_name),
        periods=periods,
        members=members,
        elsewhere=hidden.count(),
        voided=household.periods.filter(~Q(voided_at=None)).count(),
    )


def period_line(row: HouseholdPeriod, day: datetime.date) -> PeriodLine:
    causes = [code_name("poverty_cause", code) for code in (row.main_cause, *row.other_causes) if code]
    return PeriodLine(row, code_name("poverty_type", row.poverty_type), "、".join(causes), _holds(row, day))


def member_line(row: HouseholdMember, day: datetime.date) -> MemberLine:
    return MemberLine(row, code_name("relation", row.relation), _holds(row, day))


def _holds(row: HouseholdPeriod | HouseholdMember, day: datetime.date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)
