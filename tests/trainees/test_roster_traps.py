"""The traps of real rosters, one by one, in the order of the list they were collected in."""

import datetime
import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.drawing.image import Image
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from PIL import Image as Picture

from lms.places.phones import clean_phone, is_phone
from tests.cast import TODAY, synthetic_id
from tests.trainees.rosters import HEADER, bring, codes, enter, line, saved, warnings, workbook
from tests.trainees.test_roster_files import rebuilt
from trainees.registry.models import Trainee
from trainees.registry.reasons import with_value
from trainees.rosters import values, workbooks
from trainees.rosters.headers import field_of, find_header
from trainees.rosters.returned import refused_file
from trainees.rosters.sheets import Bounds
from trainees.rosters.table import read_roster
from trainees.rosters.workbooks import Unreadable

pytestmark = pytest.mark.django_db


def notes(roster) -> list[str]:
    return [note["code"] for note in roster.notes]


def facts(roster, code: str) -> dict:
    return next(note["facts"] for note in roster.notes if note["code"] == code)


def one(cast, header: list | None = None, **cells):
    """A roster of one row with these cells changed, as far as its preview."""
    return bring(cast.clerk, workbook(line(1, **cells), header=header))


def extra(cast, title: str, value):
    """... with one more column."""
    return bring(cast.clerk, workbook([*line(1), value], header=[*HEADER, title]))


@pytest.mark.parametrize("number", [533528198506159000, 5.33528e17, 12345678.5])
def test_01_an_id_stored_as_a_number(cast, number):
    assert codes(one(cast, id_number=number)) == {2: ["id_numeric"]}


@pytest.mark.parametrize("number", ["5.33528E+17", "533528198506159000.0"])
def test_01_an_id_that_was_a_number_before_it_became_text(cast, number):
    data = f"姓名,身份证号,乡镇,村\n艾嘎,{number},勐省镇,回珠\n".encode()
    assert codes(bring(cast.clerk, data)) == {2: ["id_numeric"]}


@pytest.mark.parametrize("mark", "'`‘’")
def test_02_an_apostrophe_that_was_kept(cast, mark):
    roster = one(
        cast, name=f"{mark}艾嘎", id_number=mark + synthetic_id(1), phone=f"{mark}13800138000", village=f"{mark}回珠"
    )
    row = roster.rows.get()
    assert (row.reasons, row.warnings) == ([], [])
    assert [row.values[key] for key in ("name", "id_number", "phone")] == ["艾嘎", synthetic_id(1), "13800138000"]


def test_03_full_width_digits_but_never_names(cast):
    wide = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
    roster = bring(
        cast.clerk,
        workbook(
            [
                *line(1, id_number="53352819700101997X".translate(wide), phone="１３８００１３８０００", name="李﨑"),
                "１９７０．１．１",
            ],
            header=[*HEADER, "出生日期"],
        ),
    )  # fmt: skip
    values = roster.rows.get().values
    assert (values["id_number"], values["phone"], values["name"]) == ("53352819700101997X", "13800138000", "李﨑")
    assert warnings(roster) == {}


def test_03_digits_of_other_scripts_are_the_same_number(cast):
    number = "".join(chr(0x966 + int(digit)) for digit in synthetic_id(1))
    assert one(cast, id_number=number).rows.get().values["id_number"] == synthetic_id(1)


@pytest.mark.parametrize("letter", "ХΧ×*")
def test_04_letters_that_look_like_x(cast, letter):
    roster = one(cast, id_number="53352819700101997" + letter)
    assert warnings(roster) == {2: ["id_x_replaced"]}
    assert roster.rows.get().values["id_number"] == "53352819700101997X"


@pytest.mark.parametrize("hidden", ["\u00a0", "\u3000", "\u200b", "\ufeff", "\u202a", "\u202e", "\t", "\n"])
def test_05_hidden_characters(cast, hidden):
    number = synthetic_id(1)
    roster = one(
        cast, name=f"{hidden}艾{hidden}嘎", id_number=f"{hidden}{number[:6]}{hidden}{number[6:]}{hidden}",
        phone=f"138{hidden}00138000", township=f"{hidden}勐省镇", village=f"回珠{hidden}", groups=f"残疾人{hidden}",
    )  # fmt: skip
    row = roster.rows.get()
    assert (row.reasons, row.warnings) == ([], [])
    assert (row.values["name"], row.values["id_number"], row.values["phone"]) == ("艾嘎", number, "13800138000")
    assert row.values["groups"] == ["disabled"]


