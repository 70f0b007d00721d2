"""The whole file on one page, its long parts, its history in words, and the page of the person it is about."""

import datetime
import re
from pathlib import Path

import pytest
from django.utils import translation

from certificates import actions as certificates
from lms.audit.models import AuditEvent
from lms.privacy.actions import record_view
from lms.privacy.models import FileView
from tests.cast import SETUP, TODAY, client_of
from trainees.attendance.actions import enrol
from trainees.dossier import history, words
from trainees.outcomes import actions as outcomes
from trainees.practice import actions as practice
from trainees.practice.actions import ResultEntry
from trainees.profiles import actions as profiles
from trainees.progress import actions as progress
from trainees.registry import actions as registry

pytestmark = pytest.mark.django_db
ID = "533528198506159964"
PHONE = "13912345678"


@pytest.fixture
def trainee(cast):
    return cast.person(name="岩嘎", id_number=ID, phone=PHONE, aliases=["艾那"], groups=["rural_youth"])


@pytest.fixture
def centre(cast):
    from lms.places import actions as places  # the certificates name their issuer
    from lms.places.models import Division

    county = Division.objects.current().get(code="530927000000")
    return places.add_station(by=SETUP, code="CC", name="沧源县电商中心", level="county", division=county, capacity=9)


@pytest.fixture
def finished(cast, trainee, centre):
    """A class attended, practised, closed and counted, with a certificate."""
    training_class = cast.training_class(people=[trainee], days=2)
    cast.mark(training_class, [trainee])
    task = training_class.tasks.get()
    for outcome, score in (("repeat", 40), ("passed", 85)):
        entry = ResultEntry(task=task, trainee=trainee, outcome=outcome, score=score)
        practice.record_results(
            by=cast.trainer, training_class=training_class, results=[entry], assessed_on=TODAY - datetime.timedelta(1)
        )
    progress.close_and_count(by=cast.clerk, training_class=training_class)
    certificates.issue(by=cast.clerk, training_class=training_class, issued_on=TODAY)
    return training_class


def address(trainee, page: str = "") -> str:
    return f"/trainees/{trainee.file_number}/{page}"


def shown(client, path) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


# --- One page -------------------------------------------------------------------------------------------------


def test_a_finished_class_is_one_line_with_everything(cast, trainee, finished):
    outcomes.record_outcome(
        by=cast.clerk, trainee=trainee, kind="shop_opened", happened_on=TODAY, proof_text="店铺后台已核对"
    )  # fmt: skip
    (line,) = client_of(cast.clerk).get(address(trainee)).context["lines"]
    days = (TODAY - datetime.timedelta(days=2), TODAY - datetime.timedelta(days=1))
    assert (line.first_day, line.last_day, line.percent, line.practical) == (*days, 100, "passed")
    assert [(result.outcome, result.attempt, result.score) for result in line.results] == [("passed", 2, 85)]
    assert ([unit.counted for unit in line.units], line.valid_certificate.state) == ([True], "valid")
    assert [outcome.kind for outcome in line.outcomes] == ["shop_opened"]
    assert line.recorded == (cast.clerk.label, TODAY)


def test_practice_is_open_until_every_required_task_is_passed(cast, trainee):
    training_class = cast.training_class(people=[trainee])
    (line,) = client_of(cast.clerk).get(address(trainee)).context["lines"]
    assert (line.practical, line.percent, line.training_class) == ("open", 0, training_class)


def test_an_outcome_stands_beside_the_last_class_before_it(cast, trainee):
    early = cast.training_class(people=[trainee], start=TODAY - datetime.timedelta(days=60))
    late = cast.training_class(people=[trainee], start=TODAY - datetime.timedelta(days=20))
    for days, kind in ((30, "shop_opened"), (1, "first_sale"), (90, "job")):
        outcomes.record_outcome(
            by=cast.clerk, trainee=trainee, kind=kind, happened_on=TODAY - datetime.timedelta(days=days), proof_text="x"
        )  # fmt: skip
    lines = client_of(cast.clerk).get(address(trainee)).context["lines"]
    assert [(line.training_class, [one.kind for one in line.outcomes]) for line in lines] == [
        (late, ["first_sale"]), (early, ["shop_opened"])
    ]  # fmt: skip


