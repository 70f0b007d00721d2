"""From a file to the people in it."""

import datetime
import threading

import pytest
from django.db import connection, connections
from django.utils import timezone
from openpyxl import Workbook

from lms.audit.models import AuditEvent
from lms.jobs import actions as jobs
from lms.jobs.enums import JobState
from lms.jobs.models import Job
from lms.places.models import Division
from lms.refusals import Refused
from tests.cast import SETUP, TODAY, client_of, synthetic_id
from tests.trainees.rosters import (
    FILES,
    HEADER,
    bring,
    codes,
    content,
    enter,
    expected,
    line,
    saved,
    warnings,
    workbook,
)  # fmt: skip
from trainees.attendance.actions import enrol
from trainees.registry.actions import correct_trainee
from trainees.registry.models import GroupMembership, Trainee
from trainees.rosters import actions, imports
from trainees.rosters.enums import ImportState, Verdict
from trainees.rosters.models import RosterImport

pytestmark = pytest.mark.django_db


def verdicts(roster) -> dict[int, str]:
    return dict(roster.rows.values_list("number", "verdict"))


@pytest.mark.parametrize("name", FILES)
def test_the_four_rosters_come_out_as_they_should(cast, name):
    right = expected(name)
    roster = bring(cast.clerk, content(name), name=name)
    assert (roster.state, roster.problem) == (ImportState.PREVIEW, "")
    refused = [{"row": number, "reason": reasons[0]} for number, reasons in codes(roster).items()]
    assert refused == right["refused"]
    assert roster.rows.count() == right["rows"]
    roster = enter(cast.clerk, roster)
    assert roster.state == ImportState.COMMITTED
    assert roster.rows.filter(committed=True).count() == right.get("accepted", right["rows"])
    assert Trainee.objects.count() == right["persons"]


def test_rows_62_to_71_repeat_rows_2_to_11(cast):
    roster = bring(cast.clerk, content("04-重复上报.xlsx"))
    repeats = {row.number: row for row in roster.rows.filter(verdict=Verdict.REPEAT)}
    assert list(repeats) == list(range(62, 72))
    told = {number: row.warnings[0]["facts"]["row"] for number, row in repeats.items()}
    assert told == {number: number - 60 for number in range(62, 72)}
    roster = enter(cast.clerk, roster)
    people = dict(roster.rows.values_list("number", "trainee"))
    assert all(people[number] == people[number - 60] for number in range(62, 72))


@pytest.mark.parametrize("name", FILES)
def test_a_second_run_changes_nothing(cast, name):
    enter(cast.clerk, bring(cast.clerk, content(name), name=name))
    people = list(Trainee.objects.order_by("pk").values())
    groups = list(GroupMembership.objects.order_by("pk").values())
    again = bring(cast.clerk, content(name), name=name)
    assert again.notes[0]["code"] == "same_file"
    assert set(verdicts(again).values()) <= {Verdict.MATCHED, Verdict.REPEAT, Verdict.REFUSED}
    enter(cast.clerk, again)
    assert list(Trainee.objects.order_by("pk").values()) == people
    assert list(GroupMembership.objects.order_by("pk").values()) == groups


def test_what_stands_in_a_row_stands_in_the_file(cast):
    roster = enter(cast.clerk, bring(cast.clerk, content("01-干部普及班第1期.xlsx"), name="01.xlsx"))
    trainee = roster.rows.get(number=4).trainee
    assert (trainee.name, trainee.id_number, trainee.phone) == ("肖赛若", "533528199712049998", "13341790029")
    assert (str(trainee.township), trainee.village.short_name) == ("岩帅镇", "贺南")
    assert (trainee.ethnic, trainee.education, trainee.sex) == ("21", "70", "1")
    assert trainee.source == "01.xlsx #4"
    groups = trainee.memberships.values_list("group", "valid_from", "evidence")
    assert list(groups) == [("poor_household", TODAY, "roster"), ("rural_youth", TODAY, "roster")]


def test_nothing_personal_is_readable_in_the_database_or_on_the_disk(cast, tmp_path):
    enter(cast.clerk, bring(cast.clerk, content("01-干部普及班第1期.xlsx")))
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        stored = ""
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            stored += str(cursor.fetchall())
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert kept
    assert b"PK\x03\x04" not in kept
    for secret in ("533528199712049998", "13341790029", "533528198303199966", "13791644033"):
        assert secret not in stored
        assert secret.encode() not in kept
    assert "530927-" in stored


