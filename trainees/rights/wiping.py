"""What every table keeps and loses when a person becomes nobody. The classes of the fields decide; a rule only says
how the table reaches the person, and why a personal field stays. tests/trainees/test_rights_retention.py fails for a
table with personal fields and no rule. The same rules find everything there is about a person for a copy.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models, transaction

from lms.records import AppendOnly, FieldClass
from trainees.registry.models import Trainee

ANONYMOUS = "已匿名"
ABOUT_PEOPLE = (FieldClass.PERSONAL, FieldClass.SENSITIVE)
COUNTED = "the ledger rests on it"
NAMELESS = "says nothing of anybody once the file has no name"
# The proof of a consent outlives the file by its own period.
FILE, PROOF = "file", "proof"


@dataclass(frozen=True)
class Wiping:
    """How one table reaches the person (`path`, "" for the file itself) and what becomes of its fields."""

    path: str
    # Personal field -> why it stays.
    keep: dict[str, str] = field(default_factory=dict)
    # Field -> what stands there afterwards; every other personal field becomes empty.
    become: dict[str, Any] = field(default_factory=dict)
    # Fields of no personal class that people may have written a name into.
    also: tuple[str, ...] = ()
    # For values that must keep their shape: the row before -> the fields after.
    reshape: Callable[[Any], dict] | None = None
    # Derived rows that say nothing else: they go whole.
    whole: bool = False
    with_the: str = FILE


RULES: dict[str, Wiping] = {}

# Emptied by their own step in actions/retention.py.
BY_THEIR_OWN_STEP = {
    "trainees.Household": "when its last member goes",
    "trainees.HouseholdPeriod": "with its household",
    "trainees.ConsentSheet": "a list signed by many goes when nobody on it is left",
    "trainees.RosterImport": "the file as it was sent goes; its rows are kept one by one",
    "trainees.Merge": "what an undo would need; see trainees.merging",
    "certificates.HandOverScan": "a sheet signed by many goes when nobody on it is left",
    "lms.User": "the account of somebody who is nothing but a trainee",
    "lms.FileView": "reasons of looks into the file; who looked and when stays",
    "lms.AuditEvent": "masked values of changes to the file; who did what and when stays",
}
# Not about a trainee, or gone by another clock.
OUT_OF_REACH = {
    "lms.RoleGrant": "roles of staff",
    "lms.Job": "results are files of a week",
    "trainees.Export": "goes after a week",
    "certificates.PrintRun": "files for the printer go after a month",
    "certificates.PrintPart": "as above",
    "certificates.ListFile": "goes after a week",
}


# Steps of rooms above this one: table -> what empties it for a person, and says how many rows it was.
Step = Callable[[Any, Trainee], int]
STEPS: dict[str, Step] = {}


def register(label: str, rule: Wiping) -> None:
    RULES[label] = rule


def register_step(label: str, step: Step) -> None:
    STEPS[label] = step


def personal_fields(model: type[models.Model]) -> list[str]:
    return [name for name, kind in model.field_classes.items() if kind in ABOUT_PEOPLE]  # type: ignore[attr-defined]


def rows_about(label: str, trainee: Trainee) -> models.QuerySet:
    return rows_about_all(label, [trainee])


def rows_about_all(label: str, files: Iterable[Trainee]) -> models.QuerySet:
    """Of several files that are one person's."""
    path = RULES[label].path or "pk"
    return apps.get_model(label)._default_manager.filter(**{f"{path}__in": [one.pk for one in files]})


def wiped_values(model: type[models.Model], rule: Wiping) -> dict[str, Any]:
    """Field -> the value that says nothing."""
    names = [name for name in personal_fields(model) if name not in rule.keep] + list(rule.also)
    return {name: rule.become[name] if name in rule.become else _empty(model, name) for name in names}


def _empty(model: type[models.Model], name: str) -> Any:
    column = model._meta.get_field(name)
    if column.null:
        return None
    if isinstance(column, models.JSONField):
        return column.get_default()
    if isinstance(column, models.BooleanField):
        return False
    return 0 if isinstance(column, models.IntegerField | models.DecimalField) else ""


def wipe(trainee: Trainee, *, with_the: str = FILE) -> dict[str, int]:
    """Empty every row about the person, in the caller's transaction. Table -> rows."""
    wiped = {}
    for label, rule in RULES.items():
        if rule.with_the == with_the and (count := _wipe_table(label, rule, trainee)):
            wiped[label] = count
    return wiped


def wipe_rows(label: str, rows: models.QuerySet) -> int:
    """For rows that reach no person, and are emptied as those are that do."""
    return _wipe(label, RULES[label], rows)


def _wipe_table(label: str, rule: Wiping, trainee: Trainee) -> int:
    return _wipe(label, rule, rows_about(label, trainee))


