"""A roster file as a table: its header, its rows with their cell types, and a note for every row left out.

The one module that imports pandas: it costs a second and 60 MB, so those who need it import this one late.
"""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)  # fmt: skip

from trainees.registry.quotes import quoted

from .cells import Roster, Row, text_of
from .headers import ID_NUMBER, NAME, SEQUENCE, Header, field_of, find_header, letter_of
from .sheets import Inside
from .workbooks import MAX_COLUMNS, MAX_GAP, MAX_ROWS, Unreadable, check_workbook, kind_of, read_text

FOOTERS = re.compile(
    r"^(合\s*计|总\s*计|小\s*计|共\s*计|填表|填报|制表|审核|复核|(单位)?负责人|经办|联系人|单位盖章|单位\(盖章|盖章|注\s*[:：]|"
    r"备注|说明|以上|total)",
    re.IGNORECASE,
)
# Far more than any name, address or remark.
MAX_CELL = 1_000
# Enough rows to find the header in.
HEAD = 20
# Only where people merge cells over many rows; a merged name or number would be a mistake to repeat.
FILLED_DOWN = (
    "township", "village", "head_name", "class_name", "term", "course", "tier", "start", "end", "hours", "venue",
    "trainer",
)  # fmt: skip
# Of one kind; the rest is said together.
MOST_NOTES = 20


class Rows(Sequence[Row]):
    """The rows of people, each made when it is asked for: a hundred thousand at once would take all memory."""

    def __init__(self, frame: pd.DataFrame, header: Header, kept: Sequence[int]):
        self.frame, self.kept = frame, kept
        self.used = [(column.field, column.index) for column in header.columns if column.used]

    def __len__(self) -> int:
        return len(self.kept)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self._row(place) for place in self.kept[at]]
        return self._row(self.kept[at])

    def _row(self, at: int) -> Row:
        values = self.frame.iloc[at].tolist()
        return Row(at + 1, {key: values[index] for key, index in self.used}, [text_of(value) for value in values])


@dataclass
class Grid:
    frame: pd.DataFrame
    sheet: str = ""
    merged: list = field(default_factory=list)
    notes: list[dict] = field(default_factory=list)
    from_1904: bool = False


def read_roster(data: bytes) -> Roster:
    """Read a whole file. Raises Unreadable with a code that reasons.py explains."""
    kind = kind_of(data)
    grid = _workbook_grid(data) if kind == "xlsx" else _text_grid(data)
    header = find_header(list(_texts(grid.frame.head(HEAD))))
    if header is None:
        raise Unreadable("no_header")
    if header.index_of(NAME) is None or header.index_of(ID_NUMBER) is None:
        raise Unreadable("no_name_or_id_column")
    notes = [*grid.notes, *_header_notes(grid, header)]
    kept, skipped = _sort_rows(grid.frame, header)
    frame = _filled_down(grid, header, notes)
    if not kept:
        raise Unreadable("no_rows")
    if len(kept) > MAX_ROWS:
        raise Unreadable("too_many_rows", limit=MAX_ROWS)
    _refuse_long_cells(frame, [header.last, *kept])
    notes += few(skipped)
    return Roster(header, Rows(frame, header, kept), quoted(grid.sheet), notes, grid.from_1904)


def _refuse_long_cells(frame: pd.DataFrame, kept: Sequence[int]) -> None:
    """What is kept, compared and shown a hundred times must be as short as the cells of a list are."""
    wanted = set(kept)
    for at, row in enumerate(frame.itertuples(index=False, name=None)):
        for index, value in enumerate(row):
            if isinstance(value, str) and len(value) > MAX_CELL and at in wanted:
                raise Unreadable("cell_too_long", cell=f"{letter_of(index)}{at + 1}", limit=MAX_CELL)


def _text_grid(data: bytes) -> Grid:
    text = read_text(data)
    width = max(map(len, text.rows))
    frame = pd.DataFrame([row + [""] * (width - len(row)) for row in text.rows], dtype=object)
    notes = [note("encoding", encoding=text.encoding)] if text.guessed else []
    return Grid(frame, notes=notes)


