"""Workbooks that leave the house: text cells only, a line that says whose they are, and a password."""

import io
from collections.abc import Iterable, Sequence

from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

TEXT = "@"
HEADING = PatternFill("solid", fgColor="FFEFE6D8")
BOLD = Font(bold=True)
MARK = Font(italic=True, color="FF9E1B20")
# What spreadsheets take for the beginning of a formula; a tab or a line break before it does not help.
FORMULA_SIGNS = "=+-@＝＋－＠"


def sheet_of(
    workbook: Workbook, title: str, watermark: str, headings: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    """One sheet: the watermark, the headings, the rows, the watermark once more."""
    sheet: WriteOnlyWorksheet = workbook.create_sheet(title[:31])
    sheet.freeze_panes = "A3"
    sheet.oddFooter.center.text = watermark.replace("&", "&&")[:200]
    for number in range(len(headings)):
        sheet.column_dimensions[chr(ord("A") + number) if number < 26 else "AA"].width = 20
    sheet.append([_cell(sheet, watermark, font=MARK)])
    sheet.append([_cell(sheet, heading, font=BOLD, fill=HEADING) for heading in headings])
    for row in rows:
        sheet.append([_cell(sheet, text) for text in row])
    sheet.append([_cell(sheet, watermark, font=MARK)])


def _cell(
    sheet: WriteOnlyWorksheet, text: str, *, font: Font | None = None, fill: PatternFill | None = None
) -> WriteOnlyCell:
    """As text, whatever it begins with: no number loses its digits and nothing runs."""
    clean = "".join(char for char in text if char >= " " or char in "\n\t")[:32_000]
    cell = WriteOnlyCell(sheet, value=clean)
    cell.data_type = "s"
    cell.number_format = TEXT
    cell.quotePrefix = clean.lstrip()[:1] != "" and clean.lstrip()[0] in FORMULA_SIGNS
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    return cell


def bytes_of(workbook: Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def protected(data: bytes, password: str) -> bytes:
    """Encrypted as Excel and WPS do it (ECMA-376 agile): without the password it is noise."""
    sealed = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, sealed)
    return sealed.getvalue()
