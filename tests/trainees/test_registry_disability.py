"""Disability certificates: what the number must agree with, and from which day on somebody is disabled."""

import datetime

import pytest
from django.db import connection

from lms.audit.models import AuditEvent
from lms.privacy import masking
from lms.refusals import Refused
from tests.cast import TODAY, synthetic_id
from tests.trainees.papers import PDF, disability_number
from trainees.registry import actions
from trainees.registry.enums import CertificateKind, Doubt, Evidence, IdKind
from trainees.registry.groups import queries
from trainees.registry.models import DisabilityCertificate, GroupMembership

pytestmark = pytest.mark.django_db


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture
def trainee(cast):
    return cast.person(id_number=synthetic_id(900))


def record(cast, trainee, issued_on="2016-05-01", tail="43", **facts):
    known = {"number": disability_number(900, tail), "issued_on": day(issued_on) if issued_on else None}
    return actions.record_disability(by=facts.pop("by", cast.clerk), trainee=trainee, **{**known, **facts})


def refusal(call, **facts) -> str:
    with pytest.raises(Refused) as refused:
        call(**facts)
    return refused.value.code


def spans(trainee) -> list[tuple[str, str | None, bool]]:
    """(from, to, follows from a certificate) of the live entries."""
    rows = trainee.memberships.live().filter(group="disabled").order_by("valid_from")
    return [(str(row.valid_from), row.valid_to and str(row.valid_to), row.certificate_id is not None) for row in rows]


def doubts(trainee) -> list[list[Doubt]]:
    rows = queries.with_doubts(trainee.memberships.live().filter(group="disabled").order_by("valid_from"))
    return [queries.doubts_of(row) for row in rows]


# --- The number -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tail", "category", "grade"),
    [("43", "4", "3"), ("11", "1", "1"), ("74", "7", "4"), ("43B1", "4", "3"), ("62B2", "6", "2")],
)
def test_the_number_says_category_and_grade(cast, trainee, tail, category, grade):
    certificate = record(cast, trainee, tail=tail)
    assert (certificate.category, certificate.grade) == (category, grade)
    assert len(certificate.number) in (20, 22)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"tail": ""}, "disability_number"),
        ({"tail": "4"}, "disability_number"),
        ({"tail": "83"}, "disability_number"),
        ({"tail": "45"}, "disability_number"),
        ({"tail": "430"}, "disability_number"),
        ({"tail": "43C1"}, "disability_number"),
        ({"number": "5335281960010199764300"}, "disability_number"),
        ({"number": synthetic_id(901) + "43"}, "disability_other_person"),
        ({"number": "533528196001019970" + "43"}, "id_checksum"),
        ({"category": "5"}, "disability_category"),
        ({"grade": "1"}, "disability_grade"),
        ({"issued_on": "2018-06-16"}, "issued_in_future"),
        ({"issued_on": "1900-01-01"}, "issued_before_birth"),
        ({"valid_to": datetime.date(2016, 4, 30)}, "dates_reversed"),
        ({"document": b"no paper"}, "document_type"),
        ({"kind": CertificateKind.SOLDIER, "number": "军"}, "soldier_number"),
        ({"kind": CertificateKind.SOLDIER, "number": "军" * 31}, "soldier_number"),
        ({"kind": CertificateKind.SOLDIER, "number": "军军军军军"}, "soldier_number"),
    ],
)
def test_what_does_not_agree_is_refused_and_nothing_written(cast, trainee, facts, code):
    assert refusal(record, cast=cast, trainee=trainee, **facts) == code
    assert (DisabilityCertificate.objects.count(), GroupMembership.objects.count()) == (0, 0)


@pytest.mark.parametrize("text", ["'{}", " {} ", "{}\u3000"])
def test_the_number_is_cleaned_as_an_id_is(cast, trainee, text):
    certificate = record(cast, trainee, number=text.format(disability_number(900)))
    assert certificate.number == disability_number(900)


def test_category_and_grade_typed_as_the_number_says_are_fine(cast, trainee):
    assert record(cast, trainee, category="4", grade="3").grade == "3"


