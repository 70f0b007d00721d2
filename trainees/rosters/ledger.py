"""Rows that carry a class: read beside the person, grouped, and handed to the room of ledgers.

A class that cannot be entered keeps nobody out: the person of the row is entered, a note says what the class lacks,
and the same file once more adds the class when that is mended.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from django.db import transaction

from lms.accounts.models import Agent, User
from lms.refusals import Refused
from trainees.ledgers.actions import ClassReport, Line, class_of, enter_lines, rehearse
from trainees.ledgers.queries import known_class
from trainees.ledgers.rules import ClassFacts

from . import values as read
from .enums import ACCEPTED_VERDICTS
from .models import RosterImport, RosterRow

OUTLOOK = ("class_known", "class_new", "class_refused", "class_not_chosen")
FIGURES = ("enrolled", "already", "waitlisted", "shut_out", "marked", "results")
# As long as the columns of a class and of a ledger's entry.
TEXTS = {"title": 120, "course": 255, "venue": 80, "trainer": 50, "cert_no": 60, "outcome": 300}
TITLES = {"title": "class_name"}


class Reads(Protocol):
    """verdicts.Reading, as far as a class needs it."""

    values: dict
    from_1904: bool

    def text(self, key: str) -> str: ...

    def warn(self, code: str, key: str, **facts: object) -> None: ...


def read_class(reading: Reads, today: datetime.date) -> None:
    """values["ledger"], when the row names a class, its number or its days."""
    if not any(reading.text(key) not in read.UNKNOWN for key in ("class_name", "term", "start")):
        return
    first, last = _days(reading, today)
    found: dict[str, object] = {key: _text(reading, TITLES.get(key, key))[:most] for key, most in TEXTS.items()}
    found |= {
        "term": _text(reading, "term")[:30],
        "start": str(first or ""),
        "end": str(last or ""),
        "minutes": _read(reading, "hours", read.lesson_minutes),
        "score": _read(reading, "score", read.score_of),
        "passed": _read(reading, "passed", read.passed_of),
        "tier": _read(reading, "tier", read.tier_of, unread="tier_unknown"),
    }
    reading.values["ledger"] = {key: value for key, value in found.items() if value not in ("", None)}


def _text(reading: Reads, key: str) -> str:
    text = reading.text(key)
    return "" if text in read.UNKNOWN else text


def _read(reading: Reads, key: str, of: Callable[[str], object], *, unread: str = "") -> object:
    text = _text(reading, key)
    value = of(text) if text else None
    if text and value is None:
        reading.warn(unread or f"{key}_unread", key)
    return value


def _days(reading: Reads, today: datetime.date) -> tuple[datetime.date | None, datetime.date | None]:
    """培训时间 may hold both days; a last day in a column of its own wins."""
    start, end = (_written(reading, key, today) for key in ("start", "end"))
    if start is None:
        return None, None
    first, last = start[0], (end or start)[1]
    if last < first:
        reading.warn("dates_reversed", "end")
        return None, None
    return first, last


def _written(reading: Reads, key: str, today: datetime.date) -> tuple[datetime.date, datetime.date] | None:
    text = _text(reading, key)
    days = read.written_days(text, today=today, from_1904=reading.from_1904) if text else None
    if text and days is None:
        reading.warn("dates_unread", key)
    return days


# --- What will become of the classes ---------------------------------------------------------------------------


def count_classes(rows: Iterable[RosterRow], people: Counter[ClassFacts]) -> None:
    for row in rows:
        if row.verdict in ACCEPTED_VERDICTS and "ledger" in row.values:
            people[facts_of(row)] += 1


def outlook(roster: RosterImport, people: Counter[ClassFacts]) -> Iterator[dict]:
    """One note a class: it is known, it will be made, or why not."""
    by = roster.started_by or Agent("import_roster")
    for facts, count in people.items():
        yield _expected(by, facts, count, roster)


def _expected(by: User | Agent, facts: ClassFacts, count: int, roster: RosterImport) -> dict:
    said = {"title": facts.label, "days": facts.days, "people": count}
    try:
        if roster.training_class and not _is_chosen(facts, roster):
            return _note("class_not_chosen", said | {"chosen": roster.training_class.code})
        made = rehearse(by=by, facts=facts, source=roster.file_name)
    except Refused as refusal:
        return _note("class_refused", said | {"why": str(refusal.message)})
    if made.new:
        return _note("class_new", said | {"sessions": made.sessions})
    return _note("class_known", said | {"code": made.code})


def _is_chosen(facts: ClassFacts, roster: RosterImport) -> bool:
    """A file brought in for one class marks attendance in that class alone."""
    chosen = roster.training_class
    return chosen is not None and facts.means(chosen)


def known_classes(rows: Iterable[RosterRow]) -> set[int]:
    """Keys of the classes there are already; what the ledger leaves unclear is said when it is entered."""
    found: set[int] = set()
    for facts in {facts_of(row) for row in rows if "ledger" in row.values}:
        try:
            known = known_class(facts)
        except Refused:
            continue
        if known:
            found.add(known.pk)
    return found


# --- Entering them ---------------------------------------------------------------------------------------------


def enter_classes(roster: RosterImport, rows: Sequence[RosterRow], *, by: User | Agent) -> None:
    """The classes of a batch of entered rows, in the caller's transaction; the figures go to the roster's notes."""
    groups: dict[ClassFacts, list[RosterRow]] = {}
    for row in rows:
        if row.committed and row.trainee is not None and "ledger" in row.values:
            groups.setdefault(facts_of(row), []).append(row)
    if not groups:
        return
    # What was expected gives way to what became of it.
    roster.notes = [note for note in roster.notes if note["code"] not in OUTLOOK or "entered" in note]
    # Always in the same order: two ledgers that hold the same classes wait for each other and never in a ring.
    for facts in sorted(groups, key=lambda facts: facts.key):
        _enter_class(roster, facts, groups[facts], by=by)
    roster.save(update_fields=["notes"])


def _enter_class(roster: RosterImport, facts: ClassFacts, rows: list[RosterRow], *, by: User | Agent) -> None:
    said = {"title": facts.label, "days": facts.days}
    if roster.training_class and not _is_chosen(facts, roster):
        _add(roster, "class_not_chosen", said | {"chosen": roster.training_class.code}, {"people": len(rows)})
        return
    try:
        # A class that nobody can be entered into is not made either.
        with transaction.atomic():
            training_class = class_of(by=by, facts=facts, source=roster.file_name)
            lines = [line_of(roster, row) for row in rows]
            report = enter_lines(by=by, training_class=training_class, lines=lines, source=roster.file_name)
    except Refused as refusal:
        _add(roster, "class_refused", said | {"why": str(refusal.message)}, {"people": len(rows)})
        return
    figures = {key: getattr(report, key) for key in FIGURES}
    _add(roster, "class_entered", said | {"code": training_class.code}, {"people": len(rows), **figures})
    _say_more(roster, training_class.code, report)


def _say_more(roster: RosterImport, code: str, report: ClassReport) -> None:
    for key in ("shut_out", "not_enrolled", "not_opened", "otherwise"):
        if count := getattr(report, key):
            _add(roster, f"class_{key}", {"code": code}, {"people": count})


def _add(roster: RosterImport, code: str, said: dict, figures: dict[str, int]) -> None:
    """One note a class, its figures growing batch by batch."""
    for note in roster.notes:
        if note["code"] == code and "entered" in note and said.items() <= note["facts"].items():
            note["facts"] |= {key: note["facts"][key] + figure for key, figure in figures.items()}
            return
    roster.notes = [*roster.notes, {**_note(code, said | figures), "entered": True}]


def _note(code: str, facts: dict) -> dict:
    return {"code": code, "facts": facts}


def facts_of(row: RosterRow) -> ClassFacts:
    facts = row.values["ledger"]
    return ClassFacts(
        **{key: facts.get(key, "") for key in ("title", "term", "course", "tier", "venue", "trainer")},
        start=_date(facts.get("start")), end=_date(facts.get("end")), minutes=facts.get("minutes"),
    )  # fmt: skip


def line_of(roster: RosterImport, row: RosterRow) -> Line:
    facts = row.values["ledger"]
    assert row.trainee is not None  # noqa: S101 - asked before
    return Line(
        trainee=row.trainee,
        passed=facts.get("passed"),
        score=facts.get("score"),
        certificate_number=facts.get("cert_no", ""),
        outcome=facts.get("outcome", ""),
        shop=row.values.get("beside", {}).get("shop_url", ""),
        source=f"{roster.file_name[:100]} #{row.number}",
    )


def _date(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
