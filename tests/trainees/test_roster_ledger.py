"""A ledger: rows that carry a class, its days, hours, trainer and results."""

import datetime
import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from courses.schedule import actions as schedule
from courses.schedule.enums import ClassState
from courses.schedule.models import TrainingClass
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import SETUP, synthetic_id
from tests.trainees.rosters import bring, enter, warnings, workbook
from trainees.attendance.actions import cancel_enrolment, record_marks
from trainees.attendance.enums import ScanSource
from trainees.attendance.models import Enrolment, Presence, Scan
from trainees.attendance.rules import Mark, is_late
from trainees.consent.actions import withdraw
from trainees.consent.enums import ConsentKind
from trainees.ledgers.actions import Line, class_of, enter_lines
from trainees.ledgers.models import LedgerEntry
from trainees.ledgers.queries import known_class
from trainees.ledgers.rules import ClassFacts, half_days
from trainees.practice.models import PracticalResult
from trainees.progress.actions import count_class
from trainees.registry.actions import void_file
from trainees.registry.models import Trainee
from trainees.registry.reasons import sentence
from trainees.rosters import imports
from trainees.rosters.ledger import enter_classes, facts_of

pytestmark = pytest.mark.django_db

# The 27 columns of the county's ledger, in their order.
HEADER = [
    "序号", "培训期次", "培训班名称", "培训类型", "培训开始日期", "培训结束日期", "培训天数/学时", "培训地点", "讲师",
    "姓名", "性别", "民族", "年龄", "身份证号码", "文化程度", "乡镇", "村(社区)", "人员类别", "是否建档立卡户",
    "是否残疾人", "联系电话", "考核成绩", "是否合格", "结业证书编号", "培训后就业/创业情况", "店铺名称/链接", "备注",
]  # fmt: skip
QUERIES = 46
COURSE = "电商（微商）交易平台店铺注册"


def entry(n: int, **facts) -> list:
    """One right line of a ledger of a class held on two days in May, with these cells changed."""
    cells = {
        "seq": n, "term": "第1期", "class_name": COURSE, "tier": "创业", "start": "2018-05-12", "end": "2018-05-13",
        "hours": "2天/8学时", "venue": "勐省镇服务站", "trainer": "老师", "name": f"艾{'嘎那惹社搞'[n % 5]}",
        "sex": "男", "ethnic": "佤族", "age": "", "id_number": synthetic_id(n), "education": "初中",
        "township": "勐省镇", "village": "回珠村", "groups": "", "is_poor": "是", "is_disabled": "否",
        "phone": f"138001380{n:02d}", "score": "85", "passed": "合格", "cert_no": f"旧-{n}", "outcome": "开了网店",
        "shop": "https://shop.example/1", "remark": "",
    }  # fmt: skip
    assert facts.keys() <= cells.keys()
    return list({**cells, **facts}.values())


def ledger(*lines: list) -> bytes:
    return workbook(*lines, header=HEADER)


@pytest.fixture
def ground(cast):
    cast.venue()
    return cast


def said(roster, *codes: str) -> list[dict]:
    assert all("%(" not in sentence(note["code"], **note["facts"]) for note in roster.notes)
    return [note["facts"] for note in roster.notes if note["code"] in codes]


def test_all_27_columns_are_read(ground):
    roster = bring(ground.clerk, ledger(entry(2, age="58岁", remark="补录")))
    row = roster.rows.get()
    assert [column["title"] for column in roster.columns["list"] if not column["field"]] == []
    assert row.values["ledger"] == {
        "title": COURSE, "term": "第1期", "tier": "entrepreneur", "start": "2018-05-12", "end": "2018-05-13",
        "minutes": 360, "venue": "勐省镇服务站", "trainer": "老师", "score": "85.0", "passed": True, "cert_no": "旧-2",
        "outcome": "开了网店",
    }  # fmt: skip
    assert row.values["beside"] == {"age": 58, "remark": "补录", "shop_url": "https://shop.example/1"}
    assert (row.values["groups"], row.warnings, row.reasons) == (["poor_household"], [], [])


