"""A roster as rows of cells, apart from how it was read: judging one mended row needs no spreadsheet library."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .headers import Header

CELL_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")


@dataclass
class Row:
    """One row of people. `number` counts as Excel does; `cells` keeps a cell's type, `texts` the whole row."""

    number: int
    cells: dict[str, object]
    texts: list[str]


@dataclass
class Roster:
    header: Header
    # Made as they are asked for where a file has many.
    rows: Sequence[Row]
    sheet: str = ""
    notes: list[dict] = field(default_factory=list)
    # Days written as bare numbers count from 1904.
    from_1904: bool = False


def text_of(value: object) -> str:
    """A cell as text: 13800138000.0 -> '13800138000', a date as ISO, an error as nothing."""
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    text = str(value).replace("\0", "")  # PostgreSQL keeps no NUL
    return "" if CELL_ERROR.fullmatch(text) else text


def is_number(value: object) -> bool:
    """A number where text belongs: its last digits are gone, whatever it looks like."""
    return isinstance(value, int | float) and not isinstance(value, bool)
