"""What hangs on a file: kept when a row is entered, compared when it is to be taken back. Every table with a key to
a trainee is asked, whichever room it belongs to."""

import json
from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from courses.schedule.models import TrainingClass
from lms.places.models import Division
from lms.privacy.crypto import lookup_hash
from lms.records import Mutability
from trainees.registry.actions import facts_of
from trainees.registry.models import Trainee

from .models import RosterRow

# By which ways a record about a trainee belongs to a class.
WAYS_TO_CLASS = {
    "training_class": "training_class",
    "session": "session__training_class",
    "task": "task__training_class",
}


# What the search for duplicates found is looked for again whenever a file changes or goes.
SEARCHED = frozenset({"trainees.DuplicatePair"})


def hanging_on(keys: Iterable[int]) -> dict[int, dict[str, list[int]]]:
    """Key of a file -> {table: keys of its rows}. What is derived does not count, its sources do; nor what was struck out."""
    found: dict[int, dict[str, list[int]]] = {}
    for name, rows, trainee in _relations():
        asked = rows.filter(**{f"{trainee}__in": list(keys)}).order_by("pk")
        for pk, trainee_id in asked.values_list("pk", f"{trainee}_id"):
            found.setdefault(trainee_id, {}).setdefault(name, []).append(pk)
    return found


def seen_in_class(training_class: TrainingClass, keys: Iterable[int]) -> set[int]:
    """Who of these has a scan, a result, a certificate or anything else of this class, enrolment apart."""
    found: set[int] = set()
    for name, rows, trainee in _relations():
        fields = {field.name for field in rows.model._meta.concrete_fields}
        for way, path in WAYS_TO_CLASS.items():
            if way in fields and name != "trainees.Enrolment":
                asked = rows.filter(**{path: training_class, f"{trainee}__in": list(keys)})
                found |= set(asked.values_list(f"{trainee}_id", flat=True))
    return found


def _relations() -> Iterator[tuple[str, QuerySet, str]]:
    for relation in Trainee._meta.related_objects:
        model = relation.related_model
        label, fields = model._meta.label, {field.name for field in model._meta.concrete_fields}
        if getattr(model, "mutability", None) is Mutability.DERIVED or model is RosterRow or label in SEARCHED:
            continue
        rows = model._base_manager.all()
        yield label, rows.filter(voided_at=None) if "voided_at" in fields else rows, relation.field.name


def fingerprint(person: Trainee) -> str:
    """Changes when anybody corrects the file, its identity or its account."""
    facts = [*plain_facts(person).items(), person.id_hash, person.id_state, person.user_id]
    return lookup_hash("roster.done", json.dumps(facts, ensure_ascii=False))


def plain_facts(person: Trainee) -> dict:
    """What correct_trainee may change, as JSON keeps it: a place by its key, a day as ISO."""
    return {field: _plain(value) for field, value in facts_of(person).items()}


def _plain(value: object) -> object:
    if isinstance(value, Division):
        return value.pk
    return value if value is None or isinstance(value, str) else str(value)