def test_the_preview_says_what_will_become_of_each_class(ground):
    before = TrainingClass.objects.count()
    roster = bring(ground.clerk, ledger(entry(2), entry(4), entry(6, term="第2期", trainer="没有这人")))
    assert said(roster, "class_new") == [
        {"title": f"{COURSE}第1期", "days": "2018-05-12 – 2018-05-13", "people": 2, "sessions": 2}
    ]
    refused = said(roster, "class_refused")[0]
    assert (refused["title"], refused["people"], "没有这人" in refused["why"]) == (f"{COURSE}第2期", 1, True)
    assert (TrainingClass.objects.count(), Trainee.objects.count()) == (before, 0)


def test_a_class_that_nobody_planned_is_entered_late(ground):
    roster = enter(ground.clerk, bring(ground.clerk, ledger(entry(2), entry(4, passed="不合格", score=40, sex="男"))))
    made = TrainingClass.objects.get()
    assert (made.title, made.course.code, made.state) == (f"{COURSE}第1期", "B1", ClassState.OPEN)
    assert [(str(s.day), s.half, s.minutes) for s in made.sessions.all()] == [
        ("2018-05-12", "am", 180), ("2018-05-13", "am", 180),
    ]  # fmt: skip
    assert made.enrolments.filter(state="confirmed", source="ledger").count() == 2
    scans = Scan.objects.filter(session__training_class=made)
    assert set(scans.values_list("source", "accepted", "kind")) == {(ScanSource.IMPORT, True, "sign_in")}
    # They came a month late, and that stays visible.
    assert all(is_late(scan.received_at, scan.session.start) for scan in scans.select_related("session"))
    assert Presence.objects.filter(session__training_class=made, present=True, minutes_present=180).count() == 4
    results = PracticalResult.objects.order_by("trainee__pk").values_list("outcome", "score", "assessed_on")
    assert [(outcome, float(score), str(day)) for outcome, score, day in results] == [
        ("passed", 85.0, "2018-05-13"), ("failed", 40.0, "2018-05-13"),
    ]  # fmt: skip
    kept = LedgerEntry.objects.order_by("trainee__pk").first()
    assert (kept.certificate_number, kept.outcome, kept.shop) == ("旧-2", "开了网店", "https://shop.example/1")
    assert made.certificates.count() == 0
    planned = AuditEvent.objects.get(event="class.planned")
    assert (planned.actor, "roster.xlsx" in planned.reason) == (ground.clerk.label, True)
    assert said(roster, "class_entered") == [{
        "title": f"{COURSE}第1期", "days": "2018-05-12 – 2018-05-13", "code": made.code, "people": 2, "enrolled": 2,
        "already": 0, "waitlisted": 0, "shut_out": 0, "marked": 4, "results": 2,
    }]  # fmt: skip


def test_the_usual_policy_counts_what_a_ledger_entered(ground):
    enter(ground.clerk, bring(ground.clerk, ledger(entry(2), entry(4))))
    made = TrainingClass.objects.get()
    count_class(training_class=made)
    assert made.person_times.filter(counted=True).count() == 0
    schedule.close_class(by=ground.clerk, training_class=made)
    count_class(training_class=made)
    assert made.person_times.filter(counted=True).count() == 2


def everything() -> list[int]:
    models = (Trainee, TrainingClass, Enrolment, Scan, Presence, PracticalResult, LedgerEntry)
    return [model.objects.count() for model in models]


def test_the_same_ledger_again_changes_nothing(ground):
    data = ledger(entry(2), entry(4), entry(2))
    enter(ground.clerk, bring(ground.clerk, data))
    before, events = everything(), AuditEvent.objects.filter(event__in=["ledger.entered", "attendance.marked"]).count()
    roster = enter(ground.manager, bring(ground.manager, data))
    assert everything() == before
    assert AuditEvent.objects.filter(event__in=["ledger.entered", "attendance.marked"]).count() == events
    facts = said(roster, "class_entered")[0]
    assert (facts["enrolled"], facts["already"], facts["marked"], facts["results"]) == (0, 2, 0, 0)
    schedule.close_class(by=ground.clerk, training_class=TrainingClass.objects.get())
    roster = enter(ground.clerk, bring(ground.clerk, data))
    assert (everything(), said(roster, "class_shut_out")) == (before, [])


