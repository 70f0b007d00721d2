"""From what was seen to who was there: plain functions over plain facts."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User

from .enums import ScanKind, ScanRefusal, ScanSource

# A person marked by a person was there for the session; only a device knows minutes.
WHOLE_SESSION_SOURCES = frozenset({ScanSource.GRID, ScanSource.PAPER, ScanSource.IMPORT})
OPENS_BEFORE_START = datetime.timedelta(hours=1)
LATE_AFTER = datetime.timedelta(days=7)  # rule R26 of the audit: entered too late, visible for ever


@dataclass(frozen=True)
class Mark:
    """One thing to record; the same `client_uuid` again is the same mark, however often it arrives."""

    trainee_id: int | None
    kind: str
    client_uuid: uuid.UUID = field(default_factory=uuid.uuid4)
    occurred_at: datetime.datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class MarkResult:
    """What became of a mark: `outcome` is "taken", "had" (known already, nothing added) or "refused"."""

    client_uuid: uuid.UUID
    trainee_id: int | None
    outcome: str
    refusal: ScanRefusal | str = ""


@dataclass(frozen=True)
class Event:
    """An accepted scan, reduced to what presence depends on."""

    kind: str
    source: str
    at: datetime.datetime


@dataclass(frozen=True)
class Attendance:
    """What the events of one person at one session say together."""

    present: bool
    minutes: int
    first_seen_at: datetime.datetime | None


def seen_at(occurred_at: datetime.datetime, received_at: datetime.datetime) -> datetime.datetime:
    """When it happened, but never after it arrived: a phone whose clock runs ahead must not outlive corrections."""
    return min(occurred_at, received_at)


def attendance_of(events: Iterable[Event], start: datetime.datetime, minutes: int) -> Attendance | None:
    """Events in the order they happened; the last one decides. None: nobody said anything."""
    events = list(events)
    if not events:
        return None
    if events[-1].kind == ScanKind.ABSENT:
        return Attendance(present=False, minutes=0, first_seen_at=None)
    stay = _since_last_absence(events)
    return Attendance(present=True, minutes=_minutes(stay, start, minutes), first_seen_at=stay[0].at)


def _since_last_absence(events: list[Event]) -> list[Event]:
    absences = [place for place, event in enumerate(events) if event.kind == ScanKind.ABSENT]
    return events[absences[-1] + 1 :] if absences else events


def _minutes(stay: list[Event], start: datetime.datetime, minutes: int) -> int:
    """Whole minutes between signing in and out, inside the session's hours."""
    if stay[-1].source in WHOLE_SESSION_SOURCES:
        return minutes
    end = start + datetime.timedelta(minutes=minutes)
    total = datetime.timedelta()
    # Somebody whose first event is signing out was there from the start.
    inside: datetime.datetime | None = start if stay[0].kind == ScanKind.SIGN_OUT else None
    for event in stay:
        by_hand = event.source in WHOLE_SESSION_SOURCES
        at = min(max(event.at, start), end)
        if event.kind == ScanKind.SIGN_IN and inside is None:
            inside = start if by_hand and not total else at
        elif event.kind == ScanKind.SIGN_OUT and inside is not None:
            total += (end if by_hand else at) - inside
            inside = None
    if inside is not None:
        total += end - inside
    return int(total.total_seconds() // 60)


def says_present(kind: str) -> bool:
    return kind != ScanKind.ABSENT


def is_late(received_at: datetime.datetime, session_start: datetime.datetime) -> bool:
    return received_at - session_start > LATE_AFTER


def may_mark(user: User | AnonymousUser, trainer_user_id: int | None, place: str) -> bool:
    """The class's own trainer, or the office of the place, which enters paper sheets."""
    own = trainer_user_id is not None and trainer_user_id == user.pk and scope_of(user).has(Role.TRAINER)
    return own or scope_of(user).covers(place, Role.MANAGER, Role.CLERK)