def _workbook_grid(data: bytes) -> Grid:
    """The first sheet with a header; another one that has a header too is named, so its rows are not forgotten."""
    inside = check_workbook(data)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [meta for meta in workbook.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        chosen: Grid | None = None
        first: Grid | None = None
        for meta in sheets:
            sheet = workbook.get_sheet_by_name(meta.name)
            head = _frame(sheet, HEAD)
            first = first or Grid(head, meta.name)
            if find_header(list(_texts(head))) is None:
                continue
            if chosen is None:
                hidden = meta.visible != SheetVisibleEnum.Visible
                notes = [note("hidden_sheet", sheet=quoted(meta.name))] if hidden else []
                notes += _found_inside(inside, meta.name)
                merged = sheet.merged_cell_ranges or []
                chosen = Grid(_frame(sheet), meta.name, merged, notes, inside.from_1904)
            else:
                chosen.notes.append(note("other_sheet", sheet=quoted(meta.name)))
    except PasswordError as error:
        raise Unreadable("password") from error
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable("damaged") from error
    if chosen is None and first is None:
        raise Unreadable("empty")
    if chosen is None and first is not None and first.frame.empty:
        raise Unreadable("empty")
    return chosen or first  # type: ignore[return-value]  # one of them is there


def _found_inside(inside: Inside, sheet: str) -> Iterator[dict]:
    """What nobody sees on the screen, and what cannot be read; rows that are hidden or filtered away are read."""
    part = inside.part_of(sheet)
    if inside.errors:
        yield note("error_cells", cells=", ".join(inside.errors[:20]))
    if inside.unworked:
        yield note("formula_cells", cells=", ".join(inside.unworked[:20]))
    if rows := inside.hidden_rows.get(part):
        yield note("hidden_rows", rows=spans((row, row) for row in rows))
    if columns := inside.hidden_columns.get(part):
        shown = [span for span in columns if span[0] <= MAX_COLUMNS]
        if shown:
            yield note("hidden_columns", columns=spans(shown, lambda number: letter_of(number - 1)))
    if inside.pictures:
        yield note("pictures", count=inside.pictures)


def spans(pairs: Iterable[tuple[int, int]], name: Callable[[int], str] = str) -> str:
    """(3,3), (4,4), (9,9) -> '3-4, 9'."""
    joined: list[list[int]] = []
    for first, last in sorted(pairs):
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    texts = [name(first) if first == last else f"{name(first)}-{name(last)}" for first, last in joined]
    return ", ".join(texts[:20]) + (" …" if len(texts) > 20 else "")


def few(notes: list[dict]) -> list[dict]:
    """A list numbered down to 5,000 with two hundred names in it is one remark, not 4,800."""
    kept, more = [], Counter[str]()
    seen = Counter[str]()
    for one in notes:
        seen[one["code"]] += 1
        if seen[one["code"]] <= MOST_NOTES:
            kept.append(one)
        else:
            more[one["code"]] += 1
    return kept + [note("more_rows", count=sum(more.values()))] * bool(more)


def _frame(sheet: CalamineSheet, nrows: int | None = None) -> pd.DataFrame:
    # Cell types survive: a number in an ID column must be seen as the number it is.
    return pd.DataFrame(sheet.to_python(skip_empty_area=False, nrows=nrows), dtype=object)


def _header_notes(grid: Grid, header: Header) -> Iterator[dict]:
    for at, row in enumerate(_texts(grid.frame.iloc[: header.first])):
        title = next((text for text in row if text), "")
        if title:
            yield note("title_row", row=at + 1, text=_label(title))
    if header.last > header.first:
        yield note("second_header", row=header.first + 1, next=header.last + 1)
    for column in header.columns:
        if not column.field:
            repeats = bool(field_of(column.title)[0])
            code = "double_column" if repeats else "unknown_column"
            yield note(code, column=column.letter, text=column.title[:40])


def _sort_rows(frame: pd.DataFrame, header: Header) -> tuple[list[int], list[dict]]:
    """Positions of the rows of people, and a note for every other row that is not empty."""
    name_at, id_at, sequence_at = (header.index_of(key) for key in (NAME, ID_NUMBER, SEQUENCE))
    kept, notes, previous = [], [], header.last
    for at, row in enumerate(_texts(frame.iloc[header.last + 1 :]), start=header.last + 1):
        filled = [index for index, text in enumerate(row) if text]
        if not filled:
            continue
        if at - (previous + 1) > MAX_GAP:
            notes.append(note("rows_after_gap", row=at + 1, gap=MAX_GAP))
            break
        previous = at
        number, first = at + 1, row[filled[0]]
        name, id_number = row[name_at or 0], row[id_at or 0]
        if field_of(name)[0] == NAME and field_of(id_number)[0] == ID_NUMBER:
            notes.append(note("repeated_header", row=number))
        elif not id_number and (not name or FOOTERS.match(name)) and FOOTERS.match(first):
            notes.append(note("footer_row", row=number, text=_label(first)))
        elif filled == [sequence_at]:
            notes.append(note("numbering_row", row=number))
        else:
            kept.append(at)
    return kept, notes


def _filled_down(grid: Grid, header: Header, notes: list[dict]) -> pd.DataFrame:
    columns = {index: key for key in FILLED_DOWN if (index := header.index_of(key)) is not None}
    frame = grid.frame
    touched = set()
    for (top, left), (bottom, right) in grid.merged:
        if left == right and left in columns and header.last < top < bottom and top < len(frame):
            frame.iloc[top : bottom + 1, left] = frame.iloc[top, left]
            touched.add(left)
    notes.extend(note("filled_down", column=letter_of(index)) for index in sorted(touched))
    return frame


def _texts(frame: pd.DataFrame) -> Iterator[list[str]]:
    for row in frame.itertuples(index=False, name=None):
        yield [text_of(value).strip() for value in row]


def note(code: str, **facts: object) -> dict:
    return {"code": code, "facts": facts}


def _label(text: str) -> str:
    """'填表人：艾嘎' -> '填表人': notes are not about people."""
    return quoted(re.split(r"[:：]", text, maxsplit=1)[0].strip())[:60]