def test_a_class_of_several_batches_is_one_class(ground, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    roster = enter(ground.clerk, bring(ground.clerk, ledger(*[entry(2 * n) for n in range(1, 6)])))
    assert TrainingClass.objects.get().enrolments.count() == 5
    facts = said(roster, "class_entered")
    assert [(note["people"], note["enrolled"], note["already"]) for note in facts] == [(5, 5, 0)]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"trainer": ""}, "trainer_missing"),
        ({"trainer": "赵老师、老师"}, "trainer_unknown"),
        ({"venue": "县城某处"}, "venue_unknown"),
        ({"venue": None}, "venue_missing"),
        ({"class_name": "养蜂班"}, "course_missing"),
        ({"start": None, "end": None}, "days_missing"),
        ({"hours": "40"}, "hours_above_days"),
        ({"end": "2018-06-10"}, "days_unclear"),
        ({"start": "2016-05-12", "end": "2016-05-13"}, "outside_programme"),
    ],
)
def test_a_class_that_cannot_be_entered_keeps_nobody_out(ground, facts, code):
    roster = bring(ground.clerk, ledger(entry(2, **facts)))
    with pytest.raises(Refused) as refused:
        class_of(by=ground.clerk, facts=facts_of(roster.rows.get()), source="x")
    assert refused.value.code == code
    why = said(roster, "class_refused")[0]["why"]
    assert why == str(refused.value.message)
    roster = enter(ground.clerk, roster)
    assert (Trainee.objects.count(), TrainingClass.objects.count(), roster.state) == (1, 0, "committed")
    assert said(roster, "class_refused")[0]["why"] == why


def test_mended_the_same_file_brings_the_class(ground):
    data = ledger(entry(2, trainer="肖岩"))
    enter(ground.clerk, bring(ground.clerk, data))
    assert (Trainee.objects.count(), TrainingClass.objects.count()) == (1, 0)
    schedule.add_trainer(by=SETUP, name="肖岩")
    enter(ground.clerk, bring(ground.clerk, data))
    assert (Trainee.objects.count(), TrainingClass.objects.get().enrolments.count()) == (1, 1)


def test_a_known_class_is_found_by_number_or_by_title_and_days(ground):
    known = ground.training_class(start=datetime.date(2018, 5, 12), title="店铺班第3期")
    day = {"start": datetime.date(2018, 5, 12), "end": datetime.date(2018, 5, 13)}
    assert known_class(ClassFacts(title=known.code)) == known
    assert known_class(ClassFacts(term=known.code, title="别的")) == known
    assert known_class(ClassFacts(title="店铺班", term="3", **day)) == known
    assert known_class(ClassFacts(title="店铺班第3期")) == known
    assert known_class(ClassFacts(title="店铺班第3期", start=day["end"], end=day["end"])) is None
    assert known_class(ClassFacts(title="店铺班", **day)) is None
    ground.training_class(start=datetime.date(2018, 5, 20), title="店铺班第3期")
    assert known_class(ClassFacts(title="店铺班第3期", **day)) == known
    with pytest.raises(Refused) as refused:
        known_class(ClassFacts(title="店铺班第3期"))
    assert refused.value.code == "class_ambiguous"


def test_what_the_class_has_recorded_itself_stays(ground):
    known = ground.training_class(people=3, start=datetime.date(2018, 5, 12), title="店铺班")
    absent, left, stranger = (enrolment.trainee for enrolment in known.enrolments.order_by("pk"))
    session = known.sessions.first()
    record_marks(by=ground.trainer, session=session, marks=[Mark(trainee_id=absent.pk, kind="absent", reason="x")])
    cancel_enrolment(by=ground.clerk, enrolment=known.enrolments.get(trainee=left), reason="搬走")
    lines = [Line(trainee=person, passed=True, source="x") for person in (absent, left, stranger)]
    report = enter_lines(by=ground.clerk, training_class=known, lines=lines, source="x")
    assert (report.otherwise, report.already, report.marked) == (2, 2, 3)
    assert Presence.objects.get(session=session, trainee=absent).present is False
    assert known.enrolments.get(trainee=left).state == "cancelled"
    assert PracticalResult.objects.filter(trainee=left).count() == 0


