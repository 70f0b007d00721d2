import io
import threading
import uuid
import zipfile

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from lms.accounts.models import Agent
from lms.audit.models import AuditEvent
from lms.places.models import Division
from lms.privacy.models import FileView
from lms.refusals import Refused
from tests.cast import assemble, client_of, make_programme
from trainees.contest import actions
from trainees.contest.models import Contest, Entry
from trainees.contest.rules import is_plan, plain_file_name

pytestmark = pytest.mark.django_db
VISITOR = Agent("contest form")
PDF = b"%PDF-1.4\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def office(kind: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr({"docx": "word/document.xml", "pptx": "ppt/presentation.xml"}[kind], "<x/>")
    return out.getvalue()


@pytest.fixture
def contest(cast) -> Contest:
    """Entries from 1 May to 30 November 2018; the tests' day is in June."""
    return Contest.objects.get(code="DS2018")


def township(name: str = "勐省镇") -> Division:
    return Division.objects.current().townships().get(name=name)


def enter(contest, **facts) -> Entry:
    known = {
        "by": VISITOR,
        "contest": contest,
        "client_uuid": uuid.uuid4(),
        "kind": "person",
        "leader_name": "艾嘎",
        "phone": "13800138000",
        "township": township(),
        "project_title": "佤山核桃",
        "summary": "把单甲的核桃卖到昆明",
        "plan": PDF,
        "plan_name": "计划书.pdf",
    }
    return actions.enter(**{**known, **facts})


def typed(**facts) -> dict:
    known = {
        "client_uuid": str(uuid.uuid4()),
        "kind": "person",
        "leader_name": "艾嘎",
        "phone": "138 0013 8000",
        "township": township().pk,
        "project_title": "佤山核桃",
        "summary": "把单甲的核桃卖到昆明",
        "plan_file": SimpleUploadedFile("计划书.pdf", PDF),
    }
    return {**known, **facts}


def visitor() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


# --- Entering -----------------------------------------------------------------------------------------------------
def test_receipts_are_numbered_without_a_gap(contest):
    assert [enter(contest).receipt_number for _ in range(3)] == ["DS2018-0001", "DS2018-0002", "DS2018-0003"]
    event = AuditEvent.objects.filter(event="contest.entered").first()
    assert (event.record_label, event.place) == ("DS2018-0003", "530927103000")
    assert event.changes["phone"] == [None, "138****8000"]


def test_the_same_form_twice_is_one_entry(contest):
    token = uuid.uuid4()
    first = enter(contest, client_uuid=token)
    assert enter(contest, client_uuid=token, project_title="另一个") == first
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"kind": "team"}, "team_without_name"),
        ({"plan": b"MZ program"}, "plan_type"),
        ({"plan_name": "plan.exe"}, "plan_type"),
    ],
)
def test_refused_with_the_reason_and_no_number_used(contest, facts, code):
    with pytest.raises(Refused) as caught:
        enter(contest, **facts)
    assert caught.value.code == code
    assert enter(contest).receipt_number == "DS2018-0001"


@pytest.mark.parametrize(("day", "code"), [("2018-04-30", "contest_early"), ("2018-12-01", "contest_closed")])
def test_outside_the_dates_nothing_is_taken(contest, day, code):
    with time_machine.travel(f"{day}T12:00:00+08:00", tick=False), pytest.raises(Refused) as caught:
        enter(contest)
    assert caught.value.code == code


@pytest.mark.parametrize("day", ["2018-05-01", "2018-11-30"])
def test_the_first_and_the_last_day_belong_to_it(contest, day):
    with time_machine.travel(f"{day}T23:50:00+08:00", tick=False):
        assert enter(contest).receipt_number == "DS2018-0001"


def test_the_plan_is_stored_sealed_and_reads_back(contest, tmp_path):
    first, second = enter(contest, plan_name="plan.pdf"), enter(contest, plan_name="plan.pdf", plan=PDF + b"2")
    assert first.plan_file.name != second.plan_file.name
    assert (first.plan_file.read(), second.plan_file.read()) == (PDF, PDF + b"2")
    stored = [path.read_bytes() for path in (tmp_path / "sealed").rglob("*") if path.is_file()]
    assert len(stored) == 2
    assert not any(PDF in content for content in stored)


