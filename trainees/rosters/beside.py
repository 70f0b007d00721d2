"""Columns beside the person: read, checked and kept with the row under "beside", for the rooms that want them."""

import datetime
from collections.abc import Callable
from typing import Protocol

from . import values as read

# Kept as written, at most so long.
AS_WRITTEN = {
    "unit": 120, "post": 60, "head_name": 50, "address": 200, "disability_no": 30, "remark": 300, "shop_url": 300,
}  # fmt: skip
CODES = ("political", "relation")


class Reads(Protocol):
    """verdicts.Reading, as far as these columns need it."""

    values: dict

    def text(self, key: str) -> str: ...

    def warn(self, code: str, key: str, **facts: object) -> None: ...


def read_beside(
    reading: Reads, find: Callable[[str, str], str], birth: datetime.date | None, today: datetime.date
) -> None:
    """Empty cells leave no key: most rosters have none of these columns."""
    found: dict[str, object] = {}
    for key, longest in AS_WRITTEN.items():
        text = reading.text(key)
        if text not in read.UNKNOWN:
            found[key] = text[:longest]
    for key in CODES:
        text = reading.text(key)
        code = find(key, text) if text not in read.UNKNOWN else ""
        if code:
            found[key] = code
        elif text not in read.UNKNOWN:
            reading.warn(f"{key}_unknown", key)
    age = read.whole_number(reading.text("age"))
    if age is not None:
        found["age"] = age
        # A list of last year is a year behind; nobody is older than the list.
        if birth and not -1 <= read.age_on(today, birth) - age <= 2:
            reading.warn("age_differs", "age")
    if found:
        reading.values["beside"] = found
