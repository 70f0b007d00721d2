"""Pages of groups, certificates and the list of what waits to be verified."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.privacy.models import FileView
from tests.cast import SETUP, TODAY, client_of, synthetic_id
from tests.trainees.papers import PDF, disability_number, picture
from trainees.registry import actions
from trainees.registry.enums import Evidence
from trainees.registry.models import DisabilityCertificate

pytestmark = pytest.mark.django_db

WHO = [
    ("clerk", 200), ("manager", 200), ("operator", 200), ("auditor", 200), ("operator_elsewhere", 404),
    ("trainer", 403), ("outsider", 403), ("trainee_user", 403), ("admin", 403),
]  # fmt: skip


@pytest.fixture
def trainee(cast):
    return cast.person(name="岩嘎", id_number=synthetic_id(900))


@pytest.fixture
def membership(cast, trainee):
    return actions.add_membership(
        by=cast.operator, trainee=trainee, group="poor_household", valid_from=datetime.date(2018, 1, 1),
        evidence=Evidence.ROSTER, document=PDF,
    )  # fmt: skip


@pytest.fixture
def certificate(cast, trainee):
    return actions.record_disability(
        by=cast.operator, trainee=trainee, number=disability_number(900), document=picture(),
        issued_on=datetime.date(2016, 5, 1),
    )  # fmt: skip


def address(trainee, page: str = "") -> str:
    return f"/trainees/{trainee.file_number}/{page}"


def scan(content: bytes = PDF, name: str = "岩嘎13800138000.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(("who", "status"), WHO)
@pytest.mark.parametrize("page", ["groups/{m}/", "groups/{m}/document/", "disability/{c}/", "disability/{c}/document/"])
def test_who_sees_an_entry_its_proof_and_that_it_is_logged(cast, trainee, membership, certificate, page, who, status):
    path = address(trainee, page.format(m=membership.pk, c=certificate.pk))
    answer = client_of(getattr(cast, who)).get(path)
    assert answer.status_code == status
    assert FileView.objects.filter(file_number=trainee.file_number).count() == (status == 200)
    if status == 200:
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("page", ["groups/", "disability/"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("clerk", 200), ("operator", 200), ("operator_elsewhere", 404), ("auditor", 403), ("trainer", 403)],
)
def test_who_adds(cast, trainee, page, who, status):
    assert client_of(getattr(cast, who)).get(address(trainee, page)).status_code == status


@pytest.mark.parametrize(
    "page",
    ["groups/{m}/end/", "groups/{m}/void/", "groups/{m}/correct/", "groups/{m}/attach/", "disability/{c}/dates/",
     "disability/{c}/void/", "groups/{m}/verify/"],
)  # fmt: skip
def test_who_changes_an_entry(cast, trainee, membership, certificate, page):
    path = address(trainee, page.format(m=membership.pk, c=certificate.pk))
    operator = 403 if page.endswith("verify/") else 302
    for who, status in (("operator_elsewhere", 404), ("auditor", 403), ("trainer", 403), ("operator", operator)):
        expected = 403 if who == "operator_elsewhere" and operator == 403 else status
        assert client_of(getattr(cast, who)).post(path, {}).status_code == expected
    other = cast.person()
    elsewhere = address(other, page.format(m=membership.pk, c=certificate.pk))
    assert client_of(cast.clerk).post(elsewhere, {}).status_code == 404
    membership.refresh_from_db()
    assert (membership.valid_to, membership.voided_at, membership.verified_at) == (None, None, None)


def test_a_group_is_entered_with_its_proof(cast, trainee):
    client = client_of(cast.operator)
    facts = {
        "group": "veteran", "valid_from": "2017-09-01", "evidence": "veteran_card", "evidence_number": "退 0099871",
        "evidence_note": "seen at 13800138000", "document": scan(),
    }  # fmt: skip
    answer = client.post(address(trainee, "groups/"), facts)
    assert (answer.status_code, answer.url) == (302, address(trainee))
    row = trainee.memberships.get()
    assert (row.document_type, row.evidence_number, row.evidence_note) == ("pdf", "退 0099871", "seen at 138****8000")
    assert "岩嘎" not in row.document.name
    html = client.get(address(trainee, f"groups/{row.pk}/")).content.decode()
    assert ("0099871" in html, "**9871" in html, "岩嘎" in html) == (False, True, False)
    taken = client.get(address(trainee, f"groups/{row.pk}/document/"))
    assert (b"".join(taken.streaming_content), taken.headers["Content-Type"]) == (PDF, "application/pdf")
    assert taken.headers["Content-Disposition"].startswith("attachment")
    assert FileView.objects.first().unmasked == "group_document"


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"group": "women"}, ["group"]),
        ({"group": ""}, ["group"]),
        ({"valid_from": "31.02.2018"}, ["valid_from"]),
        ({"valid_to": "2017-01-01"}, ["__all__"]),
        ({"evidence": "rumour"}, ["evidence"]),
        ({"evidence_number": "9" * 61}, ["evidence_number"]),
        ({"document": scan(b"<html>")}, ["document"]),
        ({"group": "\x00"}, ["group"]),
    ],
)
def test_what_is_wrong_stands_at_its_field(cast, trainee, facts, wrong):
    known = {"group": "veteran", "valid_from": "2018-01-01", "evidence": "document"}
    answer = client_of(cast.clerk).post(address(trainee, "groups/"), {**known, **facts})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, wrong)
    assert trainee.memberships.count() == 0


def test_a_file_too_large_is_said(cast, trainee, settings):
    settings.UPLOAD_MAX_BYTES = 100
    facts = {"group": "veteran", "valid_from": "2018-01-01", "evidence": "document", "document": scan(PDF * 20)}
    answer = client_of(cast.clerk).post(address(trainee, "groups/"), facts)
    assert list(answer.context["form"].errors) == ["document"]
    assert trainee.memberships.count() == 0


def test_an_entry_is_corrected_verified_and_voided_on_its_page(cast, trainee, membership):
    clerk = client_of(cast.clerk)
    page = address(trainee, f"groups/{membership.pk}/")
    clerk.post(f"{page}verify/", {"evidence": "", "evidence_note": ""})
    membership.refresh_from_db()
    assert membership.verified_at is None, "a roster does not prove poverty"
    clerk.post(f"{page}verify/", {"evidence": "official_list", "evidence_note": "2018 list"})
    membership.refresh_from_db()
    assert (membership.verified_by, membership.evidence_note) == (cast.clerk.label, "2018 list")
    facts = {"valid_from": "2018-02-01", "valid_to": "", "evidence": "official_list", "reason": "read again"}
    clerk.post(f"{page}correct/", facts)
    new = trainee.memberships.live().get()
    assert (new.valid_from, new.verified_at, new.document_type) == (datetime.date(2018, 2, 1), None, "pdf")
    clerk.post(address(trainee, f"groups/{new.pk}/void/"), {"reason": "not poor"})
    assert trainee.memberships.live().count() == 0
    shown = clerk.get(address(trainee)).context["groups"]
    assert ([line.row.pk for line in shown.voided], shown.lines) == ([membership.pk, new.pk], [])


def test_the_file_as_of_a_day(cast, trainee, membership):
    client = client_of(cast.clerk)
    for on, names in (("2017-12-31", []), ("2018-01-01", ["建档立卡贫困户"]), ("nonsense", ["建档立卡贫困户"])):
        assert client.get(address(trainee), {"on": on}).context["groups"].on_day == names


def test_a_certificate_is_entered_and_its_number_is_never_shown_again(cast, trainee):
    client = client_of(cast.operator)
    facts = {
        "kind": "resident", "number": disability_number(900), "issued_on": "2016-05-01", "evidence": "document",
        "document": scan(picture(), "证.png"),
    }  # fmt: skip
    of_another = {**facts, "number": synthetic_id(901) + "43", "document": scan(picture(), "证.png")}
    wrong = client.post(address(trainee, "disability/"), of_another)
    assert list(wrong.context["form"].errors) == ["number"]
    assert client.post(address(trainee, "disability/"), facts).status_code == 302
    certificate = DisabilityCertificate.objects.get()
    for page in ("", f"disability/{certificate.pk}/", f"groups/{trainee.memberships.get().pk}/"):
        html = client.get(address(trainee, page)).content.decode()
        assert disability_number(900) not in html
    assert "肢体残疾 三级" in client.get(address(trainee, f"disability/{certificate.pk}/")).content.decode()
    dates = {"issued_on": "2017-05-01", "valid_to": "", "reason": "paper seen"}
    client.post(address(trainee, f"disability/{certificate.pk}/dates/"), dates)
    assert trainee.memberships.live().get().valid_from == datetime.date(2017, 5, 1)
    client.post(address(trainee, f"disability/{certificate.pk}/void/"), {"reason": "mixed up"})
    assert trainee.memberships.live().count() == 0


def test_a_certificate_is_not_shown_where_only_another_role_reaches(cast, trainee, certificate):
    accounts.grant_role(by=SETUP, user=cast.trainer, role=Role.TOWNSHIP_OPERATOR, place=cast.township("岩帅镇"))
    cast.training_class(people=[trainee])
    client = client_of(User.objects.get(pk=cast.trainer.pk))
    for page in (f"disability/{certificate.pk}/", f"disability/{certificate.pk}/document/", "disability/"):
        assert client.get(address(trainee, page)).status_code == 403


# --- To verify --------------------------------------------------------------------------------------------------


def listed(client, **query) -> list[str]:
    return [line.row.trainee.name for line in client.get("/groups/to-verify/", query).context["lines"]]


def test_the_list_ends_at_the_places_and_filters(cast, trainee, membership):
    cast.person(name="田强", township="岩帅镇", groups=["veteran"])
    assert listed(client_of(cast.clerk)) == ["岩嘎", "田强"]
    assert listed(client_of(cast.clerk), group="veteran") == ["田强"]
    assert listed(client_of(cast.clerk), township="530927103000") == ["岩嘎"]
    assert listed(client_of(cast.clerk), show="doubts") == []
    assert listed(client_of(cast.operator)) == ["岩嘎"]
    assert listed(client_of(cast.operator_elsewhere)) == ["田强"]
    for who in ("auditor", "trainer", "outsider"):
        assert client_of(getattr(cast, who)).get("/groups/to-verify/").status_code == 403
    html = client_of(cast.clerk).get("/groups/to-verify/").content.decode()
    assert ("岩*" in html, "岩嘎" in html) == (True, False)


def test_several_are_verified_against_one_list_and_the_others_say_why_not(cast):
    people = [cast.person(groups=["poor_household"], by=cast.operator) for _ in range(2)]
    own = cast.person(groups=["poor_household"], by=cast.clerk)
    there = cast.person(groups=["poor_household"], by=cast.operator_elsewhere, township="岩帅镇")
    rows = [str(person.memberships.get().pk) for person in (*people, own, there)]
    facts = {"evidence": "official_list", "evidence_note": "list of March"}
    operator = client_of(cast.operator)
    assert operator.post("/groups/to-verify/", {**facts, "entry": rows}).status_code == 403
    answer = client_of(cast.clerk).post("/groups/to-verify/", {**facts, "entry": [*rows[:3], "x", "²"]}, follow=True)
    assert [person.memberships.get().verified_by for person in people] == [cast.clerk.label] * 2
    assert (own.memberships.get().verified_at, there.memberships.get().verified_at) == (None, None)
    said = [str(message) for message in answer.context["messages"]]
    assert len(said) == 2
    assert own.file_number in said[1]


def test_who_verifies_for_one_township_does_not_for_another(cast):
    accounts.grant_role(by=SETUP, user=cast.operator, role=Role.CLERK, place=cast.township("岩帅镇"))
    client = client_of(User.objects.get(pk=cast.operator.pk))
    here, there = cast.person(groups=["veteran"]), cast.person(groups=["veteran"], township="岩帅镇")
    rows = [person.memberships.get().pk for person in (here, there)]
    client.post("/groups/to-verify/", {"evidence": "", "evidence_note": "", "entry": rows})
    assert [bool(person.memberships.get().verified_at) for person in (here, there)] == [False, True]
    assert client.post(address(here, f"groups/{rows[0]}/verify/"), {}).status_code == 403


@pytest.mark.parametrize("show", ["", "doubts"])
def test_the_list_asks_the_same_number_of_questions_at_any_length(cast, show, django_assert_num_queries):
    client = client_of(cast.clerk)

    def doubtful():
        person = cast.person()
        for group in ("cadre_leader", "poor_household"):
            actions.add_membership(by=cast.operator, trainee=person, group=group, valid_from=TODAY, evidence="roster")

    doubtful()
    client.get("/groups/to-verify/", {"show": show})
    with django_assert_num_queries(7):
        client.get("/groups/to-verify/", {"show": show})
    doubtful()
    doubtful()
    with django_assert_num_queries(7):
        assert len(client.get("/groups/to-verify/", {"show": show}).context["lines"]) == (3 if show else 6)