@pytest.mark.parametrize(
    ("name", "content", "taken"),
    [
        ("a.pdf", PDF, True),
        ("A.PDF", PDF, True),
        ("a.docx", office("docx"), True),
        ("a.pptx", office("pptx"), True),
        ("a.docx", office("pptx"), False),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"0" * 9, True),
        ("a.png", PNG, True),
        ("a.png", PDF, False),
        ("a.docx", b"PK\x03\x04 broken", False),
        ("a.pdf", b"MZ\x90", False),
        ("a.pdf.exe", PDF, False),
        ("a.exe", b"MZ\x90", False),
        ("pdf", PDF, False),
        ("a.pdf", b"", False),
    ],
)
def test_the_content_decides_what_a_file_is(name, content, taken):
    assert is_plan(name, content) == taken


def test_file_names_are_kept_plain():
    assert plain_file_name("C:\\Users\\ai\\计划.pdf") == "计划.pdf"
    assert plain_file_name("../../etc/pass\nwd.pdf") == "passwd.pdf"
    assert len(plain_file_name("长" * 300 + ".docx")) == 200
    assert plain_file_name("长" * 300 + ".docx").endswith(".docx")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_each_get_a_number_of_their_own(reload_ground):
    assemble(make_programme())
    contest = Contest.objects.get(code="DS2018")
    place = township()
    gate, problems = threading.Barrier(4), []
    tokens = [uuid.uuid4(), uuid.uuid4(), uuid.uuid4()]

    def send(token: uuid.UUID) -> None:
        try:
            gate.wait(10)
            enter(contest, client_uuid=token, township=place)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[token]) for token in [*tokens, tokens[0]]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert problems == []
    numbers = sorted(Entry.objects.values_list("receipt_number", flat=True))
    assert numbers == ["DS2018-0001", "DS2018-0002", "DS2018-0003"]