def _wipe(label: str, rule: Wiping, rows: models.QuerySet) -> int:
    model = apps.get_model(label)
    values = wiped_values(model, rule)
    if rule.whole:
        return rows.delete()[0]
    if not values:
        return 0
    _drop_files(model, rows, values)
    if rule.reshape is not None:
        found = list(rows)
        for row in found:
            _write(model._default_manager.filter(pk=row.pk), values | rule.reshape(row))
        return len(found)
    return _write(rows, values)


def _write(rows: models.QuerySet, values: dict[str, Any]) -> int:
    return rows.wipe(**values) if issubclass(rows.model, AppendOnly) else rows.update(**values)  # type: ignore[attr-defined]


def empty(rows: models.QuerySet, *, keep: tuple[str, ...]) -> int:
    """For tables that go by their own step: every personal field but these, and the files."""
    values = wiped_values(rows.model, Wiping(path="", keep=dict.fromkeys(keep, NAMELESS)))
    _drop_files(rows.model, rows, values)
    return rows.update(**values)


def _drop_files(model: type[models.Model], rows: models.QuerySet, values: dict) -> None:
    for name in values:
        column = model._meta.get_field(name)
        if isinstance(column, models.FileField):
            stored = [path for path in rows.values_list(name, flat=True) if path]
            transaction.on_commit(lambda stored=stored, storage=column.storage: _delete(storage, stored))  # type: ignore[misc]


def _delete(storage: Any, names: list[str]) -> None:
    for name in names:
        storage.delete(name)


def _blank(value: Any) -> Any:
    return [] if isinstance(value, list) else "" if isinstance(value, str) else None


def _blank_row(row: Any) -> dict:
    """A roster row keeps its place and its verdict; what stood in the cells goes."""
    blank = {key: _blank(value) for key, value in (row.values or {}).items()}
    return {"cells": [""] * len(row.cells or []), "values": {**blank, "name": ANONYMOUS}, "reasons": [], "warnings": []}


register("trainees.Trainee", Wiping(
    path="", keep={"sex": COUNTED}, become={"name": ANONYMOUS}, also=("id_note", "source", "void_reason"),
))  # fmt: skip
register("trainees.GroupMembership", Wiping(path="trainee", keep={"group": COUNTED}))
register("trainees.RosterRow", Wiping(path="trainee", become={"cells": None, "values": None}, reshape=_blank_row))
register("trainees.Scan", Wiping(
    path="trainee", keep={"kind": COUNTED, "occurred_at": COUNTED}, become={"payload": {}}, also=("reason",),
))  # fmt: skip
register("trainees.Enrolment", Wiping(path="trainee", also=("reason",)))
register("trainees.Presence", Wiping(
    path="trainee", keep=dict.fromkeys(("present", "minutes_present", "first_seen_at"), COUNTED),
))  # fmt: skip
register("trainees.PersonTime", Wiping(path="trainee", keep=dict.fromkeys(
    ("minutes_present", "sessions_present", "days_present", "signed", "attended", "sex", "township_code",
     "village_code"), COUNTED,
)))  # fmt: skip
register("trainees.PersonTimeGroup", Wiping(path="person_time__trainee", keep={"group": COUNTED}))
register("trainees.LessonProgress", Wiping(path="trainee", keep=dict.fromkeys(
    ("first_opened_at", "last_opened_at", "furthest_block", "quiz_percent", "completed_at"), NAMELESS,
)))  # fmt: skip
register("trainees.QuizAttempt", Wiping(path="trainee", keep=dict.fromkeys(("answers", "correct", "at"), NAMELESS)))
register("trainees.PracticalResult", Wiping(
    path="trainee", keep=dict.fromkeys(("outcome", "score", "assessed_on"), NAMELESS),
))  # fmt: skip
register("trainees.Entry", Wiping(
    path="trainee", become={"leader_name": ANONYMOUS}, also=("team_name", "summary", "plan_file_name"),
))  # fmt: skip
register("trainees.RightsRequest", Wiping(path="trainee"))
register("trainees.Profile", Wiping(path="trainee"))
register("trainees.LedgerEntry", Wiping(path="trainee"))
register("trainees.HouseholdMember", Wiping(path="trainee"))
register("trainees.SearchKey", Wiping(path="trainee", whole=True))
register("trainees.MatchKey", Wiping(path="trainee", whole=True))
register("trainees.Outcome", Wiping(
    path="trainee", keep=dict.fromkeys(("kind", "happened_on", "amount_yuan"), NAMELESS),
    become={"proof_text": ANONYMOUS}, also=("void_reason",),
))  # fmt: skip
register("trainees.DisabilityCertificate", Wiping(
    path="trainee", become={"kind": "soldier", "number_hash": ""},
    reshape=lambda row: {"number_hash": f"wiped-{row.pk}"},
))  # fmt: skip
register("trainees.Consent", Wiping(path="trainee", become={"witness": ANONYMOUS}, with_the=PROOF))
