"""Reference data come from files; stations are kept by the centre."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from lms.audit.actions import record_event
from lms.records import Record
from lms.reference import ReferenceList, reference_lists
from lms.refusals import Refused

from .models import CodeItem, Division, Holiday, Station
from .queries import cache_key

if TYPE_CHECKING:
    from lms.accounts.models import Agent, User  # accounts know places, not the other way


@dataclass
class Counts:
    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass
class LoadReport:
    lists: dict[str, Counts] = field(default_factory=dict)

    @property
    def total(self) -> Counts:
        found = self.lists.values()
        return Counts(
            added=sum(item.added for item in found),
            changed=sum(item.changed for item in found),
            unchanged=sum(item.unchanged for item in found),
        )


@transaction.atomic
def load_reference(*, by: "User | Agent") -> LoadReport:
    """Bring the lists to what the files say. Rows the files no longer name stay: records use them."""
    loaders = {"divisions": _load_divisions, "holidays": _load_holidays, "codes": _load_codes}
    report = LoadReport()
    for reference in reference_lists():
        counts, record = loaders[reference.kind](reference)
        report.lists[reference.key] = counts
        if counts.added or counts.changed:
            record_event(
                by=by,
                event="reference.loaded",
                record=record,
                label=reference.key,
                changes={
                    "version": [None, reference.version],
                    "added": counts.added,
                    "changed": counts.changed,
                },
            )
        transaction.on_commit(partial(cache.delete, cache_key(reference.key)))
    return report


def _load_divisions(reference: ReferenceList) -> tuple[Counts, Record]:
    counts = Counts()
    known = {division.code: division for division in Division.objects.current()}
    # A parent must exist before its children: a level is written after the one above it.
    waiting = list(reference.rows)
    while waiting:
        ready = [row for row in waiting if not row["parent_code"] or row["parent_code"] in known]
        if not ready:
            raise ValueError(f"divisions.csv: {waiting[0]['code']} has no parent in the file")
        _load_level(ready, known, counts)
        waiting = [row for row in waiting if row not in ready]
    return counts, next(iter(known.values()))


def _load_level(rows: list[dict[str, str]], known: dict[str, Division], counts: Counts) -> None:
    wanted = {
        row["code"]: Division(
            code=row["code"],
            name=row["name"],
            name_en=row["name_en"],
            level=row["level"],
            parent=known[row["parent_code"]] if row["parent_code"] else None,
            aliases=_words(row["aliases"]),
        )
        for row in rows
    }
    _bring(Division, wanted, known, ("name", "name_en", "level", "parent_id", "aliases"), counts)


def _load_holidays(reference: ReferenceList) -> tuple[Counts, Record]:
    counts = Counts()
    known = {(day.day, day.kind): day for day in Holiday.objects.all()}
    wanted = {}
    for row in reference.rows:
        day = datetime.date.fromisoformat(row["day"])
        wanted[day, row["kind"]] = Holiday(
            day=day, name=row["name"], name_en=row["name_en"], kind=row["kind"], source=reference.source
        )
    _bring(Holiday, wanted, known, ("name", "name_en", "source"), counts)
    return counts, next(iter(known.values()))


def _load_codes(reference: ReferenceList) -> tuple[Counts, Record]:
    counts = Counts()
    known = {item.code: item for item in CodeItem.objects.filter(list_key=reference.key)}
    own = {"code", "name", "name_en", "aliases"}
    wanted = {
        row["code"]: CodeItem(
            list_key=reference.key,
            code=row["code"],
            name=row["name"],
            name_en=row["name_en"],
            aliases=_words(row["aliases"]),
            position=position,
            facts={name: value for name, value in row.items() if name not in own and value},
            source=reference.source,
            version=reference.version,
        )
        for position, row in enumerate(reference.rows, start=1)
    }
    fields = ("name", "name_en", "aliases", "position", "facts", "source", "version")
    _bring(CodeItem, wanted, known, fields, counts)
    return counts, next(iter(known.values()))


def _bring(model: type[models.Model], wanted: dict, known: dict, fields: Iterable[str], counts: Counts) -> None:
    """Add what is missing, change what differs, in two statements; `known` then holds every row."""
    fields = tuple(fields)
    new = {key: row for key, row in wanted.items() if key not in known}
    changed = []
    for key in wanted.keys() & known.keys():
        row, stored = wanted[key], known[key]
        if any(getattr(row, name) != getattr(stored, name) for name in fields):
            for name in fields:
                setattr(stored, name, getattr(row, name))
            changed.append(stored)
    manager = model._default_manager
    manager.bulk_create(new.values())
    if changed:
        manager.bulk_update(changed, [name.removesuffix("_id") for name in fields])
    known |= new
    counts.added += len(new)
    counts.changed += len(changed)
    counts.unchanged += len(wanted) - len(new) - len(changed)


def _words(text: str) -> list[str]:
    return [word for word in text.split("|") if word]


STATION_FIELDS = (
    "code",
    "name",
    "name_en",
    "level",
    "division_id",
    "capacity",
    "address",
    "opened_on",
    "closed_on",
)


def add_station(
    *,
    by: "User | Agent",
    code: str,
    name: str,
    level: str,
    division: Division,
    capacity: int,
    name_en: str = "",
    address: str = "",
    opened_on: datetime.date | None = None,
) -> Station:
    station = Station(
        code=code,
        name=name,
        name_en=name_en,
        level=level,
        division=division,
        capacity=capacity,
        address=address,
        opened_on=opened_on,
    )
    return save_station(by=by, station=station)


@transaction.atomic
def save_station(*, by: "User | Agent", station: Station) -> Station:
    """Write a new or a changed station."""
    before = Station.objects.filter(pk=station.pk).first() if station.pk else None
    if Station.objects.filter(code=station.code).exclude(pk=station.pk).exists():
        raise Refused("station_known", _("A station with this code exists. Choose another code."))
    if station.capacity < 1:
        raise Refused("no_capacity", _("The capacity must be at least 1."))
    station.save()
    changes = {
        name: [_text(getattr(before, name)) if before else None, _text(getattr(station, name))]
        for name in STATION_FIELDS
        if before is None or getattr(before, name) != getattr(station, name)
    }
    record_event(
        by=by,
        event="station.changed" if before else "station.added",
        record=station,
        label=station.code,
        place=station.division.code,
        changes=changes,
    )
    return station


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime.date) else value
