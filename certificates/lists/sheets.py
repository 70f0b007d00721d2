"""Workbooks of the register and of the hand-over sheet."""

from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from trainees.rights import workbook

from . import columns

THIN = Side(style="thin", color="FF444444")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
WIDTHS = (6, 25, 12, 21, 30, 12, 16, 12, 18)


def register(watermark: str, headings: Sequence[str], rows: Iterable[Sequence[str]], proofs: Sequence[str]) -> bytes:
    book = Workbook(write_only=True)
    lines = [*rows, *([sentence] for sentence in proofs)]
    workbook.sheet_of(book, columns.TITLE_REGISTER, watermark, headings, lines)
    return workbook.bytes_of(book)


def sheet(title: str, rows: Sequence[Sequence[str]], foot: str) -> bytes:
    """The clerk's form: a title, the headings on every printed page, lines high enough to sign."""
    book = Workbook()
    page = book.active
    page.title = columns.TITLE_SHEET
    _line(page, 1, [columns.TITLE_SHEET], font=Font(bold=True, size=16))
    _line(page, 2, [title])
    for at in (1, 2):
        page.merge_cells(start_row=at, end_row=at, start_column=1, end_column=len(columns.SHEET))
    _line(page, 3, columns.SHEET, font=Font(bold=True), boxed=True)
    for at, row in enumerate(rows, 4):
        _line(page, at, row, boxed=True)
        page.row_dimensions[at].height = 30
    _line(page, len(rows) + 4, [foot])
    for at, width in enumerate(WIDTHS, 1):
        page.column_dimensions[get_column_letter(at)].width = width
    page.print_title_rows = "3:3"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddFooter.center.text = "&P / &N"
    return workbook.bytes_of(book)


def _line(page: Worksheet, at: int, texts: Sequence[str], *, font: Font | None = None, boxed: bool = False) -> None:
    for column, text in enumerate(texts, 1):
        cell = page.cell(at, column)
        _write(cell, text)
        if boxed:
            cell.border, cell.alignment = BOX, CENTRE
        if font is not None:
            cell.font, cell.alignment = font, CENTRE


def _write(cell: Cell, text: str) -> None:
    """As text, whatever it begins with: no number loses its digits and nothing runs."""
    clean = "".join(char for char in text if char >= " ")[:32_000]
    cell.value, cell.data_type, cell.number_format = clean, "s", workbook.TEXT
    cell.quotePrefix = clean.lstrip()[:1] in workbook.FORMULA_SIGNS and bool(clean.lstrip())
