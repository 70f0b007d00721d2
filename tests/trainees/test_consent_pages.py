"""Consents through the browser: the office, the person, the paper."""

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdfium2 import PdfDocument

from lms.accounts.enums import Role
from lms.audit.models import AuditEvent
from lms.privacy.models import FileView
from tests.cast import TODAY, _account, client_of
from trainees.consent import actions, queries
from trainees.consent.models import Consent, ConsentPolicy, ConsentText
from trainees.registry.actions import link_account

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4 signed"


@pytest.fixture
def texts(cast):
    actions.publish_samples(by=cast.manager)
    return queries.texts_in_force()


@pytest.fixture
def person(cast):
    trainee = cast.person(name="岩嘎")
    return link_account(by=cast.clerk, trainee=trainee, user=cast.trainee_user)


def scan(data: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile("scan.pdf", data, "application/pdf")


def page_of(trainee) -> str:
    return f"/trainees/{trainee.file_number}/consent/"


# --- Texts ----------------------------------------------------------------------------------------------------
def test_a_manager_writes_publishes_and_decides(cast):
    client = client_of(cast.manager)
    form = client.get("/consent/texts/ordinary/draft/").context["form"]
    assert form["title"].value() == "个人信息处理告知与同意书"
    answer = client.post("/consent/texts/ordinary/draft/", {"title": "告知书", "body": "第一段\n\n第二段"})
    text = ConsentText.objects.get()
    assert answer.url == f"/consent/texts/{text.pk}/"
    client.post(f"/consent/texts/{text.pk}/publish/")
    text.refresh_from_db()
    assert text.published_by == cast.manager.label
    client.post("/consent/texts/", {"required": "on", "basis": "县政府履行法定职责"})
    assert (ConsentPolicy.objects.get().required, ConsentPolicy.objects.get().basis) == (True, "县政府履行法定职责")
    assert client.get("/consent/texts/nothing/draft/").status_code == 404


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [("clerk", 200, 403), ("operator", 200, 403), ("auditor", 200, 403), ("trainer", 403, 403), ("outsider", 403, 403)],
)
def test_who_keeps_the_texts(cast, who, reads, writes):
    client = client_of(getattr(cast, who))
    assert client.get("/consent/texts/").status_code == reads
    assert client.get("/consent/texts/ordinary/draft/").status_code == writes
    assert client.post("/consent/texts/", {"required": "on"}).status_code == writes


def test_the_security_officer_keeps_texts_and_sees_no_names(cast):
    client = client_of(_account("officer", "安全员", (Role.SECURITY_OFFICER, None)))
    assert client.get("/consent/texts/").status_code == 200
    assert client.get("/consent/missing/").status_code == 403


# --- One person -----------------------------------------------------------------------------------------------
def test_a_signed_paper_is_entered_with_its_scan(cast, texts, person):
    client = client_of(cast.clerk)
    data = {"kinds": ["ordinary", "sensitive"], "channel": "paper", "given_on": "2018-06-14"}
    without = client.post(page_of(person), data)
    assert list(without.context["form"].errors) == ["scan"]
    assert client.post(page_of(person), {**data, "scan": scan(b"MZ")}).context["form"].errors.keys() == {"scan"}
    assert client.post(page_of(person), {**data, "scan": scan()}).status_code == 302
    assert [(one.kind, one.channel) for one in person.consents.order_by("kind")] == [
        ("ordinary", "paper"), ("sensitive", "paper"),
    ]  # fmt: skip
    sheet = person.consents.first().sheet
    answer = client.get(f"/consent/scans/{sheet.pk}/")
    assert (answer.content, answer.headers["Content-Type"]) == (PDF, "application/pdf")
    assert FileView.objects.filter(file_number=person.file_number, unmasked="consent_scan").count() == 1


def test_a_witness_has_a_name(cast, texts, person):
    client = client_of(cast.clerk)
    data = {"kinds": ["ordinary"], "channel": "witness", "given_on": "2018-06-14"}
    assert list(client.post(page_of(person), data).context["form"].errors) == ["witness"]
    assert client.post(page_of(person), {**data, "witness": "田主任"}).status_code == 302
    assert "田主任" in client.get(page_of(person)).content.decode()


