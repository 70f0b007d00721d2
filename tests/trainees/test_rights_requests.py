"""What people ask about their own data: the clock, the answer, the copy, the restriction."""

import datetime
import io
import json

import pytest
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from lms.audit.models import AuditEvent
from lms.privacy.models import FileView
from lms.refusals import Refused
from tests.cast import TODAY, client_of
from trainees.attendance import actions as attendance
from trainees.consent import actions as consents
from trainees.consent.queries import texts_in_force
from trainees.progress import actions as progress
from trainees.registry import actions as registry
from trainees.registry.models import Trainee
from trainees.rights import actions, queries
from trainees.rights.models import DueItem, RightsRequest

pytestmark = pytest.mark.django_db

ID, PHONE = "533528198506159964", "13912345678"


@pytest.fixture
def person(cast):
    trainee = cast.person(name="岩嘎", id_number=ID, phone=PHONE, household_number="5309271234567890")
    return registry.link_account(by=cast.clerk, trainee=trainee, user=cast.trainee_user)


def ask(cast, person, kind="access", **facts) -> RightsRequest:
    return actions.record_request(**{"by": cast.clerk, "trainee": person, "kind": kind, **facts})


def code_of(call) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


# --- The clock ------------------------------------------------------------------------------------------------
def test_the_clock_runs_for_thirty_days_from_the_day_it_came(cast, person, quiet_day):
    wish = ask(cast, person, received_on=TODAY - datetime.timedelta(days=3))
    assert (wish.due_on, wish.days_left, wish.is_overdue) == (datetime.date(2018, 7, 12), 27, False)
    assert list(queries.requests_of(cast.clerk, state="overdue")) == []
    quiet_day.shift(datetime.timedelta(days=28))
    assert (wish.is_overdue, list(queries.requests_of(cast.clerk, state="overdue"))) == (True, [wish])
    assert code_of(lambda: ask(cast, person, "copy", received_on=datetime.date(2019, 1, 1))) == "received_in_future"


def test_the_same_wish_again_is_the_one_that_waits(cast, person):
    assert ask(cast, person) == ask(cast, person)
    assert AuditEvent.objects.filter(event="request.recorded").count() == 1


def test_an_answer_is_in_words_and_given_once(cast, person):
    wish = ask(cast, person)
    assert code_of(lambda: actions.answer(by=cast.clerk, request=wish, outcome="done", text=" ")) == "answer_missing"
    wish = actions.answer(by=cast.clerk, request=wish, outcome="done", text="已当面查阅")
    assert (wish.outcome, wish.answered_by, wish.days_left) == ("done", cast.clerk.label, 30)
    assert code_of(lambda: actions.answer(by=cast.clerk, request=wish, outcome="done", text="再")) == "request_answered"
    assert ask(cast, person) != wish


# --- The copy -------------------------------------------------------------------------------------------------
@pytest.fixture
def copy_of(cast, person, django_capture_on_commit_callbacks):
    def made(form: str) -> bytes:
        with django_capture_on_commit_callbacks(execute=True):
            wish = ask(cast, person, "copy", copy_format=form)
        wish.refresh_from_db()
        return wish.copy.open().read()

    return made


def test_a_copy_for_another_system_holds_everything(cast, person, copy_of):
    training_class = cast.training_class(people=[person])
    cast.mark(training_class, [person])
    consents.publish_samples(by=cast.manager)
    consents.give(by=cast.clerk, trainee=person, text=texts_in_force()["ordinary"], channel="screen")
    told = json.loads(copy_of("json"))
    assert told["file_number"] == person.file_number
    file = told["data"]["trainees.Trainee"][0]
    assert {"岩嘎", ID, PHONE} <= set(file.values())
    assert told["data"]["trainees.Household"] == [{"户编号": "5309271234567890"}]
    assert len(told["data"]["trainees.Scan"]) == 2
    assert {"trainees.Consent", "trainees.Enrolment", "trainees.Presence", "trainees.RightsRequest"} <= told[
        "data"
    ].keys()
    assert person.id_hash not in json.dumps(told)