def test_a_person_without_an_id_number_may_hold_one(cast):
    trainee = cast.person(id_kind=IdKind.NONE, id_number="")
    record(cast, trainee)
    assert spans(trainee) == [("2016-05-01", None, True)]
    other = cast.person(id_kind=IdKind.NONE, id_number="")
    assert refusal(record, cast=cast, trainee=other) == "disability_taken"


def test_a_soldier_holds_another_certificate(cast, trainee):
    certificate = record(cast, trainee, kind=CertificateKind.SOLDIER, number="滇军残字第 009961 号")
    assert (certificate.category, certificate.grade, certificate.number) == ("", "", "滇军残字第009961号")
    assert spans(trainee) == [("2016-05-01", None, True)]


def test_the_number_is_stored_encrypted_and_shown_to_nobody(cast, trainee):
    certificate = record(cast, trainee, document=PDF)
    assert str(certificate) == "*" * 20 == masking.disability_number(disability_number(900))
    with connection.cursor() as cursor:
        for table in ("trainees_disabilitycertificate", "trainees_groupmembership", "lms_auditevent"):
            cursor.execute(f'SELECT * FROM "{table}"')
            stored = str(cursor.fetchall())
            assert synthetic_id(900) not in stored
    assert AuditEvent.objects.get(event="trainee.disability_recorded").changes["number"] == [None, "*" * 20]


# --- From which day on ------------------------------------------------------------------------------------------


def test_disabled_from_the_issue_date_to_the_last_day_and_never_before(cast, trainee):
    record(cast, trainee, valid_to=day("2017-12-31"))
    assert spans(trainee) == [("2016-05-01", "2017-12-31", True)]
    on = [GroupMembership.objects.as_of(day(text)).exists() for text in ("2016-04-30", "2016-05-01", "2018-01-01")]
    assert on == [False, True, False]


def test_an_earlier_claim_keeps_its_days_as_a_doubtful_claim(cast, trainee):
    """The auditors' own case: on the roster of a class as disabled, and the certificate was issued later."""
    actions.add_membership(
        by=cast.operator, trainee=trainee, group="disabled", valid_from=day("2016-01-01"), evidence=Evidence.ROSTER
    )
    record(cast, trainee)
    assert spans(trainee) == [("2016-01-01", "2016-04-30", False), ("2016-05-01", None, True)]
    assert doubts(trainee) == [[Doubt.BEFORE_CERTIFICATE], []]
    assert [row.trainee for row in queries.to_verify(cast.clerk, doubtful=True)] == [trainee]
    claim = trainee.memberships.live().get(certificate=None)
    actions.void_membership(by=cast.clerk, membership=claim, reason="issued in May")
    assert spans(trainee) == [("2016-05-01", None, True)]


def test_a_later_claim_gives_way_to_the_certificate(cast, trainee):
    actions.add_membership(
        by=cast.operator, trainee=trainee, group="disabled", valid_from=day("2018-01-01"), evidence=Evidence.ROSTER
    )
    record(cast, trainee)
    assert spans(trainee) == [("2016-05-01", None, True)]
    assert trainee.memberships.count() == 2, "the claim stays as history"


def test_without_an_issue_date_it_counts_from_the_report_and_waits(cast, trainee):
    certificate = record(cast, trainee, issued_on="", reported_on=day("2018-06-01"), evidence=Evidence.ROSTER)
    assert spans(trainee) == [("2018-06-01", None, True)]
    assert doubts(trainee) == [[Doubt.ISSUE_DATE]]
    membership = trainee.memberships.get()
    facts = {"by": cast.manager, "membership": membership, "evidence": Evidence.DOCUMENT}
    assert refusal(actions.verify_membership, **facts) == "issue_date_missing"
    actions.correct_disability(
        by=cast.clerk, certificate=certificate, issued_on=day("2015-03-01"), valid_to=None, reason="paper seen"
    )
    assert (spans(trainee), doubts(trainee)) == ([("2015-03-01", None, True)], [[]])
    actions.verify_membership(**{**facts, "membership": trainee.memberships.live().get()})
    certificate.refresh_from_db()
    assert (certificate.verified_by, certificate.evidence) == (cast.manager.label, "document")