# --- The form -----------------------------------------------------------------------------------------------------
def test_a_visitor_enters_and_keeps_the_receipt(contest):
    client, sent = visitor(), typed()
    answer = client.post("/contest/DS2018/enter/", sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/contest/receipt/{sent['client_uuid']}/")
    page = client.get(answer.headers["Location"]).content.decode()
    assert "DS2018-0001" in page
    assert "艾*" in page
    assert not any(text in page for text in ("艾嘎", "13800138000", "138****8000"))
    entry = Entry.objects.get()
    assert (entry.phone, entry.entered_by, entry.trainee) == ("13800138000", None, None)


def test_sent_again_the_receipt_is_shown_again(contest):
    client, sent = visitor(), typed()
    first = client.post("/contest/DS2018/enter/", sent)
    again = client.post("/contest/DS2018/enter/", {**sent, "plan_file": ""})
    assert again.headers["Location"] == first.headers["Location"]
    assert Entry.objects.count() == 1


def test_a_trainee_finds_the_own_facts_filled_in(cast, contest):
    person = cast.person(name="艾嘎", phone="13900139000")
    person.user = cast.trainee_user
    person.save()
    client = client_of(cast.trainee_user)
    assert 'value="13900139000"' in client.get("/contest/DS2018/enter/").content.decode()
    client.post("/contest/DS2018/enter/", typed())
    entry = Entry.objects.get()
    assert (entry.trainee, entry.entered_by) == (person, cast.trainee_user)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"phone": "12345"}, "This is no phone number"),
        ({"plan_file": SimpleUploadedFile("a.pdf", b"")}, "This file is empty."),
        ({"plan_file": SimpleUploadedFile("a.exe", b"MZ")}, "This is not a PDF"),
        ({"plan_file": SimpleUploadedFile("a.pdf", b"MZ")}, "This is not a PDF"),
        ({"plan_file": ""}, "Choose the file with your business plan."),
        ({"kind": "team"}, "A team needs a name."),
        ({"website": "http://spam.example"}, "Leave this field empty and send the form again."),
        ({"leader_name": ""}, "Your name: This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_the_text_stays(contest, facts, sentence):
    page = visitor().post("/contest/DS2018/enter/", typed(**facts)).content.decode()
    assert sentence in page
    assert "把单甲的核桃卖到昆明" in page
    assert Entry.objects.count() == 0


def test_a_huge_file_is_refused_by_its_size(contest, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    big = SimpleUploadedFile("a.pdf", PDF + b"0" * 2000)
    page = visitor().post("/contest/DS2018/enter/", typed(plan_file=big)).content.decode()
    assert "This file is too large" in page
    assert Entry.objects.count() == 0


def test_one_address_sends_thirty_forms_in_ten_minutes(contest):
    client = visitor()
    pages = [client.post("/contest/DS2018/enter/", {}).content.decode() for _ in range(31)]
    assert ["Too many entries came from here" in page for page in pages] == [False] * 30 + [True]
    assert client.post("/contest/DS2018/enter/", typed(), REMOTE_ADDR="192.0.2.9").status_code == 302
    page = client.post("/contest/DS2018/enter/", typed(project_title="第三十二个")).content.decode()
    assert "第三十二个" in page, "what was typed stays"
    assert Entry.objects.count() == 1


def test_before_and_after_there_is_a_sentence_and_no_form(contest):
    for day, sentence in (
        ("2018-04-01", "Entries open on 1 May 2018."),
        ("2018-12-24", "Entries closed on 30 November 2018."),
    ):
        with time_machine.travel(f"{day}T12:00:00+08:00", tick=False):
            page = visitor().get("/contest/DS2018/enter/").content.decode()
            assert sentence in page
            assert 'name="plan_file"' not in page
            assert sentence.split(" on ")[0] in visitor().post("/contest/DS2018/enter/", typed()).content.decode()
    assert Entry.objects.count() == 0


def test_what_does_not_exist_is_not_found(contest):
    assert visitor().get("/contest/DS1999/enter/").status_code == 404
    assert visitor().get(f"/contest/receipt/{uuid.uuid4()}/").status_code == 404


# --- The centre's list --------------------------------------------------------------------------------------------
@pytest.fixture
def entries(contest) -> tuple[Entry, Entry]:
    return enter(contest, project_title="勐省的"), enter(contest, project_title="岩帅的", township=township("岩帅镇"))


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("manager", ["勐省的", "岩帅的"]),
        ("clerk", ["勐省的", "岩帅的"]),
        ("auditor", ["勐省的", "岩帅的"]),
        ("operator", ["勐省的"]),
        ("operator_elsewhere", ["岩帅的"]),
    ],
)
def test_each_office_sees_the_entries_of_its_place(cast, entries, who, seen):
    page = client_of(getattr(cast, who)).get("/contest/DS2018/entries/").content.decode()
    assert [title for title in ("勐省的", "岩帅的") if title in page] == seen
    assert "艾嘎" not in page
    assert "13800138000" not in page


@pytest.mark.parametrize("who", ["trainer", "trainee_user", "outsider"])
def test_others_see_no_list_and_no_plan(cast, entries, who):
    client = client_of(getattr(cast, who))
    assert client.get("/contest/DS2018/entries/").status_code == 403
    assert client.get(f"/contest/DS2018/entries/{entries[0].pk}/plan/").status_code == 403


def test_the_plan_is_given_out_within_the_place_and_the_look_written_down(cast, entries):
    address = f"/contest/DS2018/entries/{entries[0].pk}/plan/"
    assert client_of(cast.operator_elsewhere).get(address).status_code == 404
    answer = client_of(cast.operator).get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == PDF
    view = FileView.objects.get()
    assert (view.file_number, view.viewer) == ("DS2018-0001", cast.operator.label)


def test_the_list_costs_the_same_for_one_and_for_three(cast, contest, django_assert_num_queries):
    client = client_of(cast.clerk)
    for more in (1, 2):
        for _ in range(more):
            enter(contest)
        client.get("/contest/DS2018/entries/")
        with django_assert_num_queries(LIST_QUERIES):
            client.get("/contest/DS2018/entries/")


LIST_QUERIES = 9