def test_numbers_in_titles_headings_footers_and_words_are_kept_masked(cast):
    number, phone, spaced = synthetic_id(77), "13912345678", "139 1234 5678"
    book = Workbook()
    table = book.active
    table.title = f"名单{phone}"
    table.append([f"联系人 艾嘎 {spaced} {number}，2018-06-15"])
    table.append([*HEADER, f"艾嘎 {number}", f"备用{spaced}"])
    table.append(line(1, groups=f"亲戚{phone}"))
    table.append(line(2, phone="139 1234 56789"))
    table.append([f"填表 艾嘎{number}{phone}"])
    book.create_sheet(f"第二批{number}").append(HEADER)
    roster = bring(cast.clerk, saved(book), name=f"艾嘎{number}名单20180615.xlsx")
    assert [row.verdict for row in roster.rows.all()] == ["new", "new"]
    assert roster.file_name.endswith("名单20180615.xlsx")
    page = client_of(cast.clerk).get(f"/rosters/{roster.pk}/").content.decode()
    enter(cast.clerk, roster)
    stored = str([
        *RosterImport.objects.values_list("file_name", "notes", "columns"),
        *roster.rows.values_list("reasons", "warnings"), *Trainee.objects.values_list("source"),
    ])  # fmt: skip
    for secret in (number, phone, spaced, "139 1234 56789"):
        assert secret not in stored
        assert secret not in page
    assert "2018-06-15" in stored


def test_a_thrown_away_roster_keeps_no_notes(cast):
    roster = bring(cast.clerk, workbook([*line(1), "x"], header=[*HEADER, "血型"]))
    assert roster.notes
    actions.discard_import(by=cast.clerk, roster=roster)
    roster.refresh_from_db()
    assert (roster.notes, roster.columns) == ([], {})


# --- Verdicts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"id_number": 533528198506159000}, "id_numeric"),
        ({"id_number": 5.33528198506159e17}, "id_numeric"),
        ({"id_number": 12345678}, "id_numeric"),
        ({"id_number": "5.33528E+17"}, "id_numeric"),
        ({"id_number": "533528198506159970"}, "id_checksum"),
        ({"id_number": "533528199002299976"}, "id_date"),
        ({"id_number": "533528202006159975"}, "id_future"),
        ({"id_number": None}, "id_missing"),
        ({"id_number": "不详"}, "id_format"),
        ({"name": None}, "name_missing"),
        ({"name": "　 "}, "name_missing"),
        ({"name": "张3"}, "name_invalid"),
        ({"township": "勐撒镇"}, "township_unknown"),
        ({"township": None, "village": None}, "township_missing"),
        ({"village": "没有村"}, "village_unknown"),
        ({"village": "贺勐村"}, "village_unknown"),
    ],
)  # fmt: skip
def test_what_is_refused(cast, facts, code):
    roster = bring(cast.clerk, workbook(line(1, **facts), line(2)))
    assert {number: reasons[0] for number, reasons in codes(roster).items()} == {2: code}
    assert verdicts(roster) == {2: Verdict.REFUSED, 3: Verdict.NEW}


def test_a_refusal_says_column_and_masked_value(cast):
    roster = bring(cast.clerk, workbook(line(1, id_number="533528198506159970")))
    assert roster.rows.get().reasons == [{"code": "id_checksum", "column": "身份证号", "value": "533528********9970"}]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"phone": "123"}, "phone_invalid"),
        ({"phone": "1.38E+10"}, "phone_invalid"),
        ({"village": None}, "village_missing"),
        ({"township": None}, "township_from_village"),
        ({"groups": "火星人"}, "group_unknown"),
        ({"name": "那"}, "name_single"),
        ({"id_number": "533528850615996"}, "id_legacy"),
        ({"id_number": "H12345678"}, "id_unproved"),
        ({"id_number": "53352819850615997243"}, "disability_split"),
        ({"id_number": "53352819700101997Х"}, "id_x_replaced"),
    ],
)
def test_what_is_only_remarked(cast, facts, code):
    roster = bring(cast.clerk, workbook(line(1, **facts)))
    assert (codes(roster), warnings(roster)) == ({}, {2: [code]})
    enter(cast.clerk, roster)
    assert Trainee.objects.count() == 1