@pytest.mark.parametrize(
    ("written", "name"), [("艾　嘎", "艾嘎"), ("田 强", "田强"), ("MARIA   SANTOS", "MARIA SANTOS")]
)
def test_06_names_padded_for_alignment(cast, written, name):
    assert one(cast, name=written).rows.get().values["name"] == name


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1990.5.1", (1990, 5, 1)), ("90-5-1", (1990, 5, 1)), ("1990年5月", (1990, 5, None)),
        ("1990/05", (1990, 5, None)), ("19900501", (1990, 5, 1)), ("33029", (1990, 6, 5)), ("1990-02-30", None),
        ("18-5-1", (2018, 5, 1)), ("19-5-1", (1919, 5, 1)), ("1990", (1990, None, None)), ("不详", None),
        ("1990年5月1日", (1990, 5, 1)), ("199005", (1990, 5, None)),
    ],
)  # fmt: skip
def test_07_dates_as_text(text, date):
    assert values.written_date(text, today=TODAY) == (values.WrittenDate(*date) if date else None)


def test_07_the_id_wins_and_a_difference_is_said(cast):
    roster = extra(cast, "出生日期", "1985.7")
    assert warnings(roster) == {2: ["birth_differs"]}
    enter(cast.clerk, roster)
    assert Trainee.objects.get().birth_date == datetime.date(1960, 1, 1)


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_08_both_date_systems(cast, epoch_1904):
    """A date in a cell and the day's bare number mean the same day in either system."""
    book = Workbook()
    if epoch_1904:
        book.epoch = CALENDAR_MAC_1904
    days = 21915 - (1462 if epoch_1904 else 0)  # 31 December 1959: a day beside the ID number's
    book.active.append([*HEADER, "出生日期"])
    book.active.append([*line(1), datetime.date(1960, 1, 1)])
    book.active.append([*line(2), days])
    roster = bring(cast.clerk, saved(book))
    assert warnings(roster) == {3: ["birth_differs"]}
    assert roster.rows.get(number=2).values["birth_date"] == "1960-01-01"
    assert roster.rows.get(number=3).values["birth_date"] == "1959-12-31"


def test_09_title_rows_and_a_header_over_two_rows(cast):
    book = Workbook()
    table = book.active
    table.append(["沧源佤族自治县2018年电子商务培训花名册"])
    table.append(["填报单位：县电商中心", None, None, "填报日期：2018.5.20"])
    table.append(["姓名", "身份证号", "家庭住址", None, "电话", "签到", None])
    table.append([None, None, "乡镇", "村", None, "上午", "下午"])
    table.append(["艾嘎", synthetic_id(1), "勐省镇", "回珠", "13800138000", "√", "√"])
    for cells in ("A1:G1", "C3:D3", "F3:G3", "A3:A4", "B3:B4"):
        table.merge_cells(cells)
    roster = bring(cast.clerk, saved(book))
    titles = [column["title"] for column in roster.columns["list"]]
    assert titles == ["姓名", "身份证号", "乡镇", "村", "电话", "签到/上午", "签到/下午"]
    assert [row.number for row in roster.rows.all()] == [5]
    assert notes(roster)[:3] == ["title_row", "title_row", "second_header"]


def test_09_a_row_of_subheadings_alone_is_no_person(cast):
    rows = [["姓名", "身份证号", "乡镇", "签到", ""], ["", "", "", "上午", "下午"], ["艾嘎", "1", "勐省镇", "√", "√"]]
    header = find_header(rows)
    assert (header.first, header.last) == (0, 1)
    assert [column.title for column in header.columns] == ["姓名", "身份证号", "乡镇", "签到/上午", "签到/下午"]
    # Whereas this is somebody whose name and number are missing.
    header = find_header([["姓名", "身份证号", "乡镇", "村"], ["", "", "勐省镇", "回珠"]])
    assert header.last == 0


