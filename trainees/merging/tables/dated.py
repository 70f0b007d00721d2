"""Dated entries of both files on one calendar: live entries of one kind never share a day in the file that stays."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from trainees.registry.models import GroupMembership, HouseholdMember
from trainees.registry.rules import MERE_WORD

from .moving import Moving

ONE_DAY = datetime.timedelta(days=1)
Row = Any  # an entry of registry.models.dated.Dated


@dataclass
class Calendar:
    """What becomes of the entries of one kind, in the order of their first days."""

    kept: list[Row] = field(default_factory=list)
    left: list[Row] = field(default_factory=list)
    # Entries that end earlier now, and their last days.
    shortened: list[tuple[Row, datetime.date]] = field(default_factory=list)


def calendar_of(rows: Iterable[Row], *, rank: Callable[[Row], Any]) -> Calendar:
    """The later of two entries takes over from its first day on; of two that begin on one day the better goes on, and
    one that lies within another adds nothing."""
    calendar = Calendar()
    last: datetime.date | None = None  # the last kept entry's last day
    for row in sorted(rows, key=lambda row: (row.valid_from, *(-value for value in rank(row)), row.pk)):
        before = calendar.kept[-1] if calendar.kept else None
        if before is not None and (last is None or last >= row.valid_from):
            within = row.valid_to is not None and (last is None or row.valid_to <= last)
            if row.valid_from == before.valid_from or within:
                calendar.left.append(row)
                continue
            calendar.shortened.append((before, row.valid_from - ONE_DAY))
        calendar.kept.append(row)
        last = row.valid_to
    return calendar


def unite_groups(moving: Moving) -> None:
    """The days of both files together, each day with its best evidence."""
    for row in moving.of_loser(GroupMembership).exclude(voided_at=None):
        moving.move(row)
    rows = [*_live(moving.of_survivor(GroupMembership)), *_live(moving.of_loser(GroupMembership))]
    for group in sorted({row.group for row in rows}):
        _apply(moving, calendar_of([row for row in rows if row.group == group], rank=_strength))


def unite_households(moving: Moving) -> None:
    """The household that was chosen for the file is the one of today; earlier stays keep their days."""
    for row in moving.of_loser(HouseholdMember).exclude(voided_at=None):
        moving.move(row)
    rows = [*_live(moving.of_survivor(HouseholdMember)), *_live(moving.of_loser(HouseholdMember))]
    chosen = moving.survivor.household_id
    other = [row for row in rows if row.valid_to is None and row.household_id != chosen]
    calendar = calendar_of([row for row in rows if row not in other], rank=lambda row: (row.relation != "",))
    calendar.left += other
    _apply(moving, calendar)


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
    for row, last in calendar.shortened:
        moving.journal.change(row, valid_to=last)
    for row in calendar.kept:
        if row.trainee_id == moving.loser.pk:
            moving.move(row)
    for row in leaving:
        moving.journal.change(row, trainee_id=moving.loser.pk)
        moving.journal.change(row, voided_at=None)
        moving.tally(type(row)).joined += 1
