"""What is kept beside a file: its profile, what came of the training, what was asked for, how it is found."""

from typing import Any

from django.db.models import Field

from trainees.consent.models import Consent
from trainees.ledgers.models import LedgerEntry
from trainees.outcomes.models import Outcome
from trainees.profiles.models import Profile
from trainees.registry.actions import index_people
from trainees.registry.models import Trainee
from trainees.rights.models import RightsRequest

from .moving import Moving

# Who wrote the profile last stays with what was written.
NOT_FILLED = ("id", "trainee_id", "recorded_at", "recorded_by")


def fill_profile(moving: Moving) -> None:
    """One a file: what the surviving one leaves blank is taken from the other."""
    own, other = (rows.first() for rows in (moving.of_survivor(Profile), moving.of_loser(Profile)))
    if other is None:
        return
    if own is None:
        moving.move(other)
        return
    columns = [column for column in Profile._meta.concrete_fields if column.attname not in NOT_FILLED]
    gaps = {column.attname: _value(other, column) for column in columns if _is_blank(own, column)}
    filled = {name: value for name, value in gaps.items() if value not in ("", None, [])}
    if filled:
        moving.join(own, **filled)


def _value(row: Profile, column: Field) -> Any:
    value = getattr(row, column.attname)
    return value.name if hasattr(value, "storage") else value


def _is_blank(row: Profile, column: Field) -> bool:
    return _value(row, column) in ("", None, [])


def move_outcomes(moving: Moving) -> None:
    """The same fact of the same day told twice counts once; the other telling stays in the old file."""
    told = {(row.kind, row.happened_on) for row in moving.of_survivor(Outcome) if row.voided_at is None}
    for row in moving.of_loser(Outcome):
        if row.voided_at is not None or (row.kind, row.happened_on) not in told:
            moving.move(row)


def move_ledger_entries(moving: Moving) -> None:
    """A ledger tells of one person once a class."""
    told = set(moving.of_survivor(LedgerEntry).values_list("training_class", flat=True))
    for row in moving.of_loser(LedgerEntry):
        if row.training_class_id not in told:
            moving.move(row)


def move_consents(moving: Moving) -> None:
    """Both files may have agreed to one text: the yes of the surviving file holds, the other stays in the old one."""
    agreed = set(moving.of_survivor(Consent).filter(withdrawn_at=None).values_list("text", flat=True))
    for row in moving.of_loser(Consent):
        if row.withdrawn_at is not None or row.text_id not in agreed:
            moving.move(row)


def move_requests(moving: Moving) -> None:
    """Both may ask for the same at the same time: the one that stays behind keeps its own clock."""
    asked = {row.kind for row in moving.of_survivor(RightsRequest) if row.answered_at is None}
    for row in moving.of_loser(RightsRequest):
        if row.answered_at is not None or row.kind not in asked:
            moving.move(row)


def find_again(moving: Moving) -> None:
    """The surviving file is found by the names and numbers of both."""
    index_people(list(Trainee.objects.filter(pk__in=(moving.survivor.pk, moving.loser.pk))))