def test_every_section_has_its_anchor(cast, trainee):
    page = client_of(cast.clerk).get(address(trainee))
    html = page.content.decode()
    for section in page.context["sections"]:
        assert (html.count(f'id="{section.anchor}"'), f'href="#{section.anchor}"' in html) == (1, True)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


def test_needs_are_shown_and_numbers_in_them_masked(cast, trainee):
    facts = {"languages": ["wa"], "wechat": PHONE, "guardian_name": "田志强", "guardian_phone": "13800138000"}
    profiles.set_profile(by=cast.clerk, trainee=trainee, changes=facts)
    client = client_of(cast.clerk)
    html = shown(client, address(trainee))
    assert ("佤语" in html, PHONE in html, "13800138000" in html) == (True, False, False)
    client.post(address(trainee, "unmask/"), {"reason": "phone check"})
    html = shown(client, address(trainee))
    assert (PHONE in html, "13800138000" in html) == (True, True)


def grow(cast, trainee, number: int) -> None:
    for n in range(number):
        start = TODAY - datetime.timedelta(days=190 - 10 * trainee.enrolments.count())
        training_class = cast.training_class(people=[trainee], start=start)
        cast.mark(training_class, [trainee])
        outcomes.record_outcome(
            by=cast.clerk, trainee=trainee, kind="first_sale", happened_on=start, proof_text=f"订单{n}"
        )  # fmt: skip
        registry.correct_trainee(by=cast.clerk, trainee=trainee, changes={"village_group": f"{start}组"})


@pytest.mark.parametrize(
    ("page", "queries"), [("", 28), ("training/", 13), ("history/", 8), ("looks/", 8)]
)  # fmt: skip
def test_the_file_asks_the_same_number_of_questions_for_any_history(
    cast, trainee, django_assert_num_queries, page, queries
):
    client = client_of(cast.clerk)
    grow(cast, trainee, 1)
    client.get(address(trainee, page))
    with django_assert_num_queries(queries):
        client.get(address(trainee, page))
    grow(cast, trainee, 2)
    with django_assert_num_queries(queries):
        client.get(address(trainee, page))


def test_a_long_file_stays_light_and_leads_to_the_rest(cast, trainee):
    grow(cast, trainee, 14)
    client = client_of(cast.clerk)
    page = client.get(address(trainee))
    assert (len(page.context["lines"]), len(page.content) < 100_000) == (12, True)
    assert address(trainee, "training/") in page.content.decode()
    assert len(client.get(address(trainee, "training/")).context["lines"]) == 14


PARTS = ("training/", "history/", "looks/")


@pytest.mark.parametrize("page", PARTS)
@pytest.mark.parametrize(
    ("who", "status"),
    [("clerk", 200), ("manager", 200), ("auditor", 200), ("operator", 200), ("operator_elsewhere", 404),
     ("trainer", 403), ("trainee_user", 403), ("outsider", 403)],
)  # fmt: skip
def test_who_sees_the_long_parts_and_that_it_is_written_down(cast, trainee, who, status, page):
    assert client_of(getattr(cast, who)).get(address(trainee, page)).status_code == status
    assert FileView.objects.filter(file_number=trainee.file_number).count() == (status == 200)


# --- History --------------------------------------------------------------------------------------------------


def said(trainee, language: str) -> list[tuple]:
    with translation.override(language):
        return [
            (deed.what, [(one.field, one.before, one.after) for one in deed.changes], deed.reason)
            for deed in history.deeds(history.events_of(trainee))
        ]


def test_the_history_speaks_both_languages(cast, trainee):
    changes = {"ethnic": "21", "township": cast.township("岩帅镇"), "phone": "13800138000"}
    registry.correct_trainee(by=cast.clerk, trainee=trainee, changes=changes, reason="本人到场")
    profiles.set_profile(by=cast.clerk, trainee=trainee, changes={"needs": ["wheelchair"], "has_sold_online": True})
    assert said(trainee, "zh-hans")[:2] == [
        ("填写需求、职业与意愿", [("无障碍及其他需求", "—", "此处不显示"), ("是否从事过电商", "—", "是")], ""),
        (
            "更正档案",
            [("电话", "139****5678", "138****8000"), ("乡镇", "勐省镇", "岩帅镇"), ("民族", "—", "佤族")],
            "本人到场",
        ),
    ]
    assert said(trainee, "en")[1][1] == [
        ("Phone", "139****5678", "138****8000"),
        ("Township", "Mengsheng Town", "Yanshuai Town"),
        ("Ethnic group", "—", "Wa"),
    ]


