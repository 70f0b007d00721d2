"""Files as they come: which can be read, which cannot, and what is said about them."""

import io
import struct
import zipfile

import pytest
from openpyxl import Workbook

from tests.trainees.rosters import HEADER, content, expected, line, saved, workbook
from trainees.registry.reasons import UNREADABLE, sentence
from trainees.rosters import workbooks
from trainees.rosters.headers import field_of, letter_of
from trainees.rosters.table import read_roster
from trainees.rosters.workbooks import OLE2, Unreadable


def problem(data: bytes) -> str:
    with pytest.raises(Unreadable) as unreadable:
        read_roster(data)
    code = unreadable.value.code
    assert code in UNREADABLE
    assert sentence(code, **unreadable.value.facts)
    return code


def notes(roster) -> list[str]:
    return [note["code"] for note in roster.notes]


def csv(text: str, encoding: str = "utf-8") -> bytes:
    return text.encode(encoding)


ROWS = "姓名,身份证号,乡镇\r\n艾嘎,533528198506159964,勐省镇\r\n"


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("01-干部普及班第1期.xlsx", 2, 61),
        ("02-勐省镇上报花名册.xlsx", 4, 61),
        ("03-创业基础班.csv", 2, 46),
        ("04-重复上报.xlsx", 2, 71),
    ],
)
def test_rows_are_counted_as_excel_counts(name, first, last):
    roster = read_roster(content(name))
    assert len(roster.rows) == expected(name)["rows"]
    assert (roster.rows[0].number, roster.rows[-1].number) == (first, last)


def test_every_row_that_is_not_a_person_is_noted():
    roster = read_roster(content("02-勐省镇上报花名册.xlsx"))
    said = [(note["code"], note["facts"].get("row")) for note in roster.notes]
    assert said == [("title_row", 1), ("title_row", 2), ("filled_down", None), ("footer_row", 62), ("footer_row", 63)]
    # Whoever filled it in is not our business.
    assert "艾嘎" not in str(roster.notes)


def test_merged_townships_are_filled_down_and_nothing_else():
    data = workbook(line(1), line(2, township=None, village=None), line(3, township=None, name=None), merged=("C2:C4",))
    rows = read_roster(data).rows
    assert [row.cells["township"] for row in rows] == ["勐省镇"] * 3
    assert rows[1].cells["village"] in ("", None)
    data = workbook(line(1), line(2, name=None), merged=("A2:A3",))
    assert read_roster(data).rows[1].cells["name"] in ("", None)


def test_an_empty_township_that_is_not_merged_stays_empty():
    rows = read_roster(workbook(line(1), line(2, township=None))).rows
    assert rows[1].cells["township"] in ("", None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_every_usual_encoding(encoding):
    roster = read_roster(csv(ROWS, encoding))
    assert roster.rows[0].cells == {"name": "艾嘎", "id_number": "533528198506159964", "township": "勐省镇"}
    assert notes(roster) == (["encoding"] if encoding in ("utf-8", "gb18030") else [])


def test_the_guessed_encoding_is_said():
    assert read_roster(csv(ROWS, "gb18030")).notes == [{"code": "encoding", "facts": {"encoding": "GB 18030"}}]


def test_characters_that_moved_in_gb18030_2022():
    roster = read_roster(csv(ROWS, "gb18030").replace("艾嘎".encode("gb18030"), b"\xfe\x59\xa8\xbc"))
    assert roster.rows[0].cells["name"] == "\u9fb4\u1e3f"


def test_semicolons_and_tabs():
    for delimiter in ";\t":
        assert len(read_roster(csv(ROWS.replace(",", delimiter))).rows) == 1


def test_a_header_over_two_rows():
    data = workbook(
        [None, None, "乡镇", "村", None, None],
        line(1),
        header=["姓名", "身份证号", "家庭住址", None, "电话", "签名"],
        merged=("C1:D1",),
    )
    roster = read_roster(data)
    assert notes(roster) == ["second_header"]
    assert roster.rows[0].cells["village"] == "回珠村"
    assert roster.rows[0].number == 3


def test_a_header_repeated_on_every_page_and_rows_with_only_a_number():
    data = workbook(
        [1, *line(1)], [2, *line(2)], ["序号", *HEADER], [3, *line(3)], [4] + [None] * 6, header=["序号", *HEADER]
    )
    roster = read_roster(data)
    assert [row.number for row in roster.rows] == [2, 3, 5]
    assert [(note["code"], note["facts"]["row"]) for note in roster.notes] == [
        ("repeated_header", 4),
        ("numbering_row", 6),
    ]


def test_a_footer_with_an_id_number_is_a_person():
    rows = read_roster(workbook(line(1, name="合计"), line(2))).rows
    assert len(rows) == 2


def test_the_header_may_stand_in_row_15_and_not_below():
    book = Workbook()
    for _n in range(14):
        book.active.append(["说明"])
    book.active.append(HEADER)
    book.active.append(line(1))
    assert read_roster(saved(book)).rows[0].number == 16
    book.active.insert_rows(1)
    assert problem(saved(book)) == "no_header"


def test_another_sheet_with_a_header_is_named():
    book = Workbook()
    for table in (book.active, book.create_sheet("第二批")):
        table.append(HEADER)
        table.append(line(1))
    book.create_sheet("说明").append(["请用文本格式"])
    roster = read_roster(saved(book))
    assert roster.sheet == "Sheet"
    assert roster.notes == [{"code": "other_sheet", "facts": {"sheet": "第二批"}}]


def test_a_hidden_sheet_is_read_and_said():
    book = Workbook()
    book.active.append(["说明"])
    hidden = book.create_sheet("名单")
    hidden.append(HEADER)
    hidden.append(line(1))
    hidden.sheet_state = "hidden"
    assert notes(read_roster(saved(book))) == ["hidden_sheet"]


def test_cells_with_a_spreadsheet_error_are_named():
    roster = read_roster(workbook(line(1, phone="#N/A"), line(2), line(3, village="#REF!")))
    assert roster.notes == [{"code": "error_cells", "facts": {"cells": "E2, D4"}}]


def test_unknown_and_double_columns_are_named():
    data = workbook([*line(1), "x", "138"], header=[*HEADER, "血型", "手机"])
    assert [(note["code"], note["facts"]["column"]) for note in read_roster(data).notes] == [
        ("unknown_column", "G"),
        ("double_column", "H"),
    ]


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("姓 名", "name"), ("公民身份号码", "id_number"), ("乡（镇、场）", "township"), ("所在村(社区)", "village"),
        ("姓名*", "name"), ("联系电话(必填)", "phone"), ("是否贫困户", "is_poor"), ("签名", "signature"), ("血型", ""),
    ],
)  # fmt: skip
def test_headers_as_people_write_them(title, field):
    assert field_of(title)[0] == field


