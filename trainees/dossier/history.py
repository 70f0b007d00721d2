"""Who looked into a file and who changed it, readable by the person it is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lms.accounts.enums import Role
from lms.accounts.models import RoleGrant
from lms.audit.models import AuditEvent
from lms.places.models import Division
from lms.privacy.models import FileView
from trainees.merging.queries import table_label
from trainees.profiles.actions import HIDDEN
from trainees.registry.models import Trainee

from .words import EVENTS, FIELDS, PLACES, SEEN, VALUES, listed

NOTHING = "—"
RANKS = {field: rank for rank, field in enumerate(FIELDS)}


@dataclass(frozen=True)
class Change:
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Deed:
    """One line of the history: who, when, what, before and after."""

    at: datetime
    actor: str
    what: str
    changes: list[Change]
    reason: str


@dataclass(frozen=True)
class Look:
    """One look into the file. `who` is the name without the user name, for the person themselves."""

    at: datetime
    viewer: str
    who: str
    roles: str
    seen: str
    reason: str


def events_of(trainee: Trainee) -> QuerySet[AuditEvent]:
    """Everything logged about the file and its certificates, the newest first."""
    certificates = [str(pk) for pk in trainee.certificates.values_list("pk", flat=True)]
    return AuditEvent.objects.filter(
        Q(record_type="trainees.trainee", record_id=str(trainee.pk))
        | Q(record_type="certificates.certificate", record_id__in=certificates)
    )


def looks_of(trainee: Trainee) -> QuerySet[FileView]:
    return FileView.objects.filter(file_number=trainee.file_number)


def deeds(events: Iterable[AuditEvent]) -> list[Deed]:
    """In words of the reader's language; one query for the places of the whole page."""
    events = list(events)
    tables = {field: words() for field, words in VALUES.items()}
    tables |= dict.fromkeys(PLACES, _places(events))
    return [
        Deed(
            at=event.at,
            actor=event.actor,
            what=str(EVENTS.get(event.event, event.event)),
            changes=[_change(field, event.changes[field], tables) for field in sorted(event.changes, key=_rank)],
            reason=event.reason,
        )
        for event in events
    ]


def _rank(field: str) -> tuple[int, str]:
    """The order of the table of words: PostgreSQL keeps the keys of a change in an order of its own."""
    return RANKS.get(field, len(RANKS)), field


def _change(field: str, pair: object, tables: Mapping[str, Mapping]) -> Change:
    before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
    table = tables.get(field, {})
    # A merge tells of whole tables.
    name = str(FIELDS[field]) if field in FIELDS else table_label(field)
    return Change(name, _word(before, table), _word(after, table))


def _word(value: object, table: Mapping) -> str:
    if value in (None, "", []):
        return NOTHING
    if value == HIDDEN:
        return _("not shown here")
    parts = value if isinstance(value, list) else str(value).split("、")
    return listed(table.get(part, part) for part in parts)


def _places(events: list[AuditEvent]) -> dict[str, str]:
    codes = {
        code for event in events for field in PLACES for code in event.changes.get(field, []) if isinstance(code, str)
    }
    if not codes:
        return {}
    return {place.code: str(place) for place in Division.objects.current().filter(code__in=codes)}


def looks(views: Iterable[FileView]) -> list[Look]:
    """With the roles each viewer held at that moment; one query for the whole page."""
    views = list(views)
    held = _roles({int(view.viewer_id) for view in views if view.viewer_id.isdigit()})
    return [
        Look(
            at=view.at,
            viewer=view.viewer,
            who=view.viewer.rpartition(" (")[0] or view.viewer,
            roles=listed(
                dict.fromkeys(
                    str(Role(grant.role).label)
                    for grant in held.get(view.viewer_id, [])
                    if grant.granted_at <= view.at and (grant.ended_at is None or grant.ended_at > view.at)
                )
            ),
            seen=listed(SEEN.get(part, part) for part in view.unmasked.split(",") if part),
            reason=view.reason,
        )
        for view in views
    ]


def _roles(viewers: set[int]) -> dict[str, list[RoleGrant]]:
    held: dict[str, list[RoleGrant]] = {}
    for grant in RoleGrant.objects.filter(user__in=viewers).order_by("granted_at") if viewers else ():
        held.setdefault(str(grant.user_id), []).append(grant)
    return held
