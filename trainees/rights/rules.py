"""The clock of requests, the periods of retention, who may do what."""

import calendar
import csv
import datetime
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lms.accounts.enums import Role

from .enums import RetentionKind

DEFAULTS = Path(__file__).with_name("retention.csv")

# GB/T 35273-2020, 8.7: an answer within thirty days.
ANSWER_WITHIN = datetime.timedelta(days=30)
# Files with people's data made for somebody's desk: long enough to fetch, short enough to be forgotten.
FILE_LIVES = datetime.timedelta(days=7)
KEEPERS = (Role.MANAGER, Role.SECURITY_OFFICER)
EXPORTING = (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR)


@dataclass(frozen=True)
class Default:
    months: int
    # "person": listed every night and confirmed by two people; "itself": emptied by night, nobody has to confirm;
    # "hand": the record lies outside this system.
    by: str
    source: str
    source_en: str


@lru_cache(maxsize=1)
def defaults() -> dict[RetentionKind, Default]:
    with DEFAULTS.open(encoding="utf-8", newline="") as file:
        return {
            RetentionKind(row["kind"]): Default(int(row["months"]), row["by"], row["source"], row["source_en"])
            for row in csv.DictReader(file)
        }


def months_before(day: datetime.date, months: int) -> datetime.date:
    """31 August, six months before: 28 February."""
    return months_after(day, -months)


def months_after(day: datetime.date, months: int) -> datetime.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
