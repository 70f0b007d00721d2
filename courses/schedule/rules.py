"""What a plan of half-days must satisfy, and who may manage a class. No database here."""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User

from .enums import HALF_HOURS, ClassState, Half

# A class may still be changed, and people may still join it.
LIVE_STATES = (ClassState.PLANNED, ClassState.OPEN)
# A cancelled class keeps neither its trainer nor its room.
HOLDS_BOOKING = (ClassState.PLANNED, ClassState.OPEN, ClassState.CLOSED, ClassState.REFUSED)
SHORTEST_MINUTES, LONGEST_MINUTES = 30, 360
# GB habit and the catalogue's own help text: a training hour has 45 minutes.
MINUTES_PER_HOUR = 45


@dataclass(frozen=True)
class SessionPlan:
    """One half-day to be held; hours left out are the usual ones of that half-day."""

    day: datetime.date
    half: str
    starts_at: datetime.time | None = None
    minutes: int | None = None
    topic: str = ""

    @property
    def slot(self) -> tuple[datetime.date, str]:
        return self.day, str(self.half)


@dataclass(frozen=True)
class TimedPlan(SessionPlan):
    """A half-day whose hours are known."""

    starts_at: datetime.time
    minutes: int


def timed(plan: SessionPlan) -> TimedPlan:
    """The same plan with its start and length filled in."""
    usual_start, usual_minutes = HALF_HOURS[Half(plan.half)]
    return TimedPlan(
        day=plan.day,
        half=Half(plan.half),
        starts_at=plan.starts_at or datetime.time.fromisoformat(usual_start),
        minutes=usual_minutes if plan.minutes is None else plan.minutes,
        topic=plan.topic.strip(),
    )


def well_formed_number(code: str) -> bool:
    """A class number stands in addresses and on paper: letters, digits, dots and hyphens, with a digit in it."""
    return bool(re.fullmatch(r"[\w.-]{1,30}", code)) and any(char.isdigit() for char in code)


def repeated_slot(plans: Iterable[SessionPlan]) -> SessionPlan | None:
    """A plan whose half-day occurs twice."""
    plans = list(plans)
    counts = Counter(plan.slot for plan in plans)
    return next((plan for plan in plans if counts[plan.slot] > 1), None)


def wrong_length(plans: Iterable[TimedPlan]) -> TimedPlan | None:
    return next((plan for plan in plans if not SHORTEST_MINUTES <= plan.minutes <= LONGEST_MINUTES), None)


def outside(plans: Iterable[SessionPlan], first: datetime.date, last: datetime.date) -> SessionPlan | None:
    return next((plan for plan in plans if not first <= plan.day <= last), None)


def before(plans: Iterable[SessionPlan], today: datetime.date) -> SessionPlan | None:
    return next((plan for plan in plans if plan.day < today), None)


def number_prefix(plans: Sequence[SessionPlan], course_code: str, today: datetime.date) -> str:
    """2018-B1-: a class is numbered within its course and the year it begins in."""
    year = min((plan.day for plan in plans), default=today).year
    return f"{year}-{course_code}-"


def next_number(prefix: str, taken: Iterable[str]) -> str:
    """2018-B1-03 after 2018-B1-02; the serial grows past 99 by itself and never reuses a gap."""
    serials = [int(code.removeprefix(prefix)) for code in taken if code.removeprefix(prefix).isdigit()]
    return f"{prefix}{max(serials, default=0) + 1:02d}"


def may_manage(user: User | AnonymousUser, place: str) -> bool:
    """Plan, open, close, refuse and cancel classes held at this 12-digit place: the office there."""
    return scope_of(user).covers(place, Role.MANAGER, Role.CLERK)
