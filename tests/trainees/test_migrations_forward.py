"""What a centre entered with the first version is all there after every migration since, and goes on working."""

import datetime
import zoneinfo
from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from lms.privacy.crypto import lookup_hash
from tests.cast import TODAY, assemble, client_of, make_programme, synthetic_id
from tests.trainees.rosters import bring, enter, every_table, line, workbook
from trainees.attendance.actions import enrol
from trainees.registry import actions as registry
from trainees.registry.actions import rebuild_search
from trainees.registry.models import GroupMembership, Household, HouseholdMember, Trainee
from trainees.rosters import actions as rosters
from trainees.rosters import imports
from trainees.rosters.models import RosterImport, RosterRow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.usefixtures("reload_ground")]

FIRST = ("trainees", "0001_initial")
HOUSEHOLD = "5309270000000042"
EVENING = datetime.datetime(2018, 3, 5, 23, 30, tzinfo=zoneinfo.ZoneInfo("Asia/Shanghai"))
NOON = datetime.datetime(2018, 3, 6, 12, tzinfo=zoneinfo.ZoneInfo("Asia/Shanghai"))


def day(n: int, month: int = 3) -> datetime.date:
    return datetime.date(2018, month, n)


@pytest.fixture
def first_version() -> Iterator:
    """The models of that time, on the tables of that time; whatever happens, the tables of today come back."""
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate([FIRST])
        yield MigrationExecutor(connection).loader.project_state([FIRST]).apps
    finally:
        migrate(latest)


def migrate(targets: list | None = None) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(targets or executor.loader.graph.leaf_nodes())


class Old:
    """Writes rows as the first version left them."""

    def __init__(self, apps):
        self.apps = apps
        self.township = self.model("lms.Division").objects.get(name="勐省镇", valid_to=None)
        self.village = self.model("lms.Division").objects.get(name__startswith="回珠", parent=self.township)
        self.household = self.model("Household").objects.create(
            number=HOUSEHOLD, number_hash=lookup_hash("household.number", HOUSEHOLD), township=self.township
        )

    def model(self, label: str):
        return self.apps.get_model(label if "." in label else f"trainees.{label}")

    def person(self, n: int, name: str, *, number: str, phone: str = "", **facts):
        known = {
            "file_number": f"530927-{n:06d}", "name": name, "name_pinyin": "old", "id_number": number,
            "id_hash": lookup_hash("trainee.id", number) if number else "", "id_state": "valid",
            "birth_date": datetime.date(1985, 6, 15), "sex": "2", "phone": phone,
            "phone_hash": lookup_hash("trainee.phone", phone) if phone else "",
            "township": self.township, "village": self.village, "created_by": "clerk", "source": "roster.xlsx #2",
        }  # fmt: skip
        trainee = self.model("Trainee").objects.create(**{**known, **facts})
        self.model("Trainee").objects.filter(pk=trainee.pk).update(created_at=EVENING)
        return trainee

    def group(self, trainee, group: str, first, last=None, evidence: str = "roster"):
        return self.model("GroupMembership").objects.create(
            trainee=trainee, group=group, valid_from=first, valid_to=last, evidence=evidence, recorded_by="clerk"
        )

    def roster(self, state: str, *rows: dict, notes: tuple = (), sha256: str = "a" * 64):
        roster = self.model("RosterImport").objects.create(
            file="rosters/x.roster", file_name="春.xlsx", sha256=sha256, state=state, place=self.township,
            report_day=TODAY, notes=list(notes), header_row=1,
            committed_at=NOON if state == "committed" else None,
            columns={"sheet": "花名册", "from_1904": False, "list": [
                {"index": at, "title": title, "field": field, "used": True, "letter": "ABCDEF"[at]}
                for at, (title, field) in enumerate(COLUMNS)
            ]},
        )  # fmt: skip
        for at, facts in enumerate(rows):
            self.model("RosterRow").objects.create(roster=roster, number=at + 2, **facts)
        return roster

    def row(self, n: int, verdict: str, **facts) -> dict:
        cells = line(n)
        return {
            "cells": [str(cell) for cell in cells], "verdict": verdict,
            "values": {
                "name": cells[0], "id_number": synthetic_id(n), "id_kind": "resident_id", "phone": cells[4],
                "township": self.township.pk, "village": self.village.pk, "groups": ["veteran"], "sex": "",
                "birth_date": "", "ethnic": "", "education": "", "household_number": "", "village_group": "",
            },
            **facts,
        }  # fmt: skip


COLUMNS = [("姓名", "name"), ("身份证号", "id_number"), ("乡镇", "township"), ("村", "village"),
           ("联系电话", "phone"), ("人员类别", "groups")]  # fmt: skip
NUMERIC = [{"code": "id_numeric", "column": "身份证号", "value": "5335***"}]


