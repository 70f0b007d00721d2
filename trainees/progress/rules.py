"""The rule of counting, as plain functions over plain facts (plan, part 3.3; the policy's words say the same)."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from lms.programme.enums import CountedUnit
from trainees.attendance.enums import EnrolmentState
from trainees.registry.enums import COUNTABLE_ID_STATES

from .enums import Loss

WHOLE_CLASS = "class"


@dataclass(frozen=True)
class Attended:
    """One session attended by one person; `opens_day` on the day's first, so that days add up over any unit."""

    session_id: int
    day: datetime.date
    minutes: int
    opens_day: bool


@dataclass(frozen=True)
class Unit:
    """What one row of the ledger says; groups sorted. Equal units are the same ledger."""

    trainee_id: int
    unit_key: str
    policy_version: int
    counted: bool
    loss: str
    counted_on: datetime.date
    minutes_present: int
    minutes_planned: int
    sessions_present: int
    days_present: int
    signed: bool
    attended: bool
    mode: str
    tier: str
    level: str
    sex: str
    township_code: str
    village_code: str
    groups: tuple[str, ...] = ()


def is_session_attended(*, present: bool, minutes_present: int, minutes: int, percent: int) -> bool:
    """Signing in and leaving is no attendance: the share asked of the class is asked of each session too."""
    return present and minutes_present * 100 >= percent * minutes


def is_class_attended(*, attended: int, planned: int, percent: int) -> bool:
    """At least `percent` of all planned sessions, also of those that were badly visited or came late."""
    return planned > 0 and attended * 100 >= percent * planned


def loss_of(
    *,
    enrolment: str,
    class_refused: bool,
    signed: bool,
    attended: bool,
    id_state: str,
    remote: bool,
    counts_remote: bool,
) -> str:
    """The first reason, in the order of the funnel, why somebody does not count; blank when none stands against."""
    reasons = (
        (enrolment != EnrolmentState.CONFIRMED, Loss.ENROLMENT_NOT_CONFIRMED),
        (not signed, Loss.NEVER_SIGNED),
        (not attended, Loss.ATTENDANCE_TOO_LOW),
        (id_state not in COUNTABLE_ID_STATES, Loss.IDENTITY_OPEN),
        (class_refused, Loss.CLASS_REFUSED),
        (remote and not counts_remote, Loss.REMOTE_NOT_COUNTED),
    )
    return next((loss.value for stands_against, loss in reasons if stands_against), "")


def split_into_units(unit: str, attended: Iterable[Attended]) -> dict[str, list[Attended]]:
    """Unit key -> the sessions it stands for, for somebody who counts."""
    units: dict[str, list[Attended]] = {}
    for session in attended:
        key = {
            CountedUnit.PER_CLASS: WHOLE_CLASS,
            CountedUnit.PER_DAY: f"day:{session.day}",
            CountedUnit.PER_SESSION: f"session:{session.session_id}",
        }[CountedUnit(unit)]
        units.setdefault(key, []).append(session)
    return units
