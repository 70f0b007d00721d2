"""How much a workbook would become once it is opened, told from its parts before a reader makes a table of them.

Readers set aside every cell between the first and the last: one cell in a far corner, written in a form that a
pattern does not know, would take all memory. So the parts are read as what they are, XML, by expat.
"""

import re
import zipfile
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

CHUNK = 256 * 1024
SHARED_STRINGS = "xl/sharedstrings.xml"
WORKBOOK = "xl/workbook.xml"
WORKBOOK_RELATIONS = "xl/_rels/workbook.xml.rels"
PICTURES = "xl/media/"
TRUE = ("1", "true")
PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
# Elements that speak of a range, every cell of which the writing library makes.
RANGES = frozenset({"mergeCell", "hyperlink", "comment", "threadedComment"})
BEYOND = 10**9


class TooMuch(Exception):
    """A bound is passed; `code` is one of reasons.UNREADABLE."""

    def __init__(self, code: str, **facts: object):
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Bounds:
    rows: int
    columns: int
    # Of all sheets together: cells between the first and the last, characters in them, merged ranges.
    area: int = 4_000_000
    text: int = 30_000_000
    merged: int = 20_000
    # What Excel itself lets a cell hold.
    cell: int = 32_767


@dataclass
class Inside:
    """What was found in all parts."""

    errors: list[str] = field(default_factory=list)
    # Cells in all, the formatted empty ones too, and cells of merged and other ranges.
    cells: int = 0
    spread: int = 0
    merged: int = 0
    area: int = 0
    text: int = 0
    # Lengths of the shared strings, counted with and without the empty ones: readers differ.
    strings: list[int] = field(default_factory=list)
    filled_strings: list[int] = field(default_factory=list)
    # Cells whose formula was never worked out: they hold nothing that could be read.
    unworked: list[str] = field(default_factory=list)
    # Hidden rows and columns that hold something, by the part's name.
    hidden_rows: dict[str, list[int]] = field(default_factory=dict)
    hidden_columns: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    pictures: int = 0
    # Days are counted from 1904, as on old Macintoshes.
    from_1904: bool = False
    # Sheet name -> relation, relation -> part: which sheet is which file.
    sheets: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    # Names of parts that are no XML, and of those the workbook names.
    broken: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)

    def part_of(self, sheet: str) -> str:
        return self.targets.get(self.sheets.get(sheet, ""), "")

    def string(self, index: int) -> int:
        return max(
            (lengths[index] for lengths in (self.strings, self.filled_strings) if index < len(lengths)), default=0
        )


def look_inside(archive: zipfile.ZipFile, bounds: Bounds) -> Inside:
    """Read every part to its end: a false size shows as a bad checksum. Raises TooMuch."""
    inside = Inside()
    parts = sorted(archive.infolist(), key=lambda part: part.filename.lower() != SHARED_STRINGS)
    inside.pictures = sum(part.filename.lower().startswith(PICTURES) for part in parts)
    for part in parts:
        scan = _Scan(part.filename.lower(), inside, bounds)
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                scan.feed(chunk)
        scan.finish()
    # Pictures are no XML; a sheet that we cannot read is not handed to a reader that is less strict.
    if inside.named & inside.broken:
        raise TooMuch("damaged")
    return inside


