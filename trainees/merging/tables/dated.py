"""Dated entries of both files on one calendar: live entries of one kind never share a day in the file that stays."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from trainees.registry.actions.members import poor_spans
from trainees.registry.models import GroupMembership, HouseholdMember
from trainees.registry.rules import MERE_WORD

from .moving import Moving

ONE_DAY = datetime.timedelta(days=1)
Row = Any  # an entry of registry.models.dated.Dated


@dataclass
class Days:
    """An entry with the days that are left to it."""

    row: Row
    start: datetime.date
    end: datetime.date | None

    def within(self, other: "Days") -> bool:
        """Ends no later; no end is for ever."""
        return other.end is None or (self.end is not None and self.end <= other.end)


@dataclass
class Calendar:
    """What becomes of the entries of one kind, in the order of their first days."""

    kept: list[Days] = field(default_factory=list)
    left: list[Row] = field(default_factory=list)


TakesOver = Callable[[Days, Days], bool]


def calendar_of(
    rows: Iterable[Days], *, rank: Callable[[Row], Any], takes_over: TakesOver, may_wait: bool = False
) -> Calendar:
    """Of two entries that share days the later takes over from its first day on, if it may. Otherwise one that lies
    within the other adds nothing, and one that goes on longer begins when the other has ended (`may_wait`)."""
    calendar, waiting = Calendar(), list(rows)
    while waiting:
        waiting.sort(key=lambda days: (days.start, *(-value for value in rank(days.row)), days.row.pk))
        days = waiting.pop(0)
        before = calendar.kept[-1] if calendar.kept else None
        if before is None or (before.end is not None and before.end < days.start):
            calendar.kept.append(days)
        elif days.start > before.start and takes_over(before, days):
            before.end = days.start - ONE_DAY
            calendar.kept.append(days)
        elif before.end is None or days.within(before) or not may_wait:
            calendar.left.append(days.row)
        else:
            days.start = before.end + ONE_DAY
            waiting.append(days)
    return calendar


def unite_groups(moving: Moving) -> None:
    """The days of both files together, each day with its best evidence. Comes after the households: what follows from
    a stay goes where the stay went, for as long as it lasts there."""
    for row in moving.of_loser(GroupMembership).exclude(voided_at=None):
        moving.move(row)
    rows = [*_live(moving.of_survivor(GroupMembership)), *_live(moving.of_loser(GroupMembership))]
    days, homeless = _as_the_stays_say(moving, rows)
    for group in sorted({row.group for row in rows}):
        own = [one for one in days if one.row.group == group]
        calendar = calendar_of(own, rank=_strength, takes_over=_proves_more, may_wait=True)
        calendar.left += [row for row in homeless if row.group == group]
        _apply(moving, calendar)


def _as_the_stays_say(moving: Moving, rows: Iterable[Row]) -> tuple[list[Days], list[Row]]:
    """What follows from a household that did not become this file's is nothing of this file."""
    spans = {(period.pk, start): last for period, start, last in poor_spans(moving.survivor)}
    days, homeless = [], []
    for row in rows:
        key = (row.period_id, row.valid_from)
        if row.period_id is None:
            days.append(Days(row, row.valid_from, row.valid_to))
        elif key in spans:
            days.append(Days(row, row.valid_from, spans.pop(key)))
        else:
            homeless.append(row)
    return days, homeless


def unite_households(moving: Moving) -> None:
    """The household that was chosen for the file is the one of today; earlier stays keep their days."""
    for row in moving.of_loser(HouseholdMember).exclude(voided_at=None):
        moving.move(row)
    rows = [*_live(moving.of_survivor(HouseholdMember)), *_live(moving.of_loser(HouseholdMember))]
    chosen = moving.survivor.household_id
    other = [row for row in rows if row.valid_to is None and row.household_id != chosen]
    days = [Days(row, row.valid_from, row.valid_to) for row in rows if row not in other]
    calendar = calendar_of(days, rank=lambda row: (row.relation != "",), takes_over=_goes_on_longer)
    calendar.left += other
    _apply(moving, calendar)


def _goes_on_longer(before: Days, later: Days) -> bool:
    return not later.within(before)


def _proves_more(before: Days, later: Days) -> bool:
    """The stronger takes over where no day is lost by it; what follows from a certificate or a household always does,
    as when it is entered. Of equals the later one, if it goes on longer or is the renewed certificate."""
    strength, other = _strength(later.row), _strength(before.row)
    if strength > other:
        return bool(later.row.follows) or not later.within(before) or later.end == before.end
    renewed = bool(later.row.follows) and later.end == before.end
    return strength == other and (renewed or not later.within(before))


def _live(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.voided_at is None]


def _strength(row: GroupMembership) -> tuple[int, int, int]:
    """What follows from a certificate or a household, then what somebody verified, then what has any proof."""
    return int(row.follows), int(row.verified_at is not None), int(row.evidence not in MERE_WORD)


def _apply(moving: Moving, calendar: Calendar) -> None:
    """What leaves the file stands aside as voided until its place is free: at every moment one open entry a kind."""
    leaving = [row for row in calendar.left if row.trainee_id == moving.survivor.pk]
    for row in leaving:
        moving.journal.change(row, voided_at=timezone.now())
    # Ends before what has none: at most one entry is open.
    for days in sorted(calendar.kept, key=lambda days: days.end is None):
        moving.journal.change(days.row, valid_from=days.start, valid_to=days.end)
    for row in (days.row for days in calendar.kept):
        if row.trainee_id == moving.loser.pk:
            moving.move(row)
    for row in leaving:
        moving.journal.change(row, trainee_id=moving.loser.pk)
        moving.journal.change(row, voided_at=None)
        moving.tally(type(row)).joined += 1
