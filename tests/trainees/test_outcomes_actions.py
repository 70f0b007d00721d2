"""What became of people: recorded with a proof, confirmed by somebody else, struck out with a reason."""

import datetime
import io
import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connections, transaction

from lms.audit.models import AuditEvent
from lms.privacy.models import FileView
from lms.refusals import Refused
from tests.cast import TODAY, client_of
from trainees.outcomes import actions
from trainees.outcomes.models import Outcome

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 licence"


@pytest.fixture
def trainee(cast):
    return cast.person(name="岩嘎")


def record(cast, trainee, **facts) -> Outcome:
    known = {"by": cast.clerk, "kind": "shop_opened", "happened_on": TODAY, "proof_text": "店铺后台已核对"}
    return actions.record_outcome(trainee=trainee, **{**known, **facts})


def test_an_outcome_is_recorded_and_confirmed_by_somebody_else(cast, trainee):
    outcome = record(
        cast, trainee, kind="first_sale", amount_yuan=Decimal("168.00"), proof_link="https://shop.example/1"
    )
    with pytest.raises(Refused) as refused:
        actions.verify_outcome(by=cast.clerk, outcome=outcome)
    assert refused.value.code == "own_outcome"
    assert list(Outcome.objects.verified()) == []
    verified = actions.verify_outcome(by=cast.manager, outcome=outcome)
    assert (verified.verified_by, list(Outcome.objects.verified())) == (cast.manager.label, [outcome])
    with pytest.raises(Refused) as refused:
        actions.verify_outcome(by=cast.manager, outcome=outcome)
    assert refused.value.code == "outcome_verified"
    events = AuditEvent.objects.filter(event__startswith="trainee.outcome").order_by("pk")
    assert [(event.event, event.record_label) for event in events] == [
        ("trainee.outcome_recorded", trainee.file_number), ("trainee.outcome_verified", trainee.file_number)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"kind": "lottery"}, "outcome_unknown"),
        ({"happened_on": TODAY + datetime.timedelta(days=1)}, "day_ahead"),
        ({"amount_yuan": Decimal("5")}, "amount_out_of_place"),
        ({"kind": "first_sale", "amount_yuan": Decimal("0")}, "amount_out_of_place"),
        ({"proof_text": "  "}, "proof_missing"),
        ({"proof_link": "javascript:alert(1)"}, "link_wrong"),
        ({"document": b"MZ program", "document_name": "licence.pdf"}, "document_type"),
        ({"document": PDF, "document_name": "licence.exe"}, "document_type"),
        ({"kind": "business_registered", "proof_text": "91110000600037341A"}, "licence_wrong"),
    ],
)
def test_what_is_no_outcome(cast, trainee, facts, code):
    with pytest.raises(Refused) as refused:
        record(cast, trainee, **facts)
    assert (refused.value.code, Outcome.objects.count()) == (code, 0)


def test_a_licence_code_with_its_check_digit_is_taken(cast, trainee):
    assert record(cast, trainee, kind="business_registered", proof_text="91110000600037341L").pk


def test_the_same_outcome_of_a_day_is_one_until_it_is_struck_out(cast, trainee):
    first = record(cast, trainee)
    with pytest.raises(Refused) as refused:
        record(cast, trainee)
    assert refused.value.code == "outcome_known"
    with pytest.raises(Refused) as refused:
        actions.void_outcome(by=cast.clerk, outcome=first, reason=" ")
    assert refused.value.code == "reason_missing"
    actions.void_outcome(by=cast.clerk, outcome=first, reason="店铺是别人的")
    assert record(cast, trainee).pk != first.pk
    assert Outcome.objects.live().count() == 1
    for again in (actions.verify_outcome, actions.void_outcome):
        with pytest.raises(Refused) as refused:
            again(by=cast.manager, outcome=first, **({"reason": "x"} if again is actions.void_outcome else {}))
        assert refused.value.code == "outcome_voided"


@pytest.mark.parametrize(
    "facts",
    [{"proof_text": ""}, {"amount_yuan": Decimal("1")}, {"verified_at": "2018-06-01T00:00Z"}, {"void_reason": "x"}],
)
def test_the_database_holds_the_rules(cast, trainee, facts):
    outcome = record(cast, trainee)
    with pytest.raises(IntegrityError), transaction.atomic():
        Outcome.objects.filter(pk=outcome.pk).update(**facts)


