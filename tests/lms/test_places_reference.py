import csv
import json
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation

from content.models import ContestPage
from lms.accounts.models import Agent
from lms.audit.models import AuditEvent
from lms.places import queries
from lms.places.actions import add_station, load_reference
from lms.places.enums import HolidayKind
from lms.places.models import CodeItem, Division, Holiday, Station
from lms.reference import FOLDER, reference_lists
from lms.refusals import Refused

pytestmark = pytest.mark.django_db
BY = Agent("tests")


# --- Loading ----------------------------------------------------------------------------------------------------
def test_the_county_has_11_townships_and_95_villages(programme):
    assert queries.townships().count() == 11
    villages = Counter(place.parent.name for place in Division.objects.current().villages().select_related("parent"))
    assert villages == {
        "勐董镇": 10, "岩帅镇": 22, "勐省镇": 8, "芒卡镇": 9, "单甲乡": 6, "糯良乡": 8, "勐来乡": 9,
        "勐角傣族彝族拉祜族乡": 9, "班洪乡": 6, "班老乡": 6, "勐省农场": 2,
    }  # fmt: skip


def test_every_list_is_loaded_whole_and_names_its_source():
    for reference in reference_lists():
        assert reference.source
        assert reference.version
        if reference.kind == "codes":
            items = CodeItem.objects.filter(list_key=reference.key)
            assert list(items.values_list("code", flat=True)) == [row["code"] for row in reference.rows]
            assert not items.filter(name_en="").exists()


def test_every_file_in_the_folder_is_in_the_index():
    with (FOLDER / "index.csv").open(encoding="utf-8") as lines:
        listed = {row["file"] for row in csv.DictReader(lines)}
    assert {path.name for path in FOLDER.glob("*.csv")} == listed | {"index.csv"}


def test_loading_again_changes_nothing():
    before = AuditEvent.objects.count()
    total = load_reference(by=BY).total
    assert (total.added, total.changed) == (0, 0)
    assert total.unchanged == sum(len(reference.rows) for reference in reference_lists())
    assert AuditEvent.objects.count() == before


def test_a_changed_row_is_brought_back_and_written_down():
    Division.objects.filter(code="530927103202").update(name="别的名字", aliases=["x"])
    CodeItem.objects.filter(list_key="sex", code="2").delete()
    report = load_reference(by=BY)
    assert (report.lists["divisions"].changed, report.lists["sex"].added) == (1, 1)
    assert Division.objects.get(code="530927103202").name == "回珠村民委员会"
    events = AuditEvent.objects.filter(event="reference.loaded").order_by("-id")[:2]
    assert {event.record_label for event in events} == {"divisions", "sex"}


def test_the_command_says_what_it_did():
    out = StringIO()
    call_command("load_reference", "--json", stdout=out)
    counts = json.loads(out.getvalue())
    assert (counts["added"], counts["changed"]) == (0, 0)
    assert counts["lists"]["divisions"] == {"added": 0, "changed": 0, "unchanged": 109}


def test_the_days_of_2018_worked_instead_of_a_weekend():
    days = Holiday.objects.filter(kind=HolidayKind.MAKEUP_WORKDAY, day__year=2018).values_list("day", flat=True)
    assert [f"{day:%m-%d}" for day in days] == ["02-11", "02-24", "04-08", "04-28", "09-29", "09-30", "12-29"]


# --- Places as people write them ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("勐省", "530927103000"),
        ("勐省镇", "530927103000"),
        (" 勐 省 镇 ", "530927103000"),
        ("勐省农场", "530927401000"),
        ("勐角乡", "530927205000"),
        ("勐角", "530927205000"),
        ("勐角傣族彝族拉祜族乡", "530927205000"),
        ("沧源县勐省镇", "530927103000"),
        ("云南省临沧市沧源佤族自治县班老乡", "530927207000"),
        ("岩帅", "530927102000"),
    ],
)
def test_townships_are_found(programme, text, code):
    assert queries.find_township(text).code == code


@pytest.mark.parametrize("text", ["", "  ", "勐省乡", "勐", "沧源县", "临沧市", "勐省镇回珠村", "农场"])
def test_townships_are_never_guessed(programme, text):
    assert queries.find_township(text) is None