def test_a_closed_class_takes_nobody_more(ground):
    known = ground.training_class(people=1, start=datetime.date(2018, 5, 12), title="店铺班")
    schedule.close_class(by=ground.clerk, training_class=known)
    roster = enter(ground.clerk, bring(ground.clerk, ledger(entry(2, class_name="店铺班", term=None))))
    assert said(roster, "class_shut_out") == [{"code": known.code, "people": 1}]
    assert (known.enrolments.count(), LedgerEntry.objects.count()) == (1, 0)


def test_a_planned_class_is_not_opened_by_a_file(ground):
    known = ground.training_class(open=False, start=datetime.date(2018, 5, 12), title="店铺班")
    roster = enter(ground.clerk, bring(ground.clerk, ledger(entry(2, class_name="店铺班", term=None))))
    known.refresh_from_db()
    assert (known.state, known.enrolments.count(), Scan.objects.count()) == (ClassState.PLANNED, 1, 0)
    assert said(roster, "class_not_opened") == [{"code": known.code, "people": 1}]


def test_more_people_than_seats_wait(ground):
    ground.venue().__class__.objects.update(capacity=2)
    roster = enter(ground.clerk, bring(ground.clerk, ledger(*[entry(2 * n) for n in range(1, 4)])))
    assert said(roster, "class_entered")[0]["waitlisted"] == 1
    assert Scan.objects.values("trainee").distinct().count() == 2


def test_a_class_still_to_come_is_planned_and_nobody_is_marked(ground):
    coming = {"start": "2018-07-12", "end": "2018-07-13"}
    enter(ground.clerk, bring(ground.clerk, ledger(entry(2, **coming))))
    made = TrainingClass.objects.get()
    assert (made.state, made.enrolments.count(), Scan.objects.count()) == (ClassState.PLANNED, 1, 0)
    assert PracticalResult.objects.count() == 0


def test_a_township_operator_enters_people_and_no_class(ground):
    township = ground.township("勐省镇")
    roster = enter(ground.operator, bring(ground.operator, ledger(entry(2)), place=township))
    assert (Trainee.objects.count(), TrainingClass.objects.count()) == (1, 0)
    assert len(said(roster, "class_refused")) == 1
    known = ground.training_class(start=datetime.date(2018, 5, 12), title=f"{COURSE}第1期")
    enter(ground.operator, bring(ground.operator, ledger(entry(2)), place=township))
    assert known.enrolments.count() == 0


def test_a_file_for_one_class_marks_in_that_class_alone(ground):
    chosen = ground.training_class(start=datetime.date(2018, 5, 12), title="店铺班")
    data = ledger(entry(2, class_name="店铺班", term=None), entry(4, class_name="别的班", term=None))
    roster = enter(ground.clerk, bring(ground.clerk, data, training_class=chosen))
    assert (chosen.enrolments.count(), TrainingClass.objects.count()) == (2, 1)
    assert Scan.objects.values("trainee").distinct().count() == 1
    assert [facts["people"] for facts in said(roster, "class_not_chosen")] == [1]


def test_merged_cells_of_a_class_hold_for_all_its_rows(ground):
    empty = dict.fromkeys(["term", "class_name", "tier", "start", "end", "hours", "venue", "trainer"])
    merged = tuple(f"{letter}2:{letter}4" for letter in "BCDEFGHI")
    data = workbook(entry(2), entry(4, **empty), entry(6, **empty), header=HEADER, merged=merged)
    enter(ground.clerk, bring(ground.clerk, data))
    assert TrainingClass.objects.get().enrolments.count() == 3


def test_cells_that_cannot_be_read_are_remarked(ground):
    data = ledger(entry(2, score="很好", passed="大概", hours="两天", tier="外星", start="五月", end="2018-05-13"))
    assert warnings(bring(ground.clerk, data)) == {
        2: ["dates_unread", "hours_unread", "score_unread", "passed_unread", "tier_unknown"]
    }
    data = ledger(entry(2, start="2018-05-13", end="2018-05-12"))
    assert warnings(bring(ground.clerk, data)) == {2: ["dates_reversed"]}