def test_a_disability_number_in_the_id_column_is_split(cast):
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1, id_number="53352819850615997243B1"))))
    trainee = roster.rows.get().trainee
    assert trainee.id_number == "533528198506159972"
    assert list(trainee.memberships.values_list("group", flat=True)) == ["disabled"]
    assert roster.rows.get().warnings[0]["value"] == "*" * 22


def test_sex_and_birth_of_the_number_beat_what_was_typed(cast):
    header = [*HEADER, "性别", "出生日期"]
    rows = [
        [*line(1, id_number="533528198506159964"), "男", "1985.6.15"],
        [*line(2, id_number="533528198506159972"), "男", "1985年7月"],
        [*line(3), "女", "何时"],
        [*line(4), None, "1960-01-03"],
    ]
    roster = bring(cast.clerk, workbook(*rows, header=header))
    assert warnings(roster) == {2: ["sex_differs"], 3: ["birth_differs"], 4: ["sex_differs", "birth_unread"]}
    enter(cast.clerk, roster)
    assert roster.rows.get(number=2).trainee is not None
    trainee = Trainee.objects.by_id_number("533528198506159964").get()
    assert (trainee.sex, trainee.birth_date) == ("2", datetime.date(1985, 6, 15))


def test_groups_by_name_alias_and_yes_or_no(cast):
    header = [*HEADER, "是否建档立卡户", "是否残疾人"]
    rows = [
        [*line(1, groups="建档立卡贫困户、残疾人"), None, None],
        [*line(2, groups="妇女，返乡大学生"), "否", "/"],
        [*line(3, groups="村三委干部;贫困户"), "是", "×"],
        [*line(4), "√", "1"],
        [*line(5), "也许", None],
    ]
    roster = enter(cast.clerk, bring(cast.clerk, workbook(*rows, header=header)))
    groups = {row.number: sorted(row.trainee.memberships.values_list("group", flat=True)) for row in roster.rows.all()}
    assert groups == {
        2: ["disabled", "poor_household"],
        3: ["returning_graduate"],
        4: ["poor_household", "village_three_committees"],
        5: ["disabled", "poor_household"],
        6: [],
    }
    assert warnings(roster) == {6: ["yes_no_unread"]}


def test_one_number_under_two_names_refuses_the_second(cast):
    number = synthetic_id(1)
    roster = bring(cast.clerk, workbook(line(1), line(2, id_number=number), line(3, id_number=f"'{number}")))
    assert codes(roster) == {3: ["id_duplicate_other_name"], 4: ["id_duplicate_other_name"]}


def test_a_repeat_of_a_refused_row_is_not_a_repeat(cast):
    roster = bring(cast.clerk, workbook(line(1, village="没有村"), line(1)))
    assert verdicts(roster) == {2: Verdict.REFUSED, 3: Verdict.NEW}


def test_a_known_person_is_matched_by_number_and_name(cast):
    trainee = cast.person(name="艾嘎", id_number=synthetic_id(5), township="岩帅镇")
    roster = bring(cast.clerk, workbook(line(5, name="艾　嘎", groups="残疾人")))
    assert (verdicts(roster), warnings(roster)) == ({2: Verdict.CHANGED}, {2: ["place_differs"]})
    assert [(offer["field"], offer["take"]) for offer in roster.rows.get().offers] == [
        ("phone", False), ("place", False), ("group", True),
    ]  # fmt: skip
    roster = enter(cast.clerk, roster)
    assert roster.rows.get().trainee == trainee
    trainee.refresh_from_db()
    assert str(trainee.township) == "岩帅镇"
    assert list(trainee.memberships.values_list("group", flat=True)) == ["disabled"]


def test_a_known_number_under_another_name_is_refused_until_the_name_is_added(cast):
    trainee = cast.person(
        name="艾那", id_number=synthetic_id(5), phone="13800138005", village=cast.village("勐省镇", "回珠")
    )  # fmt: skip
    data = workbook(line(5, name="嘎那"))
    assert codes(bring(cast.clerk, data)) == {2: ["id_known_other_name"]}
    correct_trainee(by=cast.clerk, trainee=trainee, changes={"aliases": "嘎那"})
    roster = bring(cast.manager, data)
    assert verdicts(roster) == {2: Verdict.MATCHED}


# --- Whose rows -----------------------------------------------------------------------------------------------


