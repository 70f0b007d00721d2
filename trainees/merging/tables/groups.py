"""Dated groups: the days of both files together, each day with its evidence."""

import datetime

from trainees.registry.enums import Evidence
from trainees.registry.models import GroupMembership

from .moving import Moving

DAY = datetime.timedelta(days=1)
# What an evaluator asks for first.
STRENGTH = (Evidence.DECLARED, Evidence.ROSTER, Evidence.DOCUMENT, Evidence.OFFICIAL_LIST)


def unite_groups(moving: Moving) -> None:
    """Of two open memberships of one group the earlier ends the day before the later begins; both stay on record.

    Begun on the same day, the better evidence goes on and the other remains in the losing file.
    """
    own_open = {row.group: row for row in moving.of_survivor(GroupMembership).filter(valid_to__isnull=True)}
    for row in moving.of_loser(GroupMembership):
        own = own_open.get(row.group) if row.valid_to is None else None
        if own is None:
            moving.move(row)
        elif row.valid_from < own.valid_from:
            moving.move(row, valid_to=own.valid_from - DAY)
        elif own.valid_from < row.valid_from:
            moving.join(own, valid_to=row.valid_from - DAY)
            moving.move(row)
        elif _strength(row) > _strength(own):
            _swap(moving, own, row)


def _swap(moving: Moving, own: GroupMembership, better: GroupMembership) -> None:
    """Whole rows change places, whatever columns they have; one open row a file and group at every moment."""
    moving.journal.change(own, valid_to=own.valid_from)
    moving.journal.change(own, trainee_id=moving.loser.pk)
    moving.move(better)
    moving.journal.change(own, valid_to=None)


def _strength(row: GroupMembership) -> int:
    return STRENGTH.index(Evidence(row.evidence))