def test_columns_are_named_as_in_excel():
    assert [letter_of(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


# --- What cannot be read --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t ", "empty"),
        (b"%PDF-1.7 ...", "wrong_type"),
        (b"\x89PNG\r\n\x1a\n\0\0", "wrong_type"),
        (b"<html><table></table></html>", "wrong_type"),
        (b"\xff\xd8\xff\xe0\0", "wrong_type"),
        (b"\x81\x20\x81", "wrong_type"),
        (OLE2 + b"\0" * 600, "old_excel"),
        (OLE2 + b"\0" * 100 + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04" + b"\0" * 50, "damaged"),
        (csv("姓名,身份证号,乡镇\n艾嘎,\"5335"), "damaged"),
        (csv("甲,乙,丙\n1,2,3\n"), "no_header"),
        (csv("姓名,乡镇,村\n艾嘎,勐省镇,回珠\n"), "no_name_or_id_column"),
        (csv("姓名,身份证号,乡镇\n"), "no_rows"),
        (csv("姓名,身份证号,乡镇\n合计,,\n"), "no_rows"),
    ],
)  # fmt: skip
def test_files_that_are_no_roster(data, code):
    assert problem(data) == code


def test_an_empty_workbook():
    assert problem(saved(Workbook())) == "empty"


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_a_word_document_is_not_a_workbook():
    assert problem(zipped({"word/document.xml": b"<w/>"})) == "wrong_type"


def test_a_truncated_workbook_is_damaged():
    data = workbook(line(1))
    assert problem(data[: len(data) // 2]) == "damaged"


def test_a_zip_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 1024 * 1024)
    data = zipped({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * (2 * 1024 * 1024)})
    assert len(data) < 10_000
    assert problem(data) == "too_much_inside"


def test_a_zip_bomb_that_lies_about_its_size_is_damaged():
    """The directory says 10 bytes; the stream holds more."""
    data = bytearray(zipped({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * 100_000}))
    size = struct.pack("<I", 100_000)
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = struct.pack("<I", 10)
    assert problem(bytes(data)) == "damaged"


def test_one_cell_in_the_far_corner_is_refused_before_a_table_is_made():
    book = Workbook()
    book.active.append(HEADER)
    book.active.append(line(1))
    book.active["XFD3"] = "x"
    assert problem(saved(book)) == "too_much_inside"
    book.active["XFD3"] = None
    book.active["A1048576"] = "x"
    assert problem(saved(book)) == "too_many_rows"


def test_formatted_empty_cells_do_no_harm():
    book = Workbook()
    book.active.append(HEADER)
    book.active.append(line(1))
    book.active["A900000"].number_format = "@"
    assert len(read_roster(saved(book)).rows) == 1


def test_more_rows_than_a_roster_has(monkeypatch):
    monkeypatch.setattr("trainees.rosters.table.MAX_ROWS", 2)
    assert problem(workbook(line(1), line(2), line(3))) == "too_many_rows"


# --- What would grow beyond all bounds ------------------------------------------------------------------------


def rebuilt(data: bytes, **replaced: bytes) -> bytes:
    """The same workbook with some parts replaced: keys are the ends of their names, without .xml."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for end, part in replaced.items():
        name = next((name for name in parts if name.endswith(f"{end}.xml")), f"xl/{end}.xml")
        parts[name] = part
    return zipped(parts)


SHEET = (
    '<{p}worksheet xmlns{q}="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><{p}sheetData>'
    "{cells}</{p}sheetData></{p}worksheet>"
)


@pytest.mark.parametrize(
    "cell",
    [
        '<c s="0" r="XFD1048576" t="str"><v>x</v></c>',
        "<c r='XFD1048576' t='str'><v>x</v></c>",
        '<c\n r = "XFD1048576"><v>1</v></c>',
        '<c r="xfd1048576"><v>1</v></c>',
        '<c r="&#88;FD1048576"><v>1</v></c>',
    ],
)
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_a_far_cell_is_found_however_it_is_written(cell, prefix):
    cells = cell.replace("<c", f"<{prefix}c").replace("</c", f"</{prefix}c").replace("v>", f"{prefix}v>")
    cells = cells.replace(f"</{prefix}{prefix}", f"</{prefix}")
    part = SHEET.format(p=prefix, q=":x" if prefix else "", cells=f'<{prefix}row r="1">{cells}</{prefix}row>')
    assert problem(rebuilt(workbook(line(1)), sheet1=part.encode())) == "too_many_rows"


def test_a_far_row_whose_cells_do_not_say_where_they_are():
    part = SHEET.format(p="", q="", cells='<row r="1048576"><c><v>1</v></c></row>')
    assert problem(rebuilt(workbook(line(1)), sheet1=part.encode())) == "too_many_rows"


def test_a_far_cell_in_a_sheet_of_another_name():
    data = workbook(line(1))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = SHEET.format(p="", q="", cells='<row><c s="0" r="XFD1048576"><v>1</v></c></row>').encode()
    del parts["xl/worksheets/sheet1.xml"]
    parts["xl/media/picture.png"] = part
    rels = parts["xl/_rels/workbook.xml.rels"]
    assert b"/xl/worksheets/sheet1.xml" in rels
    parts["xl/_rels/workbook.xml.rels"] = rels.replace(b"/xl/worksheets/sheet1.xml", b"/xl/media/picture.png")
    assert problem(zipped(parts)) == "too_many_rows"


def test_a_sheet_that_is_no_xml_is_not_handed_to_a_laxer_reader():
    part = SHEET.format(p="", q="", cells='<row><c></d></c><c s="0" r="XFD1048576"><v>1</v></c></row>')
    assert problem(rebuilt(workbook(line(1)), sheet1=part.encode())) == "damaged"


def test_entities_are_not_unfolded():
    part = '<!DOCTYPE x [<!ENTITY a "XFD1048576">]>' + SHEET.format(p="", q="", cells="")
    assert problem(rebuilt(workbook(line(1)), sheet1=part.encode())) == "damaged"


def test_the_area_is_bounded_and_not_only_its_corners():
    book = Workbook()
    book.active.append(HEADER)
    book.active.append(line(1))
    book.active.cell(20_000, 290, "x")
    assert problem(saved(book)) == "too_much_inside"


def test_one_long_text_shown_by_many_cells_is_refused():
    strings = f"<sst><si><t>{'长' * 30_000}</t></si></sst>".encode()
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 2_000))
    book = Workbook()
    book.active.append(["x"])
    data = rebuilt(saved(book), sharedStrings=strings, sheet1=SHEET.format(p="", q="", cells=cells).encode())
    assert len(data) < 40_000
    assert problem(data) == "too_much_inside"


@pytest.mark.parametrize("size", [1_001, 20_000])
def test_a_cell_that_is_far_too_long_is_named(size):
    for data in (workbook(line(1), line(2, name="艾" * size)), csv(ROWS + f"{'艾' * size},1,2\n")):
        with pytest.raises(Unreadable) as unreadable:
            read_roster(data)
        assert (unreadable.value.code, unreadable.value.facts) == ("cell_too_long", {"cell": "A3", "limit": 1_000})


@pytest.mark.parametrize("where", ["sharedStrings", "sheet1"])
def test_a_cell_of_five_million_characters(where):
    long = "艾" * 5_000_000
    part = (
        f"<sst><si><t>{long}</t></si></sst>"
        if where == "sharedStrings"
        else SHEET.format(p="", q="", cells=f'<row><c r="A1" t="inlineStr"><is><t>{long}</t></is></c></row>')
    )
    assert problem(rebuilt(workbook(line(1)), **{where: part.encode()})) == "text_too_long"


def test_a_thousand_characters_are_read():
    assert len(read_roster(workbook(line(1, groups="、".join(["残疾人"] * 200)))).rows) == 1