def test_a_copy_is_a_workbook_or_paper_as_well(copy_of, cast, person):
    book = load_workbook(io.BytesIO(copy_of("xlsx")))
    assert ID in [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    actions.answer(by=cast.clerk, request=RightsRequest.objects.get(), outcome="done", text="已给")
    with PdfDocument(copy_of("pdf")) as pdf:
        text = "".join(page.get_textpage().get_text_range() for page in pdf)
    assert ID in text
    assert "岩嘎" in text


def test_a_copy_is_sealed_and_goes_after_a_week(cast, person, copy_of, quiet_day):
    copy_of("json")
    wish = RightsRequest.objects.get()
    client = client_of(cast.trainee_user)
    assert client.get(f"/requests/{wish.pk}/copy/").status_code == 200
    assert FileView.objects.filter(file_number=person.file_number, unmasked="copy_of_all_data").count() == 1
    quiet_day.shift(datetime.timedelta(days=7, minutes=1))
    assert actions.drop_expired() == 1
    assert client_of(cast.trainee_user).get(f"/requests/{wish.pk}/copy/").status_code == 404


# --- Deletion -------------------------------------------------------------------------------------------------
def test_while_the_audit_needs_it_a_file_is_restricted_and_not_deleted(cast, person, programme):
    closed = cast.training_class(people=[person])
    cast.mark(closed, [person])
    progress.close_and_count(by=cast.clerk, training_class=closed)
    running = cast.training_class(people=[person], open=False)
    wish = ask(cast, person, "deletion")
    assert queries.audit_runs(person) == datetime.date(2028, 12, 31)
    assert code_of(lambda: actions.answer(by=cast.clerk, request=wish, outcome="done", text="好")) == "audit_runs"
    actions.answer(by=cast.clerk, request=wish, outcome="restricted", text="审计期内只保存")
    person.refresh_from_db()
    assert running.enrolments.get().state == "cancelled"
    assert progress.recount(by=cast.clerk, programme=programme, check=True).differences == []
    for call in (
        lambda: registry.correct_trainee(by=cast.clerk, trainee=person, changes={"name": "岩"}),
        lambda: registry.set_identity(by=cast.clerk, trainee=person, id_kind="none", id_number="", reason="x"),
        lambda: registry.add_membership(
            by=cast.clerk, trainee=person, group="rural_youth", valid_from=TODAY, evidence="document"
        ),
        lambda: attendance.enrol(by=cast.clerk, training_class=running, trainees=[person]),
    ):
        assert code_of(call) == "file_restricted"


def test_a_restriction_is_lifted_at_the_persons_wish(cast, person):
    actions.restrict(by=cast.clerk, trainee=person, reason="本人要求")
    assert code_of(lambda: actions.unrestrict(by=cast.clerk, trainee=person, reason="")) == "reason_missing"
    actions.unrestrict(by=cast.clerk, trainee=person, reason="到场")
    assert registry.correct_trainee(by=cast.clerk, trainee=person, changes={"name": "岩帅"}).name == "岩帅"


def test_a_file_no_figure_rests_on_is_proposed_for_deletion(cast, person):
    wish = ask(cast, person, "deletion")
    actions.answer(by=cast.clerk, request=wish, outcome="done", text="将匿名处理")
    item = DueItem.objects.get()
    assert (item.kind, item.state, item.proposed_by) == ("request", "proposed", cast.clerk)
    assert code_of(lambda: actions.confirm(by=cast.clerk, items=[item])) == "own_proposal"
    actions.confirm(by=cast.manager, items=[item])
    list(actions.carry_out(by=cast.manager))
    assert Trainee.objects.get(pk=person.pk).name == "已匿名"


def test_only_deletion_ends_in_a_restriction(cast, person):
    wish = ask(cast, person)
    assert (
        code_of(lambda: actions.answer(by=cast.clerk, request=wish, outcome="restricted", text="好"))
        == "not_a_deletion"
    )


# --- Pages ----------------------------------------------------------------------------------------------------
def test_an_operator_of_another_township_sees_no_request(cast, person):
    wish = ask(cast, person, text="岩嘎的电话错了")
    other = client_of(cast.operator_elsewhere)
    assert list(other.get("/requests/").context["page"]) == []
    for address in (f"/requests/{wish.pk}/", f"/requests/{wish.pk}/copy/", f"/trainees/{person.file_number}/rights/"):
        assert other.get(address).status_code == 404
    assert other.post(f"/requests/{wish.pk}/", {"outcome": "done", "text": "好"}).status_code == 404
    assert other.post(f"/requests/{wish.pk}/lift/", {"reason": "好"}).status_code == 404
    assert client_of(cast.operator).get(f"/requests/{wish.pk}/").status_code == 200


@pytest.mark.parametrize(("who", "status"), [("auditor", 403), ("trainer", 403), ("outsider", 403)])
def test_who_may_not_answer(cast, person, who, status):
    wish = ask(cast, person)
    answer = client_of(getattr(cast, who)).post(f"/requests/{wish.pk}/", {"outcome": "done", "text": "好"})
    assert (answer.status_code, RightsRequest.objects.get().answered_at) == (status, None)


def test_the_person_asks_and_reads_the_answer_on_the_own_page(cast, person, django_capture_on_commit_callbacks):
    mine, desk = client_of(cast.trainee_user), client_of(cast.clerk)
    assert list(mine.post("/my/data/", {"kind": "correction"}).context["form"].errors) == ["text"]
    mine.post("/my/data/", {"kind": "correction", "text": "电话错了"})
    wish = RightsRequest.objects.get()
    assert (wish.asked, wish.recorded_by) == ("own_page", cast.trainee_user.label)
    page = desk.get(f"/requests/{wish.pk}/").content.decode()
    assert f"/trainees/{person.file_number}/edit/" in page
    assert "岩嘎" not in page
    desk.post(f"/requests/{wish.pk}/", {"outcome": "done", "text": "电话已改好"})
    assert "电话已改好" in mine.get("/my/data/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        mine.post("/my/data/", {"kind": "copy", "copy_format": "json"})
    copied = RightsRequest.objects.get(kind="copy")
    assert mine.get(f"/requests/{copied.pk}/copy/").headers["Content-Type"] == "application/json"


def test_the_own_page_is_for_people_with_a_file(cast, person):
    assert client_of(cast.outsider).get("/my/data/").status_code == 404
    page = client_of(cast.trainee_user).get("/my/data/").content.decode()
    assert ID not in page
    assert "533528********9964" in page


def test_a_clerk_records_what_was_said_at_the_counter(cast, person):
    client = client_of(cast.clerk)
    data = {"kind": "deletion", "asked": "phone", "received_on": "2018-06-14", "text": "不想留"}
    answer = client.post(f"/trainees/{person.file_number}/rights/", data)
    wish = RightsRequest.objects.get()
    assert (answer.url, wish.due_on, wish.asked) == (f"/requests/{wish.pk}/", datetime.date(2018, 7, 14), "phone")
    late = client.post(
        f"/trainees/{person.file_number}/rights/", {**data, "kind": "access", "received_on": "2018-06-20"}
    )
    assert list(late.context["form"].errors) == ["received_on"]
    assert client_of(cast.auditor).post(f"/trainees/{person.file_number}/rights/", data).status_code == 403


def test_the_list_costs_the_same_for_one_and_three(cast, person, django_assert_num_queries):
    client = client_of(cast.clerk)
    ask(cast, person)
    client.get("/requests/")
    with django_assert_num_queries(5):
        client.get("/requests/")
    for _ in range(2):
        ask(cast, cast.person())
    with django_assert_num_queries(5):
        assert client.get("/requests/").context["page"].paginator.count == 3