def test_10_merged_cells_are_filled_down_where_people_merge(cast):
    header = [*HEADER, "户主姓名", "文化程度"]
    rows = [[*line(1), "岩嘎", "初中"], [*line(2, township=None, village=None, phone=None), None, None]]
    data = workbook(*rows, header=header, merged=("C2:C3", "D2:D3", "E2:E3", "G2:G3", "H2:H3"))
    values = bring(cast.clerk, data).rows.get(number=3).values
    assert (values["township"], values["village"]) != (None, None)
    assert values["beside"] == {"head_name": "岩嘎"}
    # What is one's own is not the neighbour's: 电话, 文化程度.
    assert (values["phone"], values["education"]) == ("", "")


@pytest.mark.parametrize(
    "text", ["合计", "合 计：60人", "填表人：某某", "审核人:某某", "注：以上为建档立卡户", "单位负责人（盖章）"]
)
def test_11_footer_rows(cast, text):
    roster = bring(cast.clerk, workbook(line(1), [text]))
    assert ([row.number for row in roster.rows.all()], notes(roster)) == ([2], ["footer_row"])


def test_12_gb18030_without_a_mark_and_the_characters_that_moved(cast):
    data = f"姓名,身份证号,乡镇,村\n艾甲,{synthetic_id(1)},勐省镇,回珠\n".encode("gb18030")
    roster = bring(cast.clerk, data.replace("艾甲".encode("gb18030"), b"\xfe\x59\xa8\xbc"))
    assert facts(roster, "encoding") == {"encoding": "GB 18030"}
    assert roster.rows.get().values["name"] == "\u9fb4\u1e3f"


def test_13_what_we_give_back_keeps_numbers_as_text(cast):
    data = f"姓名,身份证号,乡镇,村\n艾嘎,{synthetic_id(1)},勐省镇,没有村\n".encode()
    table = load_workbook(io.BytesIO(refused_file(bring(cast.clerk, data)))).active
    cell = table["B2"]
    assert (cell.value, cell.data_type, cell.number_format) == (synthetic_id(1), "s", "@")


def test_14_old_excel_and_wps_files_are_told_how_to_be_saved(cast):
    for name in ("花名册.xls", "花名册.et", "花名册.xlsx"):
        roster = bring(cast.clerk, workbooks.OLE2 + b"\0" * 600, name=name)
        assert (roster.state, roster.problem) == ("unreadable", "old_excel")


@pytest.mark.parametrize("number", ["53352819850615997243", "53352819850615997243B1"])
def test_15_a_disability_number_in_the_id_column(cast, number):
    row = one(cast, id_number=number).rows.get()
    assert (row.values["id_number"], row.values["groups"]) == ("533528198506159972", ["disabled"])
    assert [said["code"] for said in row.warnings] == ["disability_split"]


def test_16_a_number_of_15_digits(cast):
    row = one(cast, id_number="533528850615996").rows.get()
    assert row.values["id_number"] == "533528198506159964"
    assert [said["code"] for said in row.warnings] == ["id_legacy"]


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("138 0013 8000", "13800138000"), ("138-0013-8000", "13800138000"), ("+8613800138000", "13800138000"),
        ("008613800138000", "13800138000"), ("86 13800138000", "13800138000"),
        ("13800138000/13900139000", "13800138000"), ("13800138000、13900139000", "13800138000"),
        ("08837121234", "0883-7121234"), ("0883-7121234", "0883-7121234"), (13800138000, "13800138000"),
        (13800138000.0, "13800138000"), ("13800138000.0", "13800138000"),
    ],
)  # fmt: skip
def test_17_telephones(cast, written, phone):
    row = one(cast, phone=written).rows.get()
    assert (row.values["phone"], row.warnings) == (phone, [])