@pytest.mark.parametrize(
    ("days", "minutes", "plan"),
    [
        (1, 180, [("12 am", 180)]),
        (1, 360, [("12 am", 180), ("12 pm", 180)]),
        (1, 450, [("12 am", 150), ("12 pm", 150), ("12 ev", 150)]),
        (2, 360, [("12 am", 180), ("13 am", 180)]),
        (2, 540, [("12 am", 180), ("12 pm", 180), ("13 am", 180)]),
        (3, 360, [("12 am", 120), ("13 am", 120), ("14 am", 120)]),
    ],
)
def test_half_days_make_up_the_hours(days, minutes, plan):
    first = datetime.date(2018, 5, 12)
    found = half_days(first, first + datetime.timedelta(days=days - 1), minutes)
    assert [(f"{session.day.day} {session.half}", session.minutes) for session in found] == plan


def test_a_clash_of_the_trainer_is_said(ground):
    ground.training_class(start=datetime.date(2018, 5, 12), title="另一班")
    roster = bring(ground.clerk, ledger(entry(2)))
    assert len(said(roster, "class_refused")) == 1


def test_nothing_of_a_ledger_is_readable_in_the_database(ground):
    enter(ground.clerk, bring(ground.clerk, ledger(entry(2, cert_no=f"证{synthetic_id(2)}"))))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM trainees_ledgerentry")
        stored = str(cursor.fetchall())
    assert (synthetic_id(2) in stored, "开了网店" in stored) == (False, False)


def test_queries_do_not_grow_with_the_people_of_a_class(ground):
    made = class_of(by=ground.clerk, facts=facts(), source="x")
    counts = []
    for size in (1, 3):
        people = [ground.person() for _ in range(size)]
        with CaptureQueriesContext(connection) as queries:
            lines = [Line(trainee=person, passed=True) for person in people]
            enter_lines(by=ground.clerk, training_class=made, lines=lines, source="x")
        counts.append(len(queries))
    assert counts == [QUERIES, QUERIES]


def facts() -> ClassFacts:
    return ClassFacts(
        title=COURSE, venue="勐省镇服务站", trainer="老师", start=datetime.date(2018, 5, 12),
        end=datetime.date(2018, 5, 12), minutes=180,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_ledgers_at_once_enter_one_class(reload_ground, cast):
    cast.venue()
    people = [cast.person() for _ in range(4)]
    failures: list[Exception] = []
    start = threading.Barrier(2)

    def work():
        try:
            start.wait()
            made = class_of(by=cast.clerk, facts=facts(), source="x")
            lines = [Line(trainee=person, passed=True) for person in people]
            enter_lines(by=cast.clerk, training_class=made, lines=lines, source="x")
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    made = TrainingClass.objects.get()
    assert (made.enrolments.count(), Scan.objects.count(), LedgerEntry.objects.count()) == (4, 4, 4)
    assert PracticalResult.objects.count() == 4


def test_who_took_the_consent_back_keeps_nobody_else_out(ground):
    unwilling = ground.person(name="艾那", id_number=synthetic_id(2), phone="13800138002")
    withdraw(by=ground.clerk, trainee=unwilling, kind=ConsentKind.ORDINARY, reason="phone")
    roster = enter(ground.clerk, bring(ground.clerk, ledger(entry(2, name="艾那"), entry(4))))
    made = TrainingClass.objects.get()
    assert [row.trainee.id_number for row in made.enrolments.all()] == [synthetic_id(4)]
    assert said(roster, "class_refused") == []
    assert said(roster, "class_not_enrolled") == [{"code": made.code, "people": 1}]


def test_a_class_that_nobody_can_be_entered_into_is_not_made(ground):
    roster = enter(ground.clerk, bring(ground.clerk, ledger(entry(2, trainer="肖岩"))))
    schedule.add_trainer(by=SETUP, name="肖岩")
    row = roster.rows.get()
    row.trainee = void_file(by=ground.clerk, trainee=row.trainee, reason="x")
    enter_classes(roster, [row], by=ground.clerk)
    assert (TrainingClass.objects.count(), len(said(roster, "class_refused"))) == (0, 2)