def test_an_operators_roster_ends_at_the_township(cast):
    cast.person(name="外人", id_number=synthetic_id(9), township="岩帅镇")
    data = workbook(line(1), line(2, township="岩帅镇", village="贺勐村"), line(9, name="外人"))
    roster = bring(cast.operator, data, place=cast.township("勐省镇"))
    assert codes(roster) == {3: ["out_of_place"], 4: ["known_elsewhere"]}
    refused = roster.rows.get(number=4)
    assert (refused.trainee, "530927-" in str(refused.reasons)) == (None, False)


def test_without_a_township_column_it_is_the_operators_own(cast):
    data = workbook(["艾嘎", synthetic_id(1), "回珠"], header=["姓名", "身份证号", "村"])
    assert verdicts(bring(cast.operator, data, place=cast.township("勐省镇"))) == {2: Verdict.NEW}
    assert codes(bring(cast.clerk, data)) == {}


# --- Entering -------------------------------------------------------------------------------------------------


def test_people_are_enrolled_in_the_chosen_class(cast):
    training_class = cast.training_class(people=1, capacity=4)
    known = training_class.enrolments.get().trainee
    data = workbook(*[line(n) for n in range(2020, 2024)], line(0, name=known.name, id_number=known.id_number))
    roster = enter(cast.clerk, bring(cast.clerk, data, training_class=training_class))
    assert roster.notes[-1] == {"code": "enrolled", "facts": {"enrolled": 3, "already": 1, "waitlisted": 1}}
    states = training_class.enrolments.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["confirmed"] * 4 + ["waitlisted"]


def test_a_class_that_takes_nobody_still_registers_the_people_and_says_so(cast):
    training_class = cast.training_class()
    roster = bring(cast.clerk, workbook(line(1), line(2)), training_class=training_class)
    training_class.state = "cancelled"
    training_class.save()
    roster = enter(cast.clerk, roster)
    assert (roster.state, Trainee.objects.count()) == (ImportState.COMMITTED, 2)
    assert [note["code"] for note in roster.notes] == ["not_enrolled"]