@pytest.mark.parametrize("written", ["1.38E+10", "123", "12800138000", "1380013800", "无电话"])
def test_17_what_is_no_telephone_is_left_out_and_said(cast, written):
    row = one(cast, phone=written).rows.get()
    assert (row.values["phone"], [said["code"] for said in row.warnings]) == ("", ["phone_invalid"])
    assert not is_phone(clean_phone(written))


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        *[(word, True) for word in ("是", "√", "1", "Y", "y", "有", "Ｙ")],
        *[(word, False) for word in ("否", "×", "0", "N", "无")],
        *[(word, None) for word in ("", "/", "—", "不详")],
    ],
)
def test_18_yes_no_and_blank_which_is_unknown(word, answer):
    assert values.yes_no(word) == (answer, True)
    assert values.yes_no("大概") == (None, False)


@pytest.mark.parametrize(
    ("township", "written", "village"),
    [
        ("勐董镇", "怕良", "帕良村民委员会"), ("勐董镇", "怕良村", "帕良村民委员会"),
        ("勐董镇", "帕良村委会", "帕良村民委员会"), ("岩帅镇", "班奈", "班奈村民委员会"),
        ("岩帅镇", "贺勐村", "贺勐村民委员会"), ("岩帅镇", "中贺勐", "中贺勐村民委员会"),
        ("岩帅镇", "新寨", "新寨村民委员会"), ("班老乡", "新寨村", "新寨村民委员会"),
        ("勐董镇", "白塔社区", "白塔社区居民委员会"),
        ("勐省镇", "勐省镇回珠村", "回珠村民委员会"),
    ],
)  # fmt: skip
def test_19_villages_inside_their_township(cast, township, written, village):
    row = one(cast, township=township, village=written).rows.get()
    assert row.reasons == []
    found = cast.township(township).children.get(pk=row.values["village"])
    assert found.name == village


@pytest.mark.parametrize(
    ("township", "written", "suggested"),
    [
        ("岩帅镇", "下班奈", ["班奈", "勐省镇下班奈"]),
        ("岩帅镇", "上贺勐", ["贺勐", "中贺勐"]),
        ("勐董镇", "帕凉", ["帕良"]),
        ("勐董镇", "新寨", ["岩帅镇新寨", "班老乡新寨"]),
        ("勐董镇", "没有这村", []),
    ],
)
def test_19_a_near_miss_is_refused_with_what_it_may_mean(cast, township, written, suggested):
    reason = one(cast, township=township, village=written).rows.get().reasons[0]
    assert reason["code"] == "village_unknown"
    found = [near["name"] for near in reason.get("facts", {}).get("suggestions", [])]
    assert found == suggested
    assert all(name in with_value(reason) for name in found)


def test_19_a_misspelt_township_too(cast):
    reason = one(cast, township="孟省镇").rows.get().reasons[0]
    assert (reason["code"], [near["name"] for near in reason["facts"]["suggestions"]]) == (
        "township_unknown",
        ["勐省镇"],
    )


@pytest.mark.parametrize(
    ("written", "code"),
    [("僳僳族", "20"), ("拉沽族", "24"), ("乌兹别克族", "43"), ("瓦族", "21"), ("佤", "21"), ("佤族", "21")],
)
def test_20_ethnic_groups_misspelt(cast, written, code):
    row = extra(cast, "民族", written).rows.get()
    assert (row.values["ethnic"], row.warnings) == (code, [])


def test_21_formulas_that_were_worked_out_and_errors(cast):
    """What a cell shows is read; an error is empty and said."""
    data = workbook(line(1, phone="#N/A"), line(2, village="#REF!"))
    roster = bring(cast.clerk, data)
    assert facts(roster, "error_cells") == {"cells": "E2, D3"}
    assert (codes(roster), warnings(roster)) == ({}, {3: ["village_missing"]})


def test_21_a_formula_that_was_never_worked_out_is_said(cast):
    roster = one(cast, phone='=CONCATENATE("138","00138000")')
    assert facts(roster, "formula_cells") == {"cells": "E2"}
    assert roster.rows.get().values["phone"] == ""


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+8613800138000", "-1", "@SUM(A1)", "\t=1+1"])
def test_22_nothing_runs_in_what_we_give_back(cast, text):
    data = "姓名,身份证号,乡镇,村,备注\n艾嘎," + synthetic_id(1) + f',勐省镇,没有村,"{text}"\n'
    roster = bring(cast.clerk, data.encode())
    table = load_workbook(io.BytesIO(refused_file(roster))).active
    cell = table["E2"]
    assert (cell.data_type, cell.value.strip()) == ("s", text.strip())
    assert cell.quotePrefix == (text[0] in "=+-@")


