"""The clerk's own workbook back: refused rows coloured, and what is wrong with them in a column of its own."""

import io
import itertools
import warnings
import zipfile
from collections.abc import Iterable

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from trainees.registry.quotes import quoted
from trainees.registry.reasons import with_value

from .enums import LEFT_VERDICTS
from .models import RosterImport, RosterRow
from .workbooks import MAX_COLUMNS, ZIP, Unreadable, check_workbook

REFUSED = PatternFill("solid", fgColor="FFF4CCCC")
HEADING = PatternFill("solid", fgColor="FFEFE6D8")
MEMORABLE_WIDTH = 70
TEXT = "@"
# openpyxl makes an object of every cell, formatted empty and merged ones too; beyond this the rows are rebuilt.
MAX_CELLS = 600_000
MAX_SPREAD = 200_000


def refused_workbook(
    data: bytes, rows: Iterable[RosterRow], *, sheet: str, header_row: int, columns: list[dict]
) -> bytes:
    """`rows` are all rows with their verdicts, in order. Formulas do not survive: a cell holds the value read."""
    first, rows = _peeked(rows)
    # A formatted empty cell in the last column of all makes the sheet look 16,384 columns wide.
    width = max([len(first.cells) if first else 0, *(column["index"] + 1 for column in columns)])
    opened = _opened(data, sheet)
    if opened is None:
        opened = _rebuilt(rows, width, max(header_row, 1), columns)
    else:
        _coloured(opened.active, rows, width, max(header_row, 1))
    buffer = io.BytesIO()
    opened.save(buffer)
    return buffer.getvalue()


def _peeked(rows: Iterable[RosterRow]) -> tuple[RosterRow | None, Iterable[RosterRow]]:
    rows = iter(rows)
    first = next(rows, None)
    return first, itertools.chain([first] if first else [], rows)


def _coloured(table: Worksheet, rows: Iterable[RosterRow], width: int, header_row: int) -> None:
    column = max([width, *(merged.max_col for merged in table.merged_cells.ranges)]) + 1
    heading = table.cell(header_row, column)
    _write(heading, _("What to mend"))
    heading.font, heading.fill = Font(bold=True), HEADING
    table.column_dimensions[heading.column_letter].width = MEMORABLE_WIDTH
    for row in rows:
        if not _is_left(row):
            continue
        for at in range(1, column):
            cell = table.cell(row.number, at)
            if isinstance(cell, Cell):  # the lower cells of a merged one carry no style
                cell.fill = REFUSED
        said = table.cell(row.number, column)
        _write(said, _mend(row))
        said.fill = REFUSED


def _is_left(row: RosterRow) -> bool:
    return row.verdict in LEFT_VERDICTS and not row.committed and not row.skipped


def _mend(row: RosterRow) -> str:
    return " ".join(with_value(reason) for reason in row.reasons)


def refused_file(roster: RosterImport) -> bytes:
    with roster.file.open("rb") as file:
        data = file.read()
    return refused_workbook(
        data,
        # A hundred thousand rows are written one by one, never held together.
        roster.rows.order_by("number").iterator(chunk_size=500),
        sheet=roster.columns.get("sheet", ""),
        header_row=roster.header_row,
        columns=roster.columns.get("list", []),
    )


def _opened(data: bytes, sheet: str) -> Workbook | None:
    if not data.startswith(ZIP) or _swells(data):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # extensions of WPS that openpyxl leaves out
            workbook = load_workbook(io.BytesIO(data), data_only=True)
    except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile):
        return None  # read by the reader all the same: rebuild it from what was read
    at = next((at for at, name in enumerate(workbook.sheetnames) if quoted(name) == sheet), None)
    if at is None:
        return None
    workbook.active = at
    if any(merged.max_col > MAX_COLUMNS for merged in workbook.active.merged_cells.ranges):
        return None
    return workbook


def _swells(data: bytes) -> bool:
    """Small as a file, and far too large once every cell of it is an object."""
    try:
        inside = check_workbook(data)
    except Unreadable:
        return True  # it was read under wider bounds than today's
    return inside.cells > MAX_CELLS or inside.spread > MAX_SPREAD


def _rebuilt(rows: Iterable[RosterRow], width: int, header_row: int, columns: list[dict]) -> Workbook:
    """A workbook of text cells, written row by row: no number loses its digits, no text becomes a formula."""
    workbook = Workbook(write_only=True)
    table = workbook.create_sheet()
    table.column_dimensions[get_column_letter(width + 1)].width = MEMORABLE_WIDTH
    titles = {column["index"]: column["title"] for column in columns}
    heading = [_cell(table, titles.get(at, "")) for at in range(width)]
    last = _cell(table, _("What to mend"), HEADING)
    last.font = Font(bold=True)
    for number in range(1, header_row + 1):
        table.append([*heading, last] if number == header_row else [])
    written = header_row
    for row in rows:
        for _gap in range(written + 1, row.number):
            table.append([])
        refused = _is_left(row)
        fill = REFUSED if refused else None
        cells = [_cell(table, text, fill) for text in row.cells]
        table.append([*cells, _cell(table, _mend(row), fill)] if refused else cells)
        written = row.number
    return workbook


def _cell(table: Worksheet, text: str, fill: PatternFill | None = None) -> Cell:
    cell = WriteOnlyCell(table)
    _write(cell, text)
    if fill:
        cell.fill = fill
    return cell


def _write(cell: Cell, text: str) -> None:
    """As text, whatever it begins with: =, +, - and @ must not run."""
    cell.value = "".join(char for char in text if char >= " " or char in "\n\t")
    cell.data_type = "s"
    cell.number_format = TEXT
    cell.quotePrefix = bool(text[:1]) and text[0] in "=+-@"
