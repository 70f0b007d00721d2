"""Is this a file we can open safely, and what kind is it? Told by its content, never by its name."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from .sheets import Bounds, Inside, TooMuch, look_inside

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

# A ledger of 100,000 rows unpacks to some 100 MB; far beyond that it is no roster.
MAX_UNPACKED = 400 * 1024 * 1024
MAX_PART = 250 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 300
# Rows times columns: the full number of rows with the 27 columns of a ledger and some to spare.
MAX_AREA = 4_000_000
# After so many empty rows nothing more is expected; a stray blank further down belongs to nobody.
MAX_GAP = 200

# Python's gb18030 knows the edition of 2005; these positions moved in that of 2022.
GB18030_2022 = {
    0xE7C7: 0x1E3F, 0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14, 0xE792: 0xFE15,
    0xE793: 0xFE16, 0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6,
    0xE82C: 0x9FB7, 0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE864: 0x9FBB,
}  # fmt: skip


class Unreadable(Exception):
    """The whole file cannot be read; `code` is one of reasons.UNREADABLE."""

    def __init__(self, code: str, **facts: object):
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass
class Text:
    rows: list[list[str]]
    encoding: str
    # The encoding was a guess, which the preview says.
    guessed: bool = field(default=False)


def kind_of(data: bytes) -> str:
    """'xlsx' or 'csv'; anything else is Unreadable."""
    if not data.strip():
        raise Unreadable("empty")
    if data.startswith(OLE2):
        raise Unreadable("password" if ENCRYPTED in data else "old_excel")
    if data.startswith(ZIP):
        return "xlsx"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "csv"
    if b"\0" in data or data.lstrip()[:1] in (b"<", b"{", b"%"):
        raise Unreadable("wrong_type")
    return "csv"


def check_workbook(data: bytes) -> Inside:
    """Refuse what is no workbook, what unpacks to a flood, and sheets whose far corners hold cells."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise Unreadable("wrong_type")
            if any(part.flag_bits & 1 for part in parts):
                raise Unreadable("password")
            if sum(part.file_size for part in parts) > MAX_UNPACKED or max(part.file_size for part in parts) > MAX_PART:
                raise Unreadable("too_much_inside")
            return look_inside(archive, Bounds(rows=MAX_ROWS + MAX_GAP, columns=MAX_COLUMNS, area=MAX_AREA))
    except TooMuch as found:
        facts = {**found.facts, "limit": MAX_ROWS} if found.code == "too_many_rows" else found.facts
        raise Unreadable(found.code, **facts) from found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise Unreadable("damaged") from error


def read_text(data: bytes) -> Text:
    """CSV or tab-separated text: BOM, then strict UTF-8, then GB 18030."""
    text, encoding, guessed = _decode(data)
    lines = text.splitlines()
    if not lines:
        raise Unreadable("empty")
    sample = "\n".join(lines[:20])
    delimiter = max(",\t;", key=sample.count)
    try:
        rows = _rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Unreadable("damaged") from error
    widest = max(map(len, rows), default=0)
    if not widest:
        raise Unreadable("empty")
    if widest > MAX_COLUMNS or widest * len(rows) > MAX_AREA:
        raise Unreadable("too_much_inside")
    return Text(rows, encoding, guessed)


def _rows(lines: Iterable[list[str]]) -> list[list[str]]:
    """A million lines of nothing but commas are no rows."""
    rows: list[list[str]] = []
    empty = 0
    for line in lines:
        filled = any(cell.strip() for cell in line)
        empty = 0 if filled else empty + 1
        if empty > MAX_GAP:
            break
        rows.append(line if filled else [])
        if len(rows) > MAX_ROWS + MAX_GAP:
            raise Unreadable("too_many_rows", limit=MAX_ROWS)
    return rows


def _decode(data: bytes) -> tuple[str, str, bool]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16"), "UTF-16", False
    if data.startswith(b"\xef\xbb\xbf"):
        return _strict(data, "utf-8-sig"), "UTF-8", False
    try:
        return data.decode("utf-8"), "UTF-8", not data.isascii()
    except UnicodeDecodeError:
        return _strict(data, "gb18030").translate(GB18030_2022), "GB 18030", True


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("wrong_type") from error