def test_23_what_is_hidden_is_read_and_said(cast):
    book = Workbook()
    table = book.active
    for row in (HEADER, *[line(n) for n in range(1, 7)]):
        table.append(row)
    for row in (3, 4, 6):
        table.row_dimensions[row].hidden = True
    table.column_dimensions["E"].hidden = True
    table.auto_filter.ref = "A1:F7"
    other = book.create_sheet("别的")
    other.append(["说明"])
    other.row_dimensions[1].hidden = True
    roster = bring(cast.clerk, saved(book))
    assert roster.rows.count() == 6
    assert facts(roster, "hidden_rows") == {"rows": "3-4, 6"}
    assert facts(roster, "hidden_columns") == {"columns": "E"}


def test_24_numbers_with_a_point_and_nothing(cast):
    for written in (5309271.0, "5309271.0", "5309271"):
        row = extra(cast, "户编号", written).rows.get()
        assert (row.values["household_number"], row.warnings) == ("5309271", [])


def test_25_a_million_empty_formatted_rows(cast):
    """As another program writes them: every row is there and holds a cell with a colour and nothing in it."""
    data = _with_rows('<row r="{0}"><c r="A{0}" s="1"/><c r="B{0}" s="1"/></row>', range(3, 200_003))
    assert len(data) < 3_000_000
    roster = bring(cast.clerk, data)
    assert ([row.number for row in roster.rows.all()], roster.notes) == ([2], [])


def test_25_a_million_lines_of_commas(cast):
    data = (f"姓名,身份证号,乡镇,村\n艾嘎,{synthetic_id(1)},勐省镇,回珠\n" + ",,,\n" * 1_000_000).encode()
    assert bring(cast.clerk, data).rows.count() == 1


def test_25_what_stands_below_200_empty_rows_is_not_read_and_said(cast):
    rows = [line(1), *[[None]] * 200, line(2), *[[None]] * 201, line(3)]
    roster = bring(cast.clerk, workbook(*rows))
    assert [row.number for row in roster.rows.all()] == [2, 203]
    assert facts(roster, "rows_after_gap") == {"row": 405, "gap": 200}


def _with_rows(pattern: str, numbers: range) -> bytes:
    more = "".join(pattern.format(number) for number in numbers).encode()
    with zipfile.ZipFile(io.BytesIO(workbook(line(1)))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").replace(b"</sheetData>", more + b"</sheetData>")
    return rebuilt(workbook(line(1)), sheet1=sheet)


@pytest.mark.parametrize("dot", "•・．。‧⋅●﹒･.·")
def test_26_middle_dots(cast, dot):
    row = one(cast, name=f"玉罕{dot}香勐").rows.get()
    assert (row.values["name"], row.reasons) == ("玉罕·香勐", [])


def test_27_the_same_file_twice(cast):
    data = workbook(line(1), line(2, groups="残疾人"))
    enter(cast.clerk, bring(cast.clerk, data))
    again = enter(cast.manager, bring(cast.manager, data))
    assert "same_file" in notes(again)
    assert Trainee.objects.count() == 2


def test_28_pictures_are_counted_and_left(cast):
    book = Workbook()
    for row in (HEADER, line(1)):
        book.active.append(row)
    for place in ("H2", "H3"):
        buffer = io.BytesIO()
        Picture.new("RGB", (4, 4)).save(buffer, "PNG")
        book.active.add_image(Image(buffer), place)
    roster = bring(cast.clerk, saved(book))
    assert facts(roster, "pictures") == {"count": 2}
    assert roster.rows.count() == 1


# --- And worse -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "reasons", "remarks"),
    [
        ({"name": "艾\n嘎"}, {}, {}),
        ({"name": "艾😀"}, {}, {}),
        ({"name": "😀"}, {2: ["name_invalid"]}, {}),
        ({"name": "<b>艾嘎</b>"}, {}, {}),
        ({"name": "<script>alert(1)</script>"}, {2: ["name_invalid"]}, {}),
        ({"village": "=1+1"}, {}, {2: ["village_missing"]}),
        ({"village": "回珠'; DROP TABLE trainees_trainee; --"}, {2: ["village_unknown"]}, {}),
        ({"groups": "%(words)s {0} %s"}, {}, {2: ["group_unknown"]}),
        ({"phone": "१३८००१३८०००"}, {}, {2: ["phone_invalid"]}),
        ({"phone": "13८००१३८०००"}, {}, {2: ["phone_invalid"]}),
    ],
)
def test_cells_nobody_expects(cast, cells, reasons, remarks):
    roster = one(cast, **cells)
    assert (codes(roster), warnings(roster)) == (reasons, remarks)
    for row in roster.rows.all():
        assert all(with_value(said) for said in (*row.reasons, *row.warnings))
    assert enter(cast.clerk, roster).state == "committed"


