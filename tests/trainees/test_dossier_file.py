"""The whole file on one page, its long parts, its history in words, and the page of the person it is about."""

import ast
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
from trainees.consent import actions as consent
from trainees.consent.enums import Channel, ConsentKind
from trainees.consent.queries import texts_in_force
from trainees.dossier import history, words
from trainees.dossier.groups import groups_on
from trainees.ledgers.models import LedgerEntry
from trainees.ledgers.queries import entries_of
from trainees.merging.actions import merge_files
from trainees.outcomes import actions as outcomes
from trainees.practice import actions as practice
from trainees.practice.actions import ResultEntry
from trainees.profiles import actions as profiles
from trainees.progress import actions as progress
from trainees.registry import actions as registry
from trainees.rights import actions as rights
from trainees.rights.columns import COLUMNS
from trainees.rights.enums import Outcome, RequestKind

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


# Records of their own whose label is the number of a file.
NO_PERSON = ("item", "progress", "attempt")


def written_about_people() -> tuple[set[str], set[str]]:
    """Events of the log whose record is a person or a certificate, and the fields their changes name; read from the
    source: each call that writes one, and each call of the function it stands in where the event is a parameter."""
    calls = [
        (path, function, call)
        for package in ("trainees", "certificates")
        for path in (Path(words.__file__).parents[2] / package).rglob("*.py")
        for function in ast.parse(path.read_text(encoding="utf-8")).body
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
    ]
    events, fields, helpers = set(), set(), set()
    for path, function, call in calls:
        given = {word.arg: word.value for word in call.keywords}
        label = ast.unparse(given["label"]) if "label" in given else ""
        about = label.endswith(".file_number") and "record" in given and ast.unparse(given["record"]) not in NO_PERSON
        if about or (isinstance(given.get("event"), ast.Constant) and given["event"].value.startswith("certificate.")):
            fields |= _keys(given.get("changes")) | _put_into_changes(function)
            if isinstance(given["event"], ast.Constant):
                events.add(given["event"].value)
            else:
                helpers.add((path if function.name.startswith("_") else None, function.name))
    for path, _function, call in calls:
        name = ast.unparse(call.func).rpartition(".")[2]
        if (path, name) in helpers or (None, name) in helpers:
            for value in [*call.args, *(word.value for word in call.keywords)]:
                fields |= _keys(value)
                if isinstance(value, ast.Constant) and re.fullmatch(r"[a-z_]+\.[a-z_]+", str(value.value)):
                    events.add(value.value)
    return events, fields


def _put_into_changes(function) -> set[str]:
    """Where the changes are a variable of that name: what it begins with, and what is added."""
    keys = set()
    for node in ast.walk(function):
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            if isinstance(target, ast.Name) and target.id == "changes":
                keys |= _keys(node.value)
            if isinstance(target, ast.Subscript) and ast.unparse(target.value) == "changes":
                keys |= {target.slice.value} if isinstance(target.slice, ast.Constant) else set()
    return keys


def _keys(value) -> set[str]:
    keys = value.keys if isinstance(value, ast.Dict) else []
    return {key.value for key in keys if isinstance(key, ast.Constant)}


def test_every_event_about_a_person_has_its_word_and_so_have_its_fields():
    """A room that logs something new about a person adds its line to trainees/dossier/words.py."""
    events, fields = written_about_people()
    assert {"consent.given", "request.answered", "trainee.merged", "walk_in.matched", "certificate.issued"} <= events
    assert sorted(events - words.EVENTS.keys()) == []
    assert {"text", "witness", "due_on", "class", "groups", "person_times"} <= fields
    assert sorted(fields - words.FIELDS.keys()) == []


def test_everything_seen_in_full_has_its_word():
    source = Path(words.__file__).parents[2]
    paths = [path for name in ("trainees", "certificates") for path in (source / name).rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    seen = set(re.findall(r'unmasked="([^"]+)"', text)) | set(re.findall(r'document_of\(.*, "(\w+)"\)', text))
    parts = {part for entry in seen for part in entry.split(",")} | {column.key for column in COLUMNS}
    assert {"consent_scan", "group_document", "name", "birth_date", "village_group"} <= parts
    assert sorted(parts - words.SEEN.keys()) == []


def test_consents_and_requests_are_told_in_words(cast, trainee):
    consent.publish_samples(by=cast.manager)
    text = texts_in_force()[ConsentKind.ORDINARY]
    consent.give(by=cast.clerk, trainee=trainee, text=text, channel=Channel.WITNESS, witness="艾那")
    consent.withdraw(by=cast.clerk, trainee=trainee, kind=ConsentKind.ORDINARY, reason="电话")
    wish = rights.record_request(by=cast.clerk, trainee=trainee, kind=RequestKind.DELETION)
    rights.answer(by=cast.clerk, request=wish, outcome=Outcome.REFUSED, text="no")
    kind = "Kind of consent or request"
    assert said(trainee, "en")[:5] == [
        ("Request answered", [("Outcome", "—", "Not possible")], ""),
        ("Request recorded", [(kind, "—", "Delete the data"), ("Answer due", "—", wish.due_on.isoformat())], ""),
        ("Consent withdrawn", [(kind, "Ordinary consent", "—")], "电话"),
        ("Use of the file limited", [("Consent withdrawn", "No", "Yes")], "电话"),
        (
            "Consent given",
            [
                ("Text", "—", str(text)), ("How", "—", "Read aloud before a witness"),
                ("Given on", "—", TODAY.isoformat()), ("Witness", "—", "艾*"),
            ],
            "",
        ),
    ]  # fmt: skip


def test_a_merge_names_its_tables(cast, trainee):
    twin = cast.person(name="岩嘎", id_kind="none", id_number="", groups=["village_three_committees"])
    merge_files(by=cast.clerk, survivor=trainee, loser=twin)
    what, changes, _reason = said(trainee, "en")[0]
    assert what == "Another file of this person went on in this one"
    assert [field for field, _before, _after in changes] == ["File", "Person-times", "Groups"]


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


def test_my_file_leads_to_the_page_of_requests(owner):
    assert '<a class="btn btn--primary" href="/my/data/">' in owner.get("/my/file/").content.decode()


def test_my_file_names_women_by_their_sex(cast):
    woman = cast.person(id_number="", id_kind="none", sex="2", groups=["rural_youth"])
    man = cast.person(id_number="", id_kind="none", sex="1")
    assert (groups_on(woman, TODAY), groups_on(man, TODAY)) == ("农村青年、妇女", "")


@pytest.mark.parametrize("rows", [1, 3])
def test_ledgers_are_read_with_their_classes(cast, trainee, rows, django_assert_num_queries):
    for n in range(rows):
        LedgerEntry.objects.append(
            trainee=trainee, training_class=cast.training_class(code=f"L-{n}"), source="l.xlsx", recorded_by="x"
        )
    with django_assert_num_queries(1):
        assert [entry.training_class.code for entry in entries_of(trainee)] == [f"L-{n}" for n in range(rows)]


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
