"""Writes the ledger. It is derived: counting twice changes nothing, and a recount says where it differed."""

from dataclasses import asdict, dataclass, field

from django.db import transaction

from courses.schedule import actions as schedule
from courses.schedule.enums import ClassState
from courses.schedule.models import TrainingClass
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.programme.models import CountingPolicy, Programme
from lms.programme.queries import policy_of
from trainees.registry.models import Trainee

from .counting import expected_units, stored_units
from .models import PersonTime, PersonTimeGroup
from .rules import Unit


@dataclass
class Difference:
    """One unit that the ledger and its sources tell differently; None stands for a missing side."""

    class_code: str
    file_number: str
    unit_key: str
    stored: dict | None
    expected: dict | None


@dataclass
class Recount:
    classes: int = 0
    units: int = 0
    differences: list[Difference] = field(default_factory=list)


@transaction.atomic
def close_and_count(*, by: User | Agent, training_class: TrainingClass) -> TrainingClass:
    """Close a class and write its units into the ledger, both or neither."""
    closed = schedule.close_class(by=by, training_class=training_class)
    count_class(closed)
    return closed


@transaction.atomic
def refuse_and_count(*, by: User | Agent, training_class: TrainingClass, reason: str) -> TrainingClass:
    """A class that is not accepted keeps its units, refused with that reason."""
    refused = schedule.refuse_class(by=by, training_class=training_class, reason=reason)
    count_class(refused)
    return refused


@transaction.atomic
def reopen_and_count(*, by: User | Agent, training_class: TrainingClass, reason: str) -> TrainingClass:
    """A class that runs again counts nothing until it is closed again."""
    reopened = schedule.reopen_class(by=by, training_class=training_class, reason=reason)
    count_class(reopened)
    return reopened


@transaction.atomic
def count_class(training_class: TrainingClass) -> list[Unit]:
    """Make the ledger of one class say what its sources say. Two counts at once wait for each other."""
    locked = TrainingClass.objects.select_for_update().get(pk=training_class.pk)
    expected = expected_units(locked, policy_of(locked.programme))
    if expected != stored_units(locked):
        PersonTime.objects.filter(training_class=locked).delete()
        _write(locked, expected)
    return expected


def _write(training_class: TrainingClass, units: list[Unit]) -> None:
    rows = []
    for unit in units:
        facts = asdict(unit)
        del facts["groups"]
        rows.append(PersonTime(programme_id=training_class.programme_id, training_class=training_class, **facts))
    PersonTime.objects.bulk_create(rows)
    PersonTimeGroup.objects.bulk_create(
        PersonTimeGroup(person_time=row, group=group)
        for row, unit in zip(rows, units, strict=True)
        for group in unit.groups
    )


def recount(*, by: User | Agent, programme: Programme, check: bool = False) -> Recount:
    """Compare the whole ledger with its sources, class by class, and mend it unless only checking.

    A class is one transaction, so a stopped recount leaves whole classes only.
    """
    result = Recount()
    for training_class in programme.classes.order_by("id"):
        with transaction.atomic():
            differences = _differences(training_class, policy_of(programme))
            if differences and not check:
                count_class(training_class)
                record_event(
                    by=by, event="ledger.mended", record=training_class, label=training_class.code,
                    changes={"units": [len(differences), 0]},
                )  # fmt: skip
        result.differences += differences
        if training_class.state in (ClassState.CLOSED, ClassState.REFUSED):
            result.classes += 1
    result.units = PersonTime.objects.filter(programme=programme).count()
    return result


def _differences(training_class: TrainingClass, policy: CountingPolicy) -> list[Difference]:
    stored = {(u.trainee_id, u.unit_key): u for u in stored_units(training_class)}
    expected = {(u.trainee_id, u.unit_key): u for u in expected_units(training_class, policy)}
    keys = [key for key in sorted(stored.keys() | expected.keys()) if stored.get(key) != expected.get(key)]
    numbers = dict(Trainee.objects.filter(pk__in={key[0] for key in keys}).values_list("pk", "file_number"))
    return [
        Difference(
            training_class.code,
            numbers[key[0]],
            key[1],
            _facts(stored.get(key), expected.get(key)),
            _facts(expected.get(key), stored.get(key)),
        )
        for key in keys
    ]


def _facts(unit: Unit | None, other: Unit | None) -> dict | None:
    """Only what differs from the other side, as text."""
    if unit is None:
        return None
    facts = asdict(unit)
    if other is None:
        return {name: str(value) for name, value in facts.items() if name in ("counted", "loss", "counted_on")}
    return {name: str(value) for name, value in facts.items() if value != asdict(other)[name]}
