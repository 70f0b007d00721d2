"""Dated groups: their days, their proof, the second pair of eyes, and what contradicts itself."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import TODAY
from tests.trainees.papers import PDF, picture
from trainees.registry import actions
from trainees.registry.documents import document_type
from trainees.registry.enums import Doubt, Evidence
from trainees.registry.groups import queries
from trainees.registry.groups.queries import groups_as_of, groups_of_file
from trainees.registry.models import GroupMembership

pytestmark = pytest.mark.django_db


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def add(cast, trainee, group="veteran", valid_from="2018-01-01", valid_to=None, **facts):
    known = {"by": cast.operator, "evidence": Evidence.ROSTER}
    return actions.add_membership(
        **{**known, **facts}, trainee=trainee, group=group, valid_from=day(valid_from),
        valid_to=day(valid_to) if valid_to else None,
    )  # fmt: skip


def refusal(call, **facts) -> str:
    with pytest.raises(Refused) as refused:
        call(**facts)
    return refused.value.code


def spans(trainee, group: str) -> list[tuple[str, str | None]]:
    rows = trainee.memberships.live().filter(group=group).order_by("valid_from")
    return [(str(row.valid_from), str(row.valid_to) if row.valid_to else None) for row in rows]


# --- Days -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("2018-03-01", "2018-03-31", "group_overlaps"),
        ("2018-02-01", "2018-02-28", "group_overlaps"),
        ("2017-01-01", "2018-02-01", "group_overlaps"),
        ("2018-04-30", None, "group_overlaps"),
        ("2017-01-01", None, "group_overlaps"),
        ("2018-04-10", "2018-04-01", "dates_reversed"),
        ("2018-05-01", None, ""),
        ("2017-01-01", "2018-01-31", ""),
    ],
)
def test_two_entries_of_a_group_never_share_a_day(cast, first, last, code):
    trainee = cast.person()
    add(cast, trainee, valid_from="2018-02-01", valid_to="2018-04-30")
    facts = {"cast": cast, "trainee": trainee, "valid_from": first, "valid_to": last}
    if code:
        assert refusal(add, **facts) == code
        assert trainee.memberships.count() == 1
    else:
        add(**facts)
        assert trainee.memberships.count() == 2


def test_the_database_itself_refuses_two_open_entries_and_two_of_one_first_day(cast):
    trainee = cast.person()
    row = {"trainee": trainee, "group": "veteran", "valid_from": TODAY, "evidence": "roster", "recorded_by": "x"}
    GroupMembership.objects.create(**row)
    for other in ({"valid_from": TODAY - datetime.timedelta(days=1)}, {"valid_to": TODAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            GroupMembership.objects.create(**{**row, **other})


def test_a_voided_entry_holds_on_no_day_and_stays(cast):
    trainee = cast.person()
    membership = add(cast, trainee)
    assert refusal(actions.void_membership, by=cast.clerk, membership=membership, reason=" ") == "reason_missing"
    actions.void_membership(by=cast.clerk, membership=membership, reason="mixed up, call 13800138000")
    membership.refresh_from_db()
    assert (membership.voided_by, membership.void_reason) == (cast.clerk.label, "mixed up, call 138****8000")
    assert list(GroupMembership.objects.as_of(TODAY).filter(trainee=trainee)) == []
    assert refusal(actions.void_membership, by=cast.clerk, membership=membership, reason="x") == "entry_voided"
    add(cast, trainee)  # the same days again
    assert AuditEvent.objects.filter(event="trainee.group_voided").count() == 1


def test_a_correction_keeps_the_old_entry_as_history(cast):
    trainee = cast.person()
    old = add(cast, trainee, evidence_number="退字 0099", document=PDF)
    actions.verify_membership(by=cast.clerk, membership=old)
    new = actions.correct_membership(
        by=cast.clerk, membership=old, valid_from=day("2017-09-01"), valid_to=None, reason="card says 2017",
        evidence=Evidence.VETERAN_CARD,
    )  # fmt: skip
    old.refresh_from_db()
    assert (old.valid_from, old.voided_by, old.void_reason) == (day("2018-01-01"), cast.clerk.label, "card says 2017")
    assert (new.evidence_number, new.document.name, new.verified_at) == ("退字 0099", old.document.name, None)
    assert spans(trainee, "veteran") == [("2017-09-01", None)]
    event = AuditEvent.objects.get(event="trainee.group_corrected")
    assert event.changes["valid_from"] == ["2018-01-01", "2017-09-01"]


def test_a_correction_that_would_overlap_changes_nothing(cast):
    trainee = cast.person()
    add(cast, trainee, valid_from="2016-01-01", valid_to="2016-12-31")
    later = add(cast, trainee)
    facts = {"by": cast.clerk, "membership": later, "valid_from": day("2016-06-01"), "valid_to": None, "reason": "x"}
    assert refusal(actions.correct_membership, **facts) == "group_overlaps"
    assert spans(trainee, "veteran") == [("2016-01-01", "2016-12-31"), ("2018-01-01", None)]


def test_groups_as_of_a_day_for_many_in_one_query(cast, django_assert_num_queries):
    woman, man, nobody = cast.person(), cast.person(), cast.person()
    if woman.sex != "2":
        woman, man = man, woman
    add(cast, woman, valid_from="2018-03-01")
    add(cast, man, "coop_member", valid_from="2018-01-01", valid_to="2018-02-28")
    actions.void_membership(by=cast.clerk, membership=add(cast, nobody, "big_grower"), reason="x")
    people = [woman, man, nobody]
    with django_assert_num_queries(1):
        early = groups_as_of(people, day("2018-02-28"))
    sex = ("women",) if nobody.sex == "2" else ()
    assert early == {woman.pk: ("women",), man.pk: ("coop_member",), nobody.pk: sex}
    assert groups_as_of(people, day("2018-03-01")) == {woman.pk: ("veteran", "women"), man.pk: (), nobody.pk: sex}


# --- Proof ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (b"\x00\x00" + PDF, "pdf"),
        (picture("PNG"), "png"),
        (picture("JPEG"), "jpg"),
        (PDF[:20], ""),
        (picture("GIF"), ""),
        (picture("PNG")[:30], ""),
        (b"\x89PNG\r\n\x1a\n<script>", ""),
        (b"\xff\xd8\xff not a photo", ""),
        (b"<html>", ""),
        (b"", ""),
    ],
)
def test_a_document_is_what_its_content_says(content, kind):
    assert document_type(content) == kind


def test_the_document_and_its_number_are_stored_encrypted(cast):
    membership = add(cast, cast.person(), evidence_number="军 0099871", document=PDF)
    with membership.document.storage._below.open(membership.document.name) as stored:
        assert b"%PDF" not in stored.read()
    assert membership.document.open().read() == PDF
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM trainees_groupmembership")
        assert "0099871" not in str(cursor.fetchall())
    assert membership.masked_evidence_number == "*****9871"


def test_what_is_no_document_is_refused_and_nothing_written(cast, settings):
    trainee = cast.person()
    facts = {"cast": cast, "trainee": trainee}
    assert refusal(add, **facts, document=b"MZ program") == "document_type"
    settings.UPLOAD_MAX_BYTES = 10
    assert refusal(add, **facts, document=PDF) == "document_too_large"
    assert trainee.memberships.count() == 0


def test_a_scan_that_comes_later_is_added_once(cast):
    membership = add(cast, cast.person())
    actions.attach_document(by=cast.operator, membership=membership, document=picture())
    again = {"by": cast.operator, "membership": membership, "document": PDF}
    assert refusal(actions.attach_document, **again) == "document_there"
    membership.refresh_from_db()
    assert membership.document_type == "png"


def test_a_second_person_verifies(cast):
    membership = add(cast, cast.person(), by=cast.clerk)
    assert refusal(actions.verify_membership, by=cast.clerk, membership=membership) == "verify_own"
    actions.verify_membership(by=cast.manager, membership=membership, evidence_note="list of March")
    membership.refresh_from_db()
    assert (membership.verified_by, membership.evidence_note) == (cast.manager.label, "list of March")
    assert refusal(actions.verify_membership, by=cast.manager, membership=membership) == "entry_verified"


@pytest.mark.parametrize("group", ["poor_household", "disabled"])
@pytest.mark.parametrize("evidence", [Evidence.ROSTER, Evidence.DECLARED])
def test_somebodys_word_does_not_verify_poverty_or_disability(cast, group, evidence):
    membership = add(cast, cast.person(), group, evidence=evidence)
    assert refusal(actions.verify_membership, by=cast.clerk, membership=membership) == "evidence_weak"
    actions.verify_membership(by=cast.clerk, membership=membership, evidence=Evidence.OFFICIAL_LIST)
    membership.refresh_from_db()
    assert (membership.evidence, membership.verified_by) == ("official_list", cast.clerk.label)
    assert AuditEvent.objects.get(event="trainee.group_verified").changes["evidence"] == [evidence, "official_list"]


def test_a_voided_entry_is_not_verified(cast):
    membership = add(cast, cast.person())
    actions.void_membership(by=cast.clerk, membership=membership, reason="x")
    assert refusal(actions.verify_membership, by=cast.clerk, membership=membership) == "entry_voided"


# --- What contradicts itself ------------------------------------------------------------------------------------


def doubts(trainee) -> dict[str, list[str]]:
    rows = queries.with_doubts(trainee.memberships.live().order_by("group", "valid_from"))
    return {f"{row.group} {row.valid_from}": [str(doubt) for doubt in queries.doubts_of(row)] for row in rows}


def test_a_group_of_women_on_a_man_is_doubtful(cast):
    people = [cast.person(), cast.person()]
    man = next(person for person in people if person.sex == "1")
    woman = next(person for person in people if person.sex == "2")
    for person in people:
        add(cast, person, "left_behind_women")
    assert doubts(man) == {"left_behind_women 2018-01-01": [Doubt.NO_WOMAN]}
    assert doubts(woman) == {"left_behind_women 2018-01-01": []}
    assert [row.trainee for row in queries.to_verify(cast.clerk, doubtful=True)] == [man]


@pytest.mark.parametrize(("last", "said"), [("2017-12-31", []), ("2018-01-01", [Doubt.CADRE]), (None, [Doubt.CADRE])])
def test_a_leading_cadre_is_not_poor_on_the_same_day(cast, last, said):
    trainee = cast.person()
    add(cast, trainee, "cadre_leader", valid_from="2016-01-01", valid_to=last)
    add(cast, trainee, "poor_household", valid_from="2018-01-01")
    assert doubts(trainee)["poor_household 2018-01-01"] == said


def test_one_card_in_two_files_is_doubtful_and_one_list_is_not(cast):
    first, second = cast.person(), cast.person()
    for person in (first, second):
        add(cast, person, evidence=Evidence.VETERAN_CARD, evidence_number="退 0099")
        add(cast, person, "ecom_leader", evidence=Evidence.OFFICIAL_LIST, evidence_number="沧商〔2018〕3号")
    assert doubts(first) == {"ecom_leader 2018-01-01": [], "veteran 2018-01-01": [Doubt.SAME_NUMBER]}
    actions.void_membership(by=cast.clerk, membership=second.memberships.get(group="veteran"), reason="not his")
    assert doubts(first)["veteran 2018-01-01"] == []


def test_the_list_ends_at_the_own_places(cast):
    here, elsewhere = cast.person(), cast.person(township="岩帅镇")
    for person in (here, elsewhere):
        add(cast, person)
    found = {who: [row.trainee for row in queries.to_verify(getattr(cast, who))] for who in ("clerk", "operator")}
    assert found == {"clerk": [here, elsewhere], "operator": [here]}
    assert list(queries.to_verify(cast.trainer)) == list(queries.to_verify(cast.auditor)) == []
    actions.verify_membership(by=cast.clerk, membership=here.memberships.get())
    assert list(queries.to_verify(cast.operator)) == []


# --- On the file ------------------------------------------------------------------------------------------------


def test_the_file_says_what_held_on_a_day(cast, django_assert_num_queries):
    trainee = cast.person()
    add(cast, trainee, valid_from="2018-01-01", valid_to="2018-03-31")
    add(cast, trainee, "poor_household", valid_from="2018-04-01")
    women = ["妇女"] if trainee.sex == "2" else []
    assert groups_of_file(trainee, by=cast.clerk, as_of=day("2018-03-31")).on_day == ["退役军人", *women]
    with django_assert_num_queries(3):
        shown = groups_of_file(trainee, by=cast.clerk, as_of=day("2018-04-01"))
    assert shown.on_day == ["建档立卡贫困户", *women]
    assert [(line.row.group, line.holds) for line in shown.lines] == [("poor_household", True), ("veteran", False)]
    assert (shown.may_edit, shown.may_verify) == (True, True)


def test_poverty_and_disability_are_not_shown_outside_the_role(cast):
    trainee = cast.person(groups=["poor_household", "disabled", "veteran"])
    cast.training_class(people=[trainee])
    shown = groups_of_file(trainee, by=cast.trainer, as_of=TODAY)
    assert [line.row.group for line in shown.lines] == ["veteran"]
    assert (shown.certificates, shown.stays, shown.may_edit, shown.may_verify) == ([], [], False, False)