@pytest.mark.parametrize(
    ("township", "text", "code"),
    [
        ("勐省镇", "回珠", "530927103202"),
        ("勐省镇", "回珠村", "530927103202"),
        ("勐省镇", "回珠村委会", "530927103202"),
        ("勐省镇", "回珠村民委员会", "530927103202"),
        ("勐省镇", "回珠寨", "530927103202"),
        ("勐省镇", "勐省镇回珠村", "530927103202"),
        ("勐省镇", "勐省村", "530927103201"),
        ("勐省镇", "下班奈", "530927103206"),
        ("岩帅镇", "班奈", "530927102215"),
        ("岩帅镇", "新寨", "530927102211"),
        ("班老乡", "新寨村", "530927207203"),
        ("岩帅镇", "贺勐村", "530927102208"),
        ("岩帅镇", "中贺勐村", "530927102209"),
        ("勐董镇", "怕良", "530927101204"),
        ("勐董镇", "永和社区", "530927101003"),
        ("勐省农场", "振兴", "530927401001"),
    ],
)
def test_villages_are_found(cast, township, text, code):
    assert queries.find_village(cast.township(township), text).code == code


@pytest.mark.parametrize(
    ("township", "text"), [("勐省镇", "班奈"), ("勐省镇", "新寨"), ("岩帅镇", ""), ("岩帅镇", "村")]
)
def test_villages_are_never_guessed(cast, township, text):
    assert queries.find_village(cast.township(township), text) is None


def test_each_village_is_found_by_its_full_and_its_short_name(programme):
    for village in Division.objects.current().villages().select_related("parent"):
        assert queries.find_village(village.parent, village.name) == village
        assert queries.find_village(village.parent, village.short_name) == village


def test_without_any_programme_the_sentence_says_so(programme):
    ContestPage.objects.all().delete()
    programme.contests.all().delete()
    programme.policies.all().delete()
    programme.delete()
    with pytest.raises(Refused) as caught:
        queries.county()
    assert caught.value.code == "no_programme"


# --- Codes --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("list_key", "text", "code"),
    [
        ("sex", "男", "1"),
        ("sex", "女性", "2"),
        ("ethnic", "佤", "21"),
        ("ethnic", "佤族", "21"),
        ("ethnic", "拉沽族", "24"),
        ("education", "初中", "70"),
        ("education", "中专", "41"),
        ("education", "大专", "30"),
        ("education", "文盲", "90"),
        ("political", "党员", "01"),
        ("trainee_group", "建档立卡贫困户", "poor_household"),
        ("trainee_group", "村三委干部", "village_three_committees"),
        ("trainee_group", "返乡农民工", "migrant_returnee"),
        ("trainee_group", "农村留守妇女", "left_behind_women"),
        ("poverty_cause", "缺劳动力", "8"),
        ("disability_grade", "2级", "2"),
        ("ethnic", "21", "21"),
        ("ethnic", "火星族", ""),
        ("sex", "", ""),
    ],
)
def test_codes_are_found_by_name_alias_or_code(list_key, text, code):
    assert queries.find_code(list_key, text) == code


def test_every_name_and_alias_finds_its_own_code():
    for reference in reference_lists():
        if reference.kind != "codes":
            continue
        spellings = Counter(
            spelling for row in reference.rows for spelling in {row["name"], *filter(None, row["aliases"].split("|"))}
        )
        assert [spelling for spelling, count in spellings.items() if count > 1] == [], reference.key


def test_names_come_in_the_reader_s_language():
    with translation.override("zh-hans"):
        assert queries.code_name("ethnic", "21") == "佤族"
    with translation.override("en"):
        assert queries.code_name("ethnic", "21") == "Wa"
        assert queries.code_choices("sex")[1] == ("1", "Male")
    assert queries.code_name("ethnic", "no such code") == "no such code"


# --- Stations -----------------------------------------------------------------------------------------------------
def test_a_station_is_added_once(cast):
    facts = {"by": cast.manager, "code": "T-1", "name": "站", "level": "township", "capacity": 40}
    station = add_station(division=cast.township("勐省镇"), **facts)
    event = AuditEvent.objects.get(event="station.added")
    assert (event.record_label, event.place, event.changes["capacity"]) == ("T-1", "530927103000", [None, 40])
    with pytest.raises(Refused) as caught:
        add_station(division=cast.township("岩帅镇"), **facts)
    assert caught.value.code == "station_known"
    assert list(Station.objects.filter(code="T-1")) == [station]