def test_all_of_it_is_there(first_version):
    old = Old(first_version)
    one = old.person(1, "岩嘎", number=synthetic_id(1), phone="13800138001", household=old.household, aliases=["艾嘎"])
    two = old.person(2, "叶茸", number="ABC123456789012", household=old.household, id_kind="foreign_pr",
                     id_state="review")  # fmt: skip
    three = old.person(3, "田强", number=synthetic_id(3), id_state="review", id_note="id_legacy")
    gone = old.person(4, "岩嘎", number=synthetic_id(1), voided_at=NOON, voided_by="clerk", void_reason="twice")
    veteran = old.group(one, "veteran", day(1))
    poor = old.group(one, "poor_household", day(5), day(20, 5), evidence="official_list")
    first_stay, second_stay = old.group(two, "coop_member", day(1), day(10)), old.group(two, "coop_member", day(10))
    entered = old.roster("committed", old.row(1, "new", committed=True, trainee=one),
                         old.row(1, "repeat", committed=True, trainee=one))  # fmt: skip
    waiting = old.roster(
        "committing", old.row(1, "matched", trainee=one), old.row(6, "new"),
        old.row(7, "refused", reasons=NUMERIC), sha256="a" * 64,
        notes=({"code": "same_file", "facts": {"day": "2018-03-06"}},),
    )  # fmt: skip
    migrate()

    assert list(Trainee.objects.order_by("pk").values_list(
        "pk", "file_number", "name", "aliases", "id_number", "phone", "id_kind", "household__number", "voided_at"
    )) == [
        (one.pk, "530927-000001", "岩嘎", ["艾嘎"], synthetic_id(1), "13800138001", "resident_id", HOUSEHOLD, None),
        (two.pk, "530927-000002", "叶茸", [], "ABC123456789012", "", "foreign_pr_old", HOUSEHOLD, None),
        (three.pk, "530927-000003", "田强", [], synthetic_id(3), "", "resident_id_15", None, None),
        (gone.pk, "530927-000004", "岩嘎", [], synthetic_id(1), "", "resident_id", None, NOON),
    ]  # fmt: skip
    # Beijing's evening is the day of the file, not Greenwich's.
    stays = HouseholdMember.objects.order_by("trainee").values_list("trainee", "household__number", "valid_from")
    assert list(stays) == [(one.pk, HOUSEHOLD, day(5)), (two.pk, HOUSEHOLD, day(5))]
    groups = GroupMembership.objects.order_by("pk").values_list("pk", "valid_from", "valid_to", "evidence")
    assert list(groups) == [
        (veteran.pk, day(1), None, "roster"), (poor.pk, day(5), day(20, 5), "official_list"),
        (first_stay.pk, day(1), None, "roster"), (second_stay.pk, day(10), None, "roster"),
    ]  # fmt: skip
    assert [row.pk for row in GroupMembership.objects.exclude(voided_at=None)] == [second_stay.pk]
    searched = rebuild_search()
    assert (searched.people, searched.added, searched.removed) == (4, 0, 0)
    rows = RosterRow.objects.order_by("roster", "number").values_list(
        "roster", "number", "verdict", "committed", "chosen", "number_fields", "row_key", "trainee"
    )
    key = {n: RosterRow.key_of(None, synthetic_id(n)) for n in (1, 6, 7)}
    assert list(rows) == [
        (entered.pk, 2, "new", True, False, [], key[1], one.pk),
        (entered.pk, 3, "repeat", True, False, [], key[1], one.pk),
        (waiting.pk, 2, "matched", False, True, [], key[1], one.pk),
        (waiting.pk, 3, "new", False, True, [], key[6], None),
        (waiting.pk, 4, "refused", False, False, ["id_number"], key[7], None),
    ]  # fmt: skip
    assert RosterRow.objects.get(roster_id=waiting.pk, number=3).cells[0] == line(6)[0]
    assert RosterImport.objects.get(pk=waiting.pk).notes[0]["facts"] == {"day": "2018-03-06", "number": entered.pk}
    assert rosters.undoable(RosterImport.objects.get(pk=entered.pk)).count() == 0


def test_the_work_goes_on_where_it_stood(first_version):
    """A list that was being entered is entered to its end; the file opens, is found, and the same list is harmless."""
    old = Old(first_version)
    one = old.person(1, line(1)[0], number=synthetic_id(1), phone=line(1)[4], household=old.household)
    old.group(one, "veteran", day(1))
    stopped = old.roster("committing", old.row(1, "matched", trainee=one), old.row(6, "new"), old.row(6, "repeat"))
    migrate()

    cast = assemble(make_programme())
    roster = RosterImport.objects.get(pk=stopped.pk)
    for _progress in imports.enter_import(roster, by=cast.clerk, enrol=enrol):
        pass
    assert list(RosterRow.objects.order_by("number").values_list("verdict", "committed")) == [
        ("matched", True), ("new", True), ("repeat", True),
    ]  # fmt: skip
    new = Trainee.objects.by_id_number(synthetic_id(6)).get()
    assert (new.name, new.memberships.get().group, new.file_number) == (line(6)[0], "veteran", f"530927-{new.pk:06d}")
    clerk = client_of(cast.clerk)
    for page in ("trainee_file", "trainee_history", "trainee_profile", "trainee_consent", "trainee_rights"):
        assert clerk.get(reverse(page, args=[one.file_number])).status_code == 200, page
    assert one.file_number in clerk.get(reverse("trainee_list") + "?q=ai").content.decode()
    stood = every_table()
    again = enter(cast.clerk, bring(cast.clerk, workbook(line(1, groups="退役军人"), line(6, groups="退役军人"))))
    assert list(again.rows.order_by("number").values_list("verdict", "committed")) == [("matched", True)] * 2
    assert every_table() == stood


def test_groups_follow_households_from_the_old_files_on(first_version):
    """A poor household makes its people poor from the day of their files, and leaves an older claim alone."""
    old = Old(first_version)
    one = old.person(1, "岩嘎", number=synthetic_id(1), household=old.household)
    claim = old.group(one, "poor_household", day(1))
    migrate()

    cast = assemble(make_programme())
    registry.set_poverty(
        by=cast.clerk, household=Household.objects.get(), poverty_type="general_poor", main_cause="1",
        valid_from=day(1, 1), evidence="official_list",
    )  # fmt: skip
    rows = GroupMembership.objects.live().order_by("valid_from").values_list("valid_from", "valid_to", "evidence")
    assert list(rows) == [(claim.valid_from, day(4), "roster"), (day(5), None, "official_list")]