def test_without_an_issue_date_a_claim_keeps_its_days(cast, trainee):
    actions.add_membership(
        by=cast.operator, trainee=trainee, group="disabled", valid_from=day("2018-01-01"), evidence=Evidence.ROSTER
    )
    certificate = record(cast, trainee, issued_on="")
    assert (spans(trainee), doubts(trainee)) == ([("2018-01-01", None, False)], [[Doubt.ISSUE_DATE]])
    facts = {"by": cast.manager, "membership": trainee.memberships.get(), "evidence": Evidence.DOCUMENT}
    assert refusal(actions.verify_membership, **facts) == "issue_date_missing"
    actions.correct_disability(
        by=cast.clerk, certificate=certificate, issued_on=day("2018-03-01"), valid_to=None, reason="paper seen"
    )
    assert spans(trainee) == [("2018-01-01", "2018-02-28", False), ("2018-03-01", None, True)]


def test_the_same_certificate_again_is_the_same_record(cast, trainee):
    first = record(cast, trainee, issued_on="")
    assert record(cast, trainee, issued_on="") == first
    assert record(cast, trainee, issued_on="2016-05-01") == first
    assert record(cast, trainee, issued_on="") == record(cast, trainee) == first
    first.refresh_from_db()
    assert (first.issued_on, spans(trainee)) == (day("2016-05-01"), [("2016-05-01", None, True)])
    assert refusal(record, cast=cast, trainee=trainee, issued_on="2016-05-02") == "disability_known"
    assert DisabilityCertificate.objects.count() == 1


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_a_reissued_certificate_follows_the_older_one_whichever_is_entered_first(cast, trainee, order):
    papers = [("2008-01-01", "2018-01-31", "44"), ("2018-01-10", None, "43B1")]
    for n in order:
        issued, last, tail = papers[n]
        record(cast, trainee, issued_on=issued, tail=tail, valid_to=day(last) if last else None)
    assert spans(trainee) == [("2008-01-01", "2018-01-09", True), ("2018-01-10", None, True)]


def test_what_follows_is_changed_at_the_certificate_alone(cast, trainee):
    certificate = record(cast, trainee)
    membership = trainee.memberships.get()
    for call, facts in (
        (actions.end_membership, {"valid_to": TODAY}),
        (actions.void_membership, {}),
        (actions.correct_membership, {"valid_from": TODAY, "valid_to": None}),
    ):
        code = refusal(call, by=cast.clerk, membership=membership, reason="x", **facts)
        assert code == "group_follows_certificate"
    actions.correct_disability(
        by=cast.clerk, certificate=certificate, issued_on=day("2016-05-01"), valid_to=TODAY, reason="withdrawn"
    )
    assert spans(trainee) == [("2016-05-01", str(TODAY), True)]


def test_a_certificate_of_somebody_else_is_voided_with_what_followed(cast, trainee):
    certificate = record(cast, trainee)
    facts = {"by": cast.clerk, "certificate": certificate}
    assert refusal(actions.void_disability, **facts, reason="") == "reason_missing"
    actions.void_disability(**facts, reason="mixed up")
    assert spans(trainee) == []
    assert refusal(actions.void_disability, **facts, reason="x") == "entry_voided"
    record(cast, trainee)  # entered anew
    assert spans(trainee) == [("2016-05-01", None, True)]


def test_an_id_number_corrected_later_makes_the_certificate_doubtful(cast, trainee):
    record(cast, trainee)
    assert doubts(trainee) == [[]]
    actions.set_identity(
        by=cast.clerk, trainee=trainee, id_kind=IdKind.RESIDENT, id_number=synthetic_id(902), reason="typing error"
    )
    assert doubts(trainee) == [[Doubt.OTHER_ID]]


def test_corrected_dates_need_a_new_pair_of_eyes(cast, trainee):
    certificate = record(cast, trainee)
    actions.verify_membership(by=cast.manager, membership=trainee.memberships.get())
    actions.correct_disability(
        by=cast.manager, certificate=certificate, issued_on=day("2016-06-01"), valid_to=None, reason="read again"
    )
    certificate.refresh_from_db()
    membership = trainee.memberships.live().get()
    assert (certificate.verified_at, membership.verified_at) == (None, None)
    assert refusal(actions.verify_membership, by=cast.manager, membership=membership) == "verify_own"