def test_the_history_holds_the_certificates_too(cast, trainee, finished):
    assert "Certificate issued" in [what for what, _changes, _reason in said(trainee, "en")]


def test_an_event_without_a_word_shows_its_code(cast, trainee):
    from lms.audit.actions import record_event  # as a room does that this table does not know yet

    record_event(by=cast.clerk, event="trainee.new_kind", record=trainee, label="x", changes={"odd": ["a", None]})
    assert said(trainee, "en")[0] == ("trainee.new_kind", [("odd", "a", "—")], "")


def test_every_event_about_a_trainee_has_its_word():
    """A room that logs something new about a person adds its line to trainees/dossier/words.py."""
    source = Path(words.__file__).parents[1]
    written = {
        event
        for path in source.rglob("*.py")
        for event in re.findall(r'(?<!lookup_hash\()"(trainee\.[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert sorted(written - words.EVENTS.keys()) == []


def test_looks_name_the_role_held_at_that_moment(cast, trainee, quiet_day):
    from lms.accounts import actions as accounts  # the roles change, not the cast

    record_view(by=cast.clerk, file_number=trainee.file_number, unmasked="id_number,phone", reason="电话核查")
    quiet_day.shift(datetime.timedelta(days=1))
    accounts.end_role(by=SETUP, grant=cast.clerk.grants.get(), reason="tests")
    record_view(by=cast.clerk, file_number=trainee.file_number)
    later, earlier = history.looks(history.looks_of(trainee))
    assert (earlier.roles, earlier.seen, earlier.reason, earlier.who) == (
        "文员",
        "证件号码、电话",
        "电话核查",
        "文员",
    )
    assert (later.roles, later.seen) == ("", "")


# --- My file --------------------------------------------------------------------------------------------------


@pytest.fixture
def owner(cast, trainee):
    registry.link_account(by=cast.clerk, trainee=trainee, user=cast.trainee_user)
    return client_of(cast.trainee_user)


def test_the_person_reads_the_own_file_and_who_looked(cast, trainee, owner, finished):
    client_of(cast.operator).get(address(trainee))
    page = owner.get("/my/file/")
    html = page.content.decode()
    assert ("岩嘎" in html, PHONE in html, ID in html, "533528********9964" in html) == (True, True, False, True)
    assert [line.training_class for line in page.context["lines"]] == [finished]
    assert ("勐省操作员" in html, "(operator)" in html) == (True, False)
    assert finished.code in html
    assert FileView.objects.filter(viewer_id=str(cast.trainee_user.pk)).count() == 0


def test_who_has_no_file_is_told_how_to_get_one(cast):
    answer = client_of(cast.outsider).get("/my/file/")
    assert (answer.status_code, answer.templates[0].name) == (200, "trainees/learning/no_file.html")


def test_nobody_elses_file_is_my_file(cast, trainee, owner):
    other = cast.person(name="田别人")
    assert other.file_number not in shown(owner, "/my/file/")
    assert owner.get(address(other)).status_code == 403


def test_my_file_asks_the_same_number_of_questions(cast, trainee, owner, django_assert_num_queries):
    grow(cast, trainee, 1)
    owner.get("/my/file/")
    with django_assert_num_queries(14):
        owner.get("/my/file/")
    grow(cast, trainee, 2)
    with django_assert_num_queries(14):
        owner.get("/my/file/")


def test_a_cancelled_enrolment_is_no_training(cast, trainee):
    training_class = cast.training_class(days=1)
    enrol(by=cast.clerk, training_class=training_class, trainees=[trainee])
    trainee.enrolments.update(state="cancelled")
    assert client_of(cast.clerk).get(address(trainee)).context["lines"] == []
    assert AuditEvent.objects.filter(event="trainee.registered").exists()