@pytest.mark.django_db(transaction=True)
def test_six_desks_record_one_outcome(reload_ground, cast):
    trainee, gate, answers = cast.person(), threading.Barrier(6), []

    def press():
        gate.wait()
        try:
            answers.append(record(cast, trainee, document=PDF, document_name="a.pdf").pk)
        except Refused as refused:
            answers.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(answers), answers.count("outcome_known"), Outcome.objects.count()) == (6, 5, 1)


# --- Pages ----------------------------------------------------------------------------------------------------


def address(trainee, page: str = "") -> str:
    return f"/trainees/{trainee.file_number}/outcomes/{page}"


def upload(content: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


@pytest.mark.parametrize(
    ("who", "status"),
    [("clerk", 200), ("manager", 200), ("operator", 200), ("operator_elsewhere", 404), ("auditor", 403),
     ("trainer", 403), ("trainee_user", 403)],
)  # fmt: skip
def test_who_records(cast, trainee, who, status):
    assert client_of(getattr(cast, who)).get(address(trainee)).status_code == status


def test_the_whole_way_on_pages(cast, trainee):
    facts = {"kind": "job", "happened_on": "2018-06-01", "document": upload(PDF, "合同.pdf")}
    answer = client_of(cast.operator).post(address(trainee), facts)
    assert answer.url == f"/trainees/{trainee.file_number}/#outcomes"
    outcome = Outcome.objects.get()
    with outcome.proof_file.storage._below.open(outcome.proof_file.name) as sealed:
        assert PDF not in sealed.read()
    proof = client_of(cast.auditor).get(address(trainee, f"{outcome.pk}/proof/"))
    assert (b"".join(proof.streaming_content), proof.headers["Content-Type"]) == (PDF, "application/pdf")
    assert FileView.objects.get(unmasked="outcome_proof").viewer == cast.auditor.label
    assert client_of(cast.operator).post(address(trainee, f"{outcome.pk}/verify/")).status_code == 403
    client_of(cast.clerk).post(address(trainee, f"{outcome.pk}/verify/"))
    outcome.refresh_from_db()
    assert outcome.verified_by == cast.clerk.label
    assert client_of(cast.operator).post(address(trainee, f"{outcome.pk}/void/"), {"reason": "x"}).status_code == 403
    client_of(cast.manager).post(address(trainee, f"{outcome.pk}/void/"), {"reason": "合同是假的"})
    outcome.refresh_from_db()
    assert (outcome.voided_by, outcome.void_reason) == (cast.manager.label, "合同是假的")


@pytest.mark.parametrize("page", ["verify/", "void/", "proof/"])
def test_an_outcome_is_reached_through_its_own_file_and_place_alone(cast, trainee, page):
    outcome = record(cast, trainee, document=PDF, document_name="a.pdf")
    other = cast.person()
    method = "get" if page == "proof/" else "post"
    for user, file in ((cast.manager, other), (cast.operator_elsewhere, trainee)):
        answer = getattr(client_of(user), method)(address(file, f"{outcome.pk}/{page}"), {"reason": "x"})
        assert answer.status_code in (403, 404)
    outcome.refresh_from_db()
    assert (outcome.verified_at, outcome.voided_at) == (None, None)


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"kind": "job", "amount_yuan": "5"}, "amount_yuan"), ({"proof_link": "ftp://x"}, "proof_link"),
     ({"happened_on": "2030-01-01"}, "happened_on"), ({"document": upload(b"x", "a.pdf")}, "document")],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field(cast, trainee, facts, field):
    known = {"kind": "first_sale", "happened_on": "2018-06-01", "proof_text": "后台"}
    answer = client_of(cast.clerk).post(address(trainee), {**known, **facts})
    assert list(answer.context["form"].errors) == [field]


def test_neither_the_name_of_the_proof_nor_the_reason_tells_a_number(cast, trainee):
    outcome = record(cast, trainee, document=PDF, document_name="岩嘎533528198506159964.PDF")
    assert outcome.proof_file_name == "shop_opened-2018-06-15.pdf"
    voided = actions.void_outcome(by=cast.clerk, outcome=outcome, reason="电话 13912345678 说不是")
    assert voided.void_reason == "电话 139****5678 说不是"