def test_a_list_numbered_far_beyond_its_people_is_few_remarks():
    rows = [[1, *line(1)], *[[n, *[None] * 6] for n in range(2, 150)]]
    roster = read_roster(workbook(*rows, header=["序号", *HEADER]))
    assert notes(roster).count("numbering_row") == 20
    assert facts(roster, "more_rows") == {"count": 128}


def test_the_bounds_leave_room_for_a_hundred_thousand_rows():
    assert workbooks.MAX_ROWS >= 100_000
    assert workbooks.MAX_AREA >= 27 * workbooks.MAX_ROWS
    assert Bounds(rows=1, columns=1).text >= 27 * 8 * workbooks.MAX_ROWS


def test_ambiguous_headings_take_the_meaning_that_is_left():
    assert field_of("类别")[0] == "groups"
    header = find_header([["姓名", "身份证号", "期次", "培训班名称", "类别", "人员类别"]])
    fields = [column.field for column in header.columns]
    assert fields == ["name", "id_number", "term", "class_name", "tier", "groups"]
    header = find_header([["姓名", "身份证号", "期次", "类别"]])
    assert [column.field for column in header.columns] == ["name", "id_number", "class_name", "groups"]


ALIASES = {
    "political": "政治面貌", "unit": "工作单位", "post": "职务", "relation": "与户主关系", "head_name": "户主",
    "disability_no": "残疾证号", "class_name": "班级", "course": "培训课程", "start": "开班日期", "end": "结业日期",
    "hours": "课时", "score": "成绩", "passed": "考核结果", "cert_no": "证书号", "shop_url": "网店地址", "age": "年龄",
    "address": "家庭住址", "remark": "备注",
}  # fmt: skip


@pytest.mark.parametrize(("field", "title"), ALIASES.items())
def test_every_field_of_the_list_of_headings_is_read(field, title):
    assert field_of(title) == (field, True)


def test_columns_beside_the_person_are_kept_with_the_row(cast):
    header = [*HEADER, "政治面貌", "单位", "职务", "与户主关系", "户主姓名", "残疾人证号", "年龄", "家庭住址"]
    row = [*line(1), "党员", "永和社区", "文书", "儿媳", "岩嘎", f"{synthetic_id(1)}43", 40, "回珠村三组"]
    roster = bring(cast.clerk, workbook(row, header=header))
    assert roster.rows.get().values["beside"] == {
        "political": "01", "unit": "永和社区", "post": "文书", "relation": "38", "head_name": "岩嘎",
        "disability_no": f"{synthetic_id(1)}43", "age": 40, "address": "回珠村三组",
    }  # fmt: skip
    assert warnings(roster) == {2: ["age_differs"]}


def test_unreadable_is_said_in_words():
    with pytest.raises(Unreadable) as unreadable:
        read_roster(workbook(line(1, name="嘎" * 5_000)))
    assert (unreadable.value.code, unreadable.value.facts["cell"]) == ("cell_too_long", "A2")