def test_entering_goes_on_where_a_dead_worker_stopped(cast, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    roster = bring(cast.clerk, workbook(*[line(n) for n in range(1, 6)]))
    roster = actions.commit_import(by=cast.clerk, roster=roster)
    work = imports.enter_import(roster, by=cast.clerk, enrol=enrol)
    assert next(work) == (2, 0, 5)
    work.close()  # the first worker is gone
    assert Trainee.objects.count() == 2
    assert list(imports.enter_import(roster, by=cast.clerk, enrol=enrol)) == [(4, 0, 5), (5, 0, 5)]
    assert Trainee.objects.count() == 5
    assert list(imports.enter_import(roster, by=cast.clerk, enrol=enrol)) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_enter_everybody_once(reload_ground, cast, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 3)
    training_class = cast.training_class(capacity=30)
    roster = bring(SETUP, workbook(*[line(n) for n in range(40, 60)]), training_class=training_class)
    roster = actions.commit_import(by=SETUP, roster=roster)
    before, gate, failed = Trainee.objects.count(), threading.Barrier(2), []

    def worker():
        gate.wait()
        try:
            list(imports.enter_import(RosterImport.objects.get(pk=roster.pk), by=SETUP, enrol=enrol))
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    roster.refresh_from_db()
    assert failed == []
    assert roster.state == ImportState.COMMITTED
    assert (Trainee.objects.count() - before, training_class.enrolments.count()) == (20, 20)
    assert roster.notes[-1]["facts"] == {"enrolled": 20, "already": 0, "waitlisted": 0}


def test_somebody_registered_between_preview_and_decision_is_met_not_doubled(cast):
    roster = bring(cast.clerk, workbook(line(1, groups="残疾人"), line(2)))
    same = cast.person(name=line(1)[0], id_number=synthetic_id(1))
    cast.person(name="别人", id_number=synthetic_id(2))
    roster = enter(cast.clerk, roster)
    assert verdicts(roster) == {2: Verdict.CHANGED, 3: Verdict.UNDECIDED}
    assert codes(roster) == {3: ["id_known_other_name"]}
    assert warnings(roster)[2] == ["changed_meanwhile"]
    assert (roster.rows.get(number=2).trainee, Trainee.objects.count()) == (same, 2)
    assert same.memberships.count() == 0  # what is new in a file is shown first
    enter(cast.clerk, roster)
    assert (same.memberships.count(), Trainee.objects.count()) == (1, 2)


def test_somebody_registered_meanwhile_with_the_same_facts_is_simply_met(cast):
    roster = bring(cast.clerk, workbook(line(1)))
    facts = {"name": line(1)[0], "id_number": synthetic_id(1), "phone": line(1)[4]}
    same = cast.person(**facts, village=cast.village("勐省镇", "回珠"))
    roster = enter(cast.clerk, roster)
    row = roster.rows.get()
    assert (row.verdict, row.committed, row.trainee) == (Verdict.MATCHED, True, same)


def test_reading_again_after_a_dead_worker_gives_the_same_rows(cast):
    data = workbook(*[line(n) for n in range(1, 4)])
    county = Division.objects.get(code="530927000000")
    roster = actions.start_import(by=cast.clerk, data=data, file_name="r.xlsx", place=county, report_day=TODAY)
    work = imports.read_import(roster)
    next(work)
    work.close()
    assert roster.rows.count() == 3
    list(imports.read_import(roster))
    roster.refresh_from_db()
    assert (roster.state, roster.rows.count()) == (ImportState.PREVIEW, 3)


def test_the_jobs_read_and_enter(cast, django_capture_on_commit_callbacks):
    county = Division.objects.get(code="530927000000")
    data = workbook(line(1), line(2, name=None))
    with django_capture_on_commit_callbacks(execute=True):
        roster = actions.start_import(by=cast.clerk, data=data, file_name="r.xlsx", place=county, report_day=TODAY)
    roster.refresh_from_db()
    assert roster.state == ImportState.PREVIEW
    with django_capture_on_commit_callbacks(execute=True):
        actions.commit_import(by=cast.clerk, roster=roster)
    roster.refresh_from_db()
    assert (roster.state, roster.committed_at) == (ImportState.COMMITTED, timezone.now())
    found = Job.objects.order_by("pk").values_list("kind", "state", "done", "total")
    assert list(found) == [("roster_read", JobState.DONE, 2, 2), ("roster_commit", JobState.DONE, 1, 1)]


def test_cancelled_entering_is_resumed_and_nothing_is_doubled(cast, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 1)
    roster = bring(cast.clerk, workbook(*[line(n) for n in range(1, 4)]))
    actions.commit_import(by=cast.clerk, roster=roster)
    job = Job.objects.get(kind="roster_commit")
    running = jobs.claim(job.pk)
    work = imports.commit_job(running, enrol=enrol)
    done, failed, total = next(work)
    jobs.cancel(by=cast.clerk, job=job)
    assert not jobs.beat(running, done=done, failed=failed, total=total)
    assert Trainee.objects.count() == 1
    job.refresh_from_db()
    jobs.work(jobs.resume(by=cast.clerk, job=job).pk)
    roster.refresh_from_db()
    assert (roster.state, Trainee.objects.count()) == (ImportState.COMMITTED, 3)


def test_the_same_form_sent_twice_is_one_import(cast):
    data = workbook(line(1))
    assert bring(cast.clerk, data) == bring(cast.clerk, data)
    assert bring(cast.manager, data) != bring(cast.clerk, data)


def test_deciding_twice_changes_nothing(cast):
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1))))
    events = AuditEvent.objects.count()
    assert actions.commit_import(by=cast.clerk, roster=roster).state == ImportState.COMMITTED
    assert AuditEvent.objects.count() == events


def test_thrown_away_the_file_and_its_rows_are_gone(cast, tmp_path, django_capture_on_commit_callbacks):
    roster = bring(cast.clerk, workbook(line(1)))
    with django_capture_on_commit_callbacks(execute=True):
        actions.discard_import(by=cast.clerk, roster=roster)
    roster.refresh_from_db()
    assert (roster.state, roster.rows.count(), bool(roster.file)) == (ImportState.DISCARDED, 0, False)
    assert [path for path in (tmp_path / "sealed").rglob("*") if path.is_file()] == []
    with pytest.raises(Refused) as refused:
        actions.commit_import(by=cast.clerk, roster=roster)
    assert refused.value.code == "roster_not_ready"


def test_what_is_entered_cannot_be_thrown_away(cast):
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1))))
    with pytest.raises(Refused) as refused:
        actions.discard_import(by=cast.clerk, roster=roster)
    assert refused.value.code == "roster_entered"


@pytest.mark.parametrize(("data", "code"), [(b"", "empty"), (b"%PDF-1.7", "wrong_type")])
def test_an_unreadable_file_is_kept_aside_with_its_reason(cast, data, code):
    roster = bring(cast.clerk, data)
    assert (roster.state, roster.problem, roster.rows.count()) == (ImportState.UNREADABLE, code, 0)
