"""Every row that a merge changes goes through here: written, and written down so that it can be put back.

An undo replays the steps backwards: each state on the way was a valid one once, so no constraint stands against it.
"""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.files import File
from django.db import models
from django.db.models import Field

from lms.records import AppendOnly


@dataclass
class Step:
    """One row, some columns: [before, after], as plain values."""

    label: str
    pk: int
    columns: dict[str, list]


@dataclass
class Journal:
    steps: list[Step] = field(default_factory=list)
    # Each changed row as it stood before, whole: for whoever has to explain a merge years later.
    rows: dict[str, dict[str, dict]] = field(default_factory=dict)

    def change(self, row: models.Model, **columns: Any) -> None:
        """Give columns (named as in the database) new values; what is so already is neither written nor noted."""
        changed = {name: value for name, value in columns.items() if getattr(row, name) != value}
        if not changed:
            return
        label = row._meta.label
        self.rows.setdefault(label, {}).setdefault(str(row.pk), plain_row(row))
        fields = columns_of(type(row))
        before = {name: plain(getattr(row, name)) for name in changed}
        for name, value in changed.items():
            setattr(row, name, value)
        _write(type(row), row.pk, changed)
        self.steps.append(
            Step(label, row.pk, {fields[name].attname: [before[name], plain(value)] for name, value in changed.items()})
        )

    def change_all(self, rows: Iterable[models.Model], **columns: Any) -> int:
        count = 0
        for row in rows:
            self.change(row, **columns)
            count += 1
        return count

    def stored(self) -> dict:
        return {"rows": self.rows, "steps": [[step.label, step.pk, step.columns] for step in self.steps]}


def steps_of(snapshot: dict) -> list[Step]:
    return [Step(*step) for step in snapshot["steps"]]


def put_back(steps: Iterable[Step]) -> None:
    """Replay backwards. The caller made sure that nothing built later stands in the way."""
    for step in reversed(list(steps)):
        model = apps.get_model(step.label)
        fields = columns_of(model)
        before = {name: restored(fields[name], values[0]) for name, values in step.columns.items()}
        _write(model, step.pk, before)


def last_values(steps: Iterable[Step]) -> dict[tuple[str, int], dict[str, Any]]:
    """What the merge left in each row it touched."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for step in steps:
        found.setdefault((step.label, step.pk), {}).update(
            {name: after for name, (_before, after) in step.columns.items()}
        )
    return found


def _write(model: type[models.Model], pk: Any, columns: dict[str, Any]) -> None:
    # By update, not save: the days on which a row was made and last touched are not today's.
    if issubclass(model, AppendOnly):
        model.objects.repoint(pk, **columns)
    else:
        model._base_manager.filter(pk=pk).update(**columns)


def columns_of(model: type[models.Model]) -> dict[str, Field]:
    return {column.attname: column for column in model._meta.concrete_fields}


def plain_row(row: models.Model) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in columns_of(type(row))}


def plain(value: Any) -> Any:
    """As JSON keeps it, without losing a microsecond."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, File):
        return value.name
    return value


def restored(column: Field, value: Any) -> Any:
    return value if value is None or isinstance(value, dict | list) else column.to_python(value)