class _Scan:
    """One part, whatever its name says: only the parts that the workbook names are opened, by any name."""

    def __init__(self, name: str, inside: Inside, bounds: Bounds):
        self.name, self.inside, self.bounds = name, inside, bounds
        self.row = self.column = self.last_row = self.last_column = 0
        self.in_sheet = self.filled = self.hidden = self.has_formula = self.has_value = False
        self.place, self.kind, self.inner, self.length = (0, 0), "", "", 0
        self.value: list[str] = []
        self.in_cell = self.in_string = self.broken = False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        if self.broken:
            return
        try:
            self.parser.Parse(chunk, last)
        except (expat.ExpatError, ValueError):
            self.broken = True

    def finish(self) -> None:
        self.feed(b"", last=True)
        if self.broken:
            self.inside.broken.add(_file(self.name))
        self.inside.area += self.last_row * self.last_column
        if self.inside.area > self.bounds.area:
            raise TooMuch("too_much_inside")

    def _doctype(self, *_declared: Any) -> None:
        """No workbook has one; entities are not for us to unfold."""
        raise ValueError("doctype")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        element = tag.rpartition(":")[2]
        if self.in_cell:
            self.filled = True
            self.has_formula |= element == "f"
            self.inner = element
        elif element == "c" and self.in_sheet:
            self._cell(attributes)
        elif element == "row" and self.in_sheet:
            self.row, self.column = _number(attributes.get("r", ""), self.row + 1), 0
            self.hidden = attributes.get("hidden") in TRUE
        elif element == "sheetData":
            self.in_sheet = True
        elif element == "si":
            self.in_string, self.length = True, 0
        elif element in RANGES:
            self._range(element, attributes.get("ref", ""))
        else:
            self._about(element, attributes)

    def _about(self, element: str, attributes: dict[str, str]) -> None:
        """What a part says of itself or of others."""
        if element == "Relationship" and self.name == WORKBOOK_RELATIONS:
            target = _file(attributes.get("Target", "").lower())
            self.inside.named.add(target)
            self.inside.targets[attributes.get("Id", "")] = target
        elif element == "col" and attributes.get("hidden") in TRUE:
            first, last = (_number(attributes.get(key, ""), 0) for key in ("min", "max"))
            self.inside.hidden_columns.setdefault(_file(self.name), []).append((first, last))
        elif element == "workbookPr" and self.name == WORKBOOK:
            self.inside.from_1904 = attributes.get("date1904") in TRUE
        elif element == "sheet" and self.name == WORKBOOK:
            relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            self.inside.sheets[attributes.get("name", "")] = relation

    def _cell(self, attributes: dict[str, str]) -> None:
        self.in_cell, self.filled, self.length, self.value = True, False, 0, []
        self.has_formula, self.has_value, self.inner = False, False, ""
        self.kind = attributes.get("t", "")
        self.inside.cells += 1
        row, self.column = self.row, self.column + 1
        if written := attributes.get("r"):
            found = PLACE.fullmatch(written)
            if found is None:
                raise TooMuch("damaged")
            row, self.column = int(found[2]), column_number(found[1])
        self.place = (row, self.column)

    def _text(self, text: str) -> None:
        if self.in_cell or self.in_string:
            self.length += len(text)
            if self.length > self.bounds.cell:
                raise TooMuch("text_too_long", limit=self.bounds.cell)
            self.has_value |= self.inner in ("v", "t")
            if self.kind == "s":
                self.value.append(text)

    def _end(self, tag: str) -> None:
        element = tag.rpartition(":")[2]
        if element == "c" and self.in_cell:
            self.in_cell = False
            if self.filled:
                self._filled()
        elif element == "si":
            self.in_string = False
            self.inside.strings.append(self.length)
            if self.length:
                self.inside.filled_strings.append(self.length)
        elif element == "sheetData":
            self.in_sheet = False

    def _filled(self) -> None:
        row, column = self.place
        if row > self.bounds.rows:
            raise TooMuch("too_many_rows", limit=self.bounds.rows)
        if column > self.bounds.columns:
            raise TooMuch("too_much_inside")
        self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)
        if self.hidden:
            rows = self.inside.hidden_rows.setdefault(_file(self.name), [])
            if not rows or rows[-1] != row:
                rows.append(row)
        if self.has_formula and not self.has_value:
            self.inside.unworked.append(f"{_letters(column)}{row}")
        if self.kind == "e":
            self.inside.errors.append(f"{_letters(column)}{row}")
        self.inside.text += self.inside.string(_number("".join(self.value), 0)) if self.kind == "s" else self.length
        if self.inside.text > self.bounds.text:
            raise TooMuch("too_much_inside")

    def _range(self, element: str, written: str) -> None:
        first, _colon, last = written.replace("$", "").partition(":")
        corners = [PLACE.fullmatch(corner) for corner in (first, last or first)]
        if corners[0] is None or corners[1] is None:
            self.inside.spread += BEYOND
        else:
            (left, top), (right, bottom) = ((column_number(at[1]), int(at[2])) for at in corners if at)
            self.inside.spread += (abs(right - left) + 1) * (abs(bottom - top) + 1)
        self.inside.merged += element == "mergeCell"
        if self.inside.merged > self.bounds.merged:
            raise TooMuch("too_much_inside")


def column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _number(text: str, otherwise: int) -> int:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= 9 else otherwise


def _file(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
