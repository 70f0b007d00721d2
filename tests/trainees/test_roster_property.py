"""Bringing a roster in again changes nothing, and the order in which rosters with other people come does not matter."""

import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.audit.models import AuditEvent
from tests.cast import Cast, synthetic_id
from tests.trainees.papers import disability_number
from tests.trainees.rosters import HEADER, bring, codes, enter, every_table, workbook
from trainees.merging.actions import find_all
from trainees.merging.journal import plain_row
from trainees.merging.models import DuplicatePair
from trainees.registry import actions as registry
from trainees.registry.enums import KeyKind
from trainees.registry.models import Household, Trainee

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WIDE = [*HEADER, "残疾人证号", "户编号", "民族", "文化程度", "村民小组"]
HOMES = {"勐省镇": ("回珠村", "勐省村", "没有村", ""), "岩帅镇": ("岩帅村", "")}
# A household lives in one township; the first of each was poor before any roster came.
HOUSEHOLDS = {"勐省镇": ("5309270000000001", "5309270000000002"), "岩帅镇": ("5309270000000003", "5309270000000004")}
NAMES = ["岩嘎", "艾嘎", "叶茸", "玉罕·香勐", "田强"]
GROUPS = ["", "退役军人", "返乡大学生、退役军人", "建档立卡贫困户", "残疾人、合作社社员", "不知道"]
# Files that are there before: some with a phone, all without a household.
KNOWN = range(3)
PEOPLE = range(10)

PLACE = st.sampled_from([(township, village) for township, villages in HOMES.items() for village in villages])
CELLS = st.fixed_dictionaries({
    "name": st.sampled_from([True] * 6 + ["叶茸", "", "12"]),
    "place": PLACE,
    "phone": st.sampled_from([True, True, False, "12"]),
    "groups": st.sampled_from(GROUPS),
    "certificate": st.sampled_from([False, False, False, True]),
    "household": st.sampled_from([None, None, 0, 1]),
    "ethnic": st.sampled_from(["", "佤族", "傣", "火星族"]),
    "education": st.sampled_from(["", "初中", "大学"]),
    "village_group": st.sampled_from(["", "三组"]),
    "broken": st.sampled_from([False] * 6 + [True]),
})  # fmt: skip


@st.composite
def rosters(draw) -> tuple[list[list], list[list]]:
    """Two rosters with other people each; within one of them people may stand twice and say different things."""
    people = draw(st.permutations(list(PEOPLE)))
    cut = draw(st.integers(2, 5))
    halves = people[:cut], people[cut : cut + draw(st.integers(1, 5))]
    return tuple(
        [row_of(n, draw(CELLS)) for n in draw(st.lists(st.sampled_from(half), min_size=2, max_size=7))]
        for half in halves
    )


def row_of(n: int, cells: dict) -> list:
    """Only the ID number and the phone say who it is, and no two people share one."""
    number = identity(n)
    township, village = cells["place"]
    household = cells["household"]
    name = NAMES[n % 5] if cells["name"] is True else cells["name"]
    return [
        name, number[:-1] + "?" if cells["broken"] else number, township, village,
        f"139000200{n:02d}" if cells["phone"] is True else cells["phone"] or "", cells["groups"],
        disability_of(n) if cells["certificate"] else "",
        "" if household is None else HOUSEHOLDS[township][household],
        cells["ethnic"], cells["education"], cells["village_group"],
    ]  # fmt: skip


def identity(n: int) -> str:
    # Two numbers share a birthday in tests.cast.
    return synthetic_id(7000 + 2 * n)


def disability_of(n: int) -> str:
    return disability_number(7000 + 2 * n)


def before(cast: Cast) -> None:
    """People and households that the rosters meet."""
    for n in KNOWN:
        cast.person(name=NAMES[n % 5], id_number=identity(n), phone="" if n else "13900020000")
    for township, (number, _other) in HOUSEHOLDS.items():
        household = registry.open_household(by=cast.clerk, number=number, township=cast.township(township))
        registry.set_poverty(
            by=cast.clerk, household=household, poverty_type="general_poor", main_cause="1",
            valid_from=datetime.date(2016, 1, 1), evidence="official_list",
        )  # fmt: skip


def imported(cast: Cast, *lists: list[list]) -> None:
    for place, rows in enumerate(lists):
        roster = enter(cast.clerk, bring(cast.clerk, workbook(*rows, header=WIDE), name=f"{place}.xlsx"))
        # What the preview accepts is entered.
        assert "entry_refused" not in {code for found in codes(roster).values() for code in found}


def county() -> dict:
    """Who there is and what is known of them; keys and file numbers follow the order of opening and say nothing."""
    files = Trainee.objects.live().select_related("household").order_by("pk")
    found = list(find_all()) and None
    pairs = DuplicatePair.objects.select_related("first", "second")
    return {
        "people": sorted((person(one) for one in files), key=repr),
        "households": {one.number: facts(one) for one in Household.objects.all()},
        "pairs": sorted((sorted([one.first.id_number, one.second.id_number]), one.state) for one in pairs),
        "found": found,
    }


def person(one: Trainee) -> dict:
    memberships = one.memberships.select_related("certificate", "period__household")
    stays = one.household_entries.select_related("household")
    return {
        **facts(one),
        "household": one.household and one.household.number,
        "groups": [
            {**facts(row), "certificate": row.certificate and row.certificate.number,
             "period": row.period and [row.period.household.number, str(row.period.valid_from)]}
            for row in memberships.order_by("group", "valid_from", "voided_at")
        ],
        "stays": [{**facts(row), "household": row.household.number} for row in stays.order_by("valid_from")],
        "certificates": [facts(row) for row in one.disability_certificates.order_by("number_hash")],
        "found_by": sorted(one.search_keys.exclude(kind=KeyKind.FILE).values_list("kind", "key")),
    }  # fmt: skip


# Which file and row a fact came from differs, and so do keys.
SOURCES = {"id", "file_number", "source", "evidence_note"}
PLACES = {"township_id", "village_id"}


def facts(row) -> dict:
    keys = {column.attname for column in row._meta.concrete_fields if column.is_relation} - {
        "township_id",
        "village_id",
    }
    return {name: value for name, value in plain_row(row).items() if name not in SOURCES | keys}


GENTLE = settings(
    max_examples=20, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@GENTLE
@given(two=rosters())
def test_the_same_rows_again_change_nothing(cast, two):
    rows, _others = two
    with transaction.atomic():
        before(cast)
        imported(cast, rows)
        stood, logged = every_table(), AuditEvent.objects.count()
        imported(cast, rows)
        assert every_table() == stood
        assert {event.event.partition(".")[0] for event in AuditEvent.objects.order_by("pk")[logged:]} == {"roster"}
        transaction.set_rollback(True)


@GENTLE
@given(two=rosters())
def test_rosters_of_other_people_come_in_any_order(cast, two):
    one, other = two
    counties = []
    for lists in ([one, other], [other, one], [[*one, *other]], [[*other, *one]]):
        with transaction.atomic():
            before(cast)
            imported(cast, *lists)
            counties.append(county())
            transaction.set_rollback(True)
    assert counties[1:] == counties[:1] * 3