def test_a_withdrawal_shows_on_the_file(cast, texts, person):
    client = client_of(cast.clerk)
    assert client.post(f"{page_of(person)}withdraw/", {"kind": "ordinary"}).status_code == 302
    assert "已撤回同意" not in client.get(f"/trainees/{person.file_number}/").content.decode()
    client.post(f"{page_of(person)}withdraw/", {"kind": "ordinary", "reason": "来信"})
    assert "已撤回同意" in client.get(f"/trainees/{person.file_number}/").content.decode()
    assert "已撤回同意" in client.get(page_of(person)).content.decode()


def test_an_operator_of_another_township_finds_nothing(cast, texts, person):
    client = client_of(cast.operator_elsewhere)
    sheet = actions.keep_sheet(by=cast.clerk, data=PDF)
    actions.give(by=cast.clerk, trainee=person, text=texts["ordinary"], channel="paper", sheet=sheet)
    assert client.get(page_of(person)).status_code == 404
    assert client.post(f"{page_of(person)}withdraw/", {"kind": "ordinary", "reason": "x"}).status_code == 404
    assert client.get(f"/consent/scans/{sheet.pk}/").status_code == 404
    assert list(client.get("/consent/missing/").context["page"]) == []
    assert client_of(cast.operator).get(f"/consent/scans/{sheet.pk}/").status_code == 200


def test_a_sheet_with_people_of_two_townships_is_for_those_who_see_both(cast, texts, person):
    sheet = actions.keep_sheet(by=cast.clerk, data=PDF)
    for trainee in (person, cast.person(township="岩帅镇")):
        actions.give(by=cast.clerk, trainee=trainee, text=texts["ordinary"], channel="paper", sheet=sheet)
    assert client_of(cast.operator).get(f"/consent/scans/{sheet.pk}/").status_code == 404
    assert client_of(cast.clerk).get(f"/consent/scans/{sheet.pk}/").status_code == 200


def test_an_auditor_reads_and_changes_nothing(cast, texts, person):
    client = client_of(cast.auditor)
    assert client.get(page_of(person)).status_code == 200
    data = {"kinds": ["ordinary"], "channel": "witness", "witness": "田", "given_on": "2018-06-14"}
    assert client.post(page_of(person), data).status_code == 403
    assert client.post(f"{page_of(person)}withdraw/", {"kind": "ordinary", "reason": "x"}).status_code == 403
    assert Consent.objects.count() == 0


# --- The person's own page ------------------------------------------------------------------------------------
def test_the_person_reads_agrees_and_withdraws(cast, texts, person):
    client = client_of(cast.trainee_user)
    assert "保存多久" in client.get("/my/consent/").content.decode()
    client.post("/my/consent/ordinary/give/", {"text": texts["ordinary"].pk})
    assert person.consents.count() == 0
    for _ in range(2):
        client.post("/my/consent/ordinary/give/", {"text": texts["ordinary"].pk, "agreed": "on"})
    assert [(one.channel, one.recorded_by) for one in person.consents.all()] == [("screen", cast.trainee_user.label)]
    client.post("/my/consent/ordinary/withdraw/")
    person.refresh_from_db()
    assert (person.consents.live().count(), bool(person.use_withdrawn_at)) == (0, True)
    assert client.get("/my/").status_code == 200


def test_a_text_of_another_kind_or_a_draft_is_not_agreed_to(cast, texts, person):
    client = client_of(cast.trainee_user)
    draft = actions.save_draft(by=cast.manager, kind="ordinary", title="草", body="稿")
    for pk in (draft.pk, texts["sensitive"].pk, 999999):
        assert client.post("/my/consent/ordinary/give/", {"text": pk, "agreed": "on"}).status_code == 404
    assert client.post("/my/consent/nothing/give/", {"text": 1, "agreed": "on"}).status_code == 404
    assert client_of(cast.outsider).get("/my/consent/").status_code == 404


def test_a_child_is_told_that_a_guardian_decides(cast, texts):
    child = cast.person(id_number="", id_kind="none", birth_date=datetime.date(2008, 1, 1))
    link_account(by=cast.clerk, trainee=child, user=cast.trainee_user)
    data = {"text": texts["ordinary"].pk, "agreed": "on"}
    answer = client_of(cast.trainee_user).post("/my/consent/ordinary/give/", data, follow=True)
    assert "监护人" in answer.content.decode()
    assert Consent.objects.count() == 0


