"""Which column is which: headers as townships write them."""

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from trainees.registry.quotes import quoted

ALIASES = Path(__file__).with_name("header_aliases.csv")
HEADER_ROWS = 15
LEAST_KNOWN = 3
IN_BRACKETS = re.compile(r"\([^)]*\)")
DECORATION = re.compile(r"[\s*:☆★]+")
PREFIXES = ("所在", "所属", "学员", "本人", "参训人员", "现")
SEQUENCE, NAME, ID_NUMBER = "seq", "name", "id_number"


@dataclass(frozen=True)
class Column:
    index: int
    title: str
    # A field of header_aliases.csv, or empty when the header is not known.
    field: str = ""
    used: bool = False

    @property
    def letter(self) -> str:
        return letter_of(self.index)

    def as_json(self) -> dict:
        return {**asdict(self), "letter": self.letter}


@dataclass(frozen=True)
class Header:
    # Counted from 0; `last` differs when two rows together are the header.
    first: int
    last: int
    columns: tuple[Column, ...]

    def index_of(self, field: str) -> int | None:
        return next((column.index for column in self.columns if column.field == field), None)


@lru_cache(maxsize=1)
def _fields() -> dict[str, tuple[str, bool]]:
    """Plain header -> (field, used)."""
    with ALIASES.open(encoding="utf-8") as file:
        return {
            plain_header(alias): (row["field"], row["used"] == "yes")
            for row in csv.DictReader(file)
            for alias in row["aliases"].split("|")
        }


def plain_header(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return DECORATION.sub("", text).casefold()


def field_of(text: str) -> tuple[str, bool]:
    """('village', True) for 所在村(社区); ('', False) when unknown."""
    plain = plain_header(text)
    bare = IN_BRACKETS.sub("", plain)
    for written in (plain, bare):
        for candidate in (written, *(written.removeprefix(prefix) for prefix in PREFIXES)):
            if candidate and candidate in _fields():
                return _fields()[candidate]
    return "", False


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The row with most known headers among the first 15, at least three; a second row of headings is joined."""
    known = [sum(bool(field_of(text)[0]) for text in row) for row in rows[:HEADER_ROWS]]
    if not known or max(known) < LEAST_KNOWN:
        return None
    at = known.index(max(known))
    below = rows[at + 1] if at + 1 < len(rows) else []
    titles = _joined(rows[at], below)
    return Header(at, at if titles == list(rows[at]) else at + 1, _columns(titles))


def _joined(row: Sequence[str], below: Sequence[str]) -> list[str]:
    """Headings under a merged heading: 住址 over 乡镇 and 村. The name and ID columns are empty below."""
    fields = [field_of(text)[0] for text in row]
    for index, text in enumerate(below):
        if text and index < len(fields) and fields[index] in (NAME, ID_NUMBER, SEQUENCE):
            return list(row)
    if not any(field_of(text)[0] for text in below):
        return list(row)
    width = max(len(row), len(below))
    upper, lower = list(row) + [""] * (width - len(row)), list(below) + [""] * (width - len(below))
    return [under if under and field_of(under)[0] else over for over, under in zip(upper, lower, strict=True)]


def _columns(titles: Sequence[str]) -> tuple[Column, ...]:
    columns, taken = [], set()
    for index, title in enumerate(titles):
        field, used = field_of(title)
        if title and field not in taken:
            columns.append(Column(index, quoted(title), field, used))
            if used:
                taken.add(field)
        elif title:
            columns.append(Column(index, quoted(title)))
    return tuple(columns)


def letter_of(index: int) -> str:
    """0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
