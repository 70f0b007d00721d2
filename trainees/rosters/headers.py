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
def _fields() -> dict[str, list[tuple[str, bool]]]:
    """Plain header -> [(field, used)], the likelier meaning first."""
    found: dict[str, list[tuple[str, bool]]] = {}
    with ALIASES.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for alias in row["aliases"].split("|"):
                found.setdefault(plain_header(alias), []).append((row["field"], row["used"] == "yes"))
    return found


def plain_header(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return DECORATION.sub("", text).casefold()


def field_of(text: str) -> tuple[str, bool]:
    """('village', True) for 所在村(社区); ('', False) when unknown."""
    fields = fields_of(text)
    return fields[0] if fields else ("", False)


def fields_of(text: str) -> list[tuple[str, bool]]:
    """All that a header can mean; nearly always one."""
    plain = plain_header(text)
    bare = IN_BRACKETS.sub("", plain)
    for written in (plain, bare):
        for candidate in (written, *(written.removeprefix(prefix) for prefix in PREFIXES)):
            if candidate and candidate in _fields():
                return _fields()[candidate]
    # 签到/上午 is read no more than 签到; a heading of two rows that we use never comes here.
    above = _fields().get(plain.partition("/")[0], [])
    return above if above and not any(used for _field, used in above) else []


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
    """Headings under a merged heading: 住址 over 乡镇 and 村, 签到 over 上午 and 下午. The columns of the name and
    the ID number are empty below: else it is a person."""
    width = max(len(row), len(below))
    upper, lower = list(row) + [""] * (width - len(row)), list(below) + [""] * (width - len(below))
    if any(
        under and field_of(over)[0] in (NAME, ID_NUMBER, SEQUENCE) for over, under in zip(upper, lower, strict=True)
    ):
        return list(row)
    if not any(field_of(under)[0] for under in lower) and not _only_subheadings(upper, lower):
        return list(row)
    titles, over = [], ""
    for written, under in zip(upper, lower, strict=True):
        over = written or (over if under else "")
        if under and not field_of(under)[0] and over:
            titles.append(over if field_of(over)[1] else f"{over}/{under}")
        else:
            titles.append(under or written)
    return titles


def _only_subheadings(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """A heading spread over empty ones, and under it words without a digit."""
    under = [index for index, text in enumerate(lower) if text]
    spread = [index for index in under if not upper[index] or (index + 1 < len(upper) and not upper[index + 1])]
    return len(under) > 1 and spread == under and not any(re.search(r"\d", lower[index]) for index in under)


def _columns(titles: Sequence[str]) -> tuple[Column, ...]:
    """A heading of two meanings (类别, 期次) takes the second when another column has the first."""
    known = [fields_of(title) for title in titles]
    sure = {fields[0][0] for fields in known if len(fields) == 1}
    columns, taken = [], set()
    for index, (title, fields) in enumerate(zip(titles, known, strict=True)):
        free = [one for one in fields if one[0] not in taken and (len(fields) == 1 or one[0] not in sure)]
        field, used = free[0] if free else ("", False)
        if used:
            taken.add(field)
        if title:
            columns.append(Column(index, quoted(title), field, used))
    return tuple(columns)


def letter_of(index: int) -> str:
    """0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