# --- Paper ----------------------------------------------------------------------------------------------------
def text_of(data: bytes) -> str:
    with PdfDocument(io.BytesIO(data)) as pdf:
        return "".join(page.get_textpage().get_text_range() for page in pdf)


def test_a_form_for_a_village_and_one_for_a_class(cast, texts, person):
    client = client_of(cast.clerk)
    village = cast.village("勐省镇", "回珠")
    blank = client.get(f"/consent/paper/?place={village.code}&rows=30")
    assert blank.headers["Content-Type"] == "application/pdf"
    read = text_of(blank.content)
    assert ("回珠" in read, "岩嘎" in read, "处理敏感个人信息的单独同意书" in read) == (True, False, True)
    training_class = cast.training_class(people=[person], open=False)
    named = text_of(client.get(f"/consent/paper/?training_class={training_class.code}").content)
    assert ("岩嘎" in named, person.file_number in named) == (True, True)
    assert AuditEvent.objects.get(event="consent.form_printed").changes == {"names": [0, 1]}


def test_a_form_needs_one_of_the_two_and_a_text(cast, person):
    client = client_of(cast.clerk)
    village = cast.village("勐省镇", "回珠")
    assert client.get("/consent/paper/?rows=5").context["form"].errors
    assert client.get(f"/consent/paper/?place={village.code}").context["form"].errors
    assert client.get("/consent/paper/?place=x&rows=-1").context["form"].errors
    assert client_of(cast.operator_elsewhere).get(f"/consent/paper/?place={village.code}").context["form"].errors


def test_the_signed_list_of_a_class_is_ticked(cast, texts):
    training_class = cast.training_class(people=2, open=False)
    elsewhere = cast.person(township="岩帅镇")
    from trainees.attendance.actions import enrol  # beside its only use

    enrol(by=cast.clerk, training_class=training_class, trainees=[elsewhere])
    first, second = [row.trainee for row in training_class.enrolments.order_by("id")[:2]]
    client = client_of(cast.operator)
    address = f"/classes/{training_class.code}/consent/"
    assert len(client.get(address).context["rows"]) == 2
    data = {
        "given_on": "2018-06-14", f"ordinary-{first.pk}": "on", f"sensitive-{first.pk}": "on",
        f"ordinary-{second.pk}": "on", f"witness-{second.pk}": "田主任", f"ordinary-{elsewhere.pk}": "on",
    }  # fmt: skip
    back = client.post(address, data)
    assert list(back.context["form"].errors) == ["scan"]
    ticked = [[ticked for _standing, _name, ticked in row["boxes"]] for row in back.context["rows"]]
    assert ticked == [[True, True, False], [True, False, False]]
    assert [row["witness"] for row in back.context["rows"]] == ["", "田主任"]
    assert Consent.objects.count() == 0
    for _ in range(2):
        assert client.post(address, {**data, "scan": scan()}).status_code == 302
    assert sorted(Consent.objects.values_list("trainee", "kind", "channel")) == sorted([
        (first.pk, "ordinary", "paper"), (first.pk, "sensitive", "paper"), (second.pk, "ordinary", "witness"),
    ])  # fmt: skip
    assert client_of(cast.auditor).get(address).status_code == 403


# --- Numbers of queries ---------------------------------------------------------------------------------------
def test_the_missing_cost_the_same_for_one_and_three(cast, texts, django_assert_num_queries):
    client = client_of(cast.clerk)
    cast.person()
    client.get("/consent/missing/")
    with django_assert_num_queries(7):
        client.get("/consent/missing/")
    cast.person(), cast.person(township="岩帅镇")
    with django_assert_num_queries(7):
        assert client.get("/consent/missing/").context["page"].paginator.count == 3
    wanted = client.get("/consent/missing/?township=530927103000&kind=sensitive")
    assert wanted.context["page"].paginator.count == 2


def test_the_list_of_a_class_costs_the_same_for_one_and_three(cast, texts, django_assert_num_queries):
    client = client_of(cast.clerk)
    small, large = cast.training_class(people=1, open=False), cast.training_class(people=3, open=False)
    client.get(f"/classes/{small.code}/consent/")
    for training_class in (small, large):
        with django_assert_num_queries(8):
            client.get(f"/classes/{training_class.code}/consent/")


def test_today_is_the_day_of_a_form(cast, texts, person):
    assert client_of(cast.clerk).get(page_of(person)).context["form"]["given_on"].value() == TODAY
