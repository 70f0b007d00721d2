import datetime
import threading

import pytest
from django.db import connection, connections
from django.utils import timezone

from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import TODAY, synthetic_id
from trainees.registry import actions
from trainees.registry.enums import Evidence, IdKind, IdState, Sex
from trainees.registry.models import GroupMembership, Household, Trainee

pytestmark = pytest.mark.django_db

WOMAN = "533528198506159964"


def register(cast, **facts):
    known = {"by": cast.clerk, "name": "艾嘎", "township": cast.township("勐省镇"), "id_number": WOMAN}
    return actions.register(**{**known, **facts})


def test_a_file_holds_what_was_said_and_what_the_number_says(cast):
    village = cast.village("勐省镇", "回珠")
    trainee = register(
        cast, name=" 岩　嘎", village=village, phone="+86 138-0013-8000", sex="1", ethnic="21", education="70",
        birth_date=datetime.date(1999, 1, 1), aliases=["艾那"], village_group="3组", source="walk-in",
    )  # fmt: skip
    trainee.refresh_from_db()
    assert (trainee.name, trainee.aliases, trainee.name_pinyin) == ("岩嘎", ["艾那"], "aiga|ag|yanga|yg|aina|an")
    assert (trainee.id_number, trainee.id_kind, trainee.id_state) == (WOMAN, IdKind.RESIDENT, IdState.VALID)
    assert (trainee.sex, trainee.birth_date) == (Sex.FEMALE, datetime.date(1985, 6, 15))
    assert (trainee.phone, trainee.village, trainee.created_by) == ("13800138000", village, cast.clerk.label)
    assert trainee.file_number == f"530927-{trainee.pk:06d}"
    assert Trainee.objects.by_id_number(WOMAN).get() == trainee


def test_the_log_names_the_file_and_nobody(cast):
    trainee = register(cast, groups=["poor_household"])
    event = AuditEvent.objects.get(event="trainee.registered")
    assert (event.record_label, event.actor, event.place) == (trainee.file_number, cast.clerk.label, "530927103000")
    assert event.changes == {"groups": [[], ["poor_household"]]}


def test_a_person_is_registered_in_a_handful_of_queries(cast, django_assert_num_queries):
    township = cast.township("勐省镇")
    register(cast, township=township, groups=["disabled"])
    facts = {"by": cast.clerk, "name": "艾嘎", "township": township, "groups": ["disabled"]}
    with django_assert_num_queries(7):  # savepoint, file, its number, search keys, groups, log, release
        actions.register(**facts, id_number=synthetic_id(7))


def test_groups_are_dated_and_women_follow_from_the_number(cast):
    trainee = register(cast, groups=["women", "poor_household", "disabled"], groups_from=datetime.date(2018, 5, 20))
    rows = trainee.memberships.values_list("group", "valid_from", "valid_to", "evidence")
    day = datetime.date(2018, 5, 20)
    assert list(rows) == [("disabled", day, None, "roster"), ("poor_household", day, None, "roster")]


def test_a_household_is_one_for_all_its_members(cast):
    first = register(cast, household_number="5309271234567890")
    second = register(cast, id_number=synthetic_id(8), household_number="5309271234567890")
    assert first.household == second.household
    assert Household.objects.get().number == "5309271234567890"


def test_without_a_document_the_file_waits_for_review(cast):
    trainee = register(cast, id_kind=IdKind.NONE, id_number="", sex="2", birth_date=datetime.date(1990, 1, 1))
    other = register(cast, id_kind=IdKind.NONE, id_number="")
    assert (trainee.id_state, trainee.sex, trainee.id_hash) == (IdState.REVIEW, Sex.FEMALE, "")
    assert other != trainee


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"name": "  "}, "name_missing"),
        ({"name": "艾1"}, "name_invalid"),
        ({"id_number": "533528198506159970"}, "id_checksum"),
        ({"id_number": "H12345678"}, "id_kind"),
        ({"phone": "12345"}, "phone_invalid"),
        ({"groups": ["dragons"]}, "group_unknown"),
        ({"household_number": "?"}, "household_number_invalid"),
    ],
)
def test_what_cannot_be_registered_is_refused_and_leaves_nothing(cast, facts, code):
    with pytest.raises(Refused) as refused:
        register(cast, **facts)
    assert refused.value.code == code
    assert Trainee.objects.count() == Household.objects.count() == 0


def test_a_village_belongs_to_its_township(cast):
    with pytest.raises(Refused) as refused:
        register(cast, village=cast.village("岩帅镇", "贺勐"))
    assert refused.value.code == "village_elsewhere"
    with pytest.raises(Refused) as refused:
        register(cast, township=cast.village("岩帅镇", "贺勐"))
    assert refused.value.code == "township_unknown"


def test_the_same_number_again_leads_to_the_file_there_is(cast):
    trainee = register(cast)
    with pytest.raises(Refused) as refused:
        register(cast, name="另一个", id_number=" 533528 19850615 9964")
    assert (refused.value.code, refused.value.facts["trainee"]) == ("id_known", trainee)
    assert Trainee.objects.count() == 1


def test_no_number_and_no_phone_stands_readable_in_the_database(cast):
    register(cast, phone="13800138000", household_number="5309271234567890")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM trainees_trainee")
        row = " ".join(map(str, cursor.fetchone()))
        cursor.execute("SELECT * FROM trainees_household")
        row += " ".join(map(str, cursor.fetchone()))
    for secret in (WOMAN, "13800138000", "5309271234567890"):
        assert secret not in row


@pytest.mark.django_db(transaction=True)
def test_two_registrations_at_once_give_one_file_and_one_refusal(reload_ground, cast):
    """One number, two clerks, the same moment."""
    gate, outcomes = threading.Barrier(2), []
    township = cast.township("勐省镇")

    def clerk():
        gate.wait()
        try:
            outcomes.append(register(cast, township=township).file_number)
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=clerk) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    trainee = Trainee.objects.get()
    assert sorted(outcomes) == [trainee.file_number, "id_known"]


def test_a_correction_writes_and_logs_only_what_changed(cast):
    trainee = register(cast, phone="13800138000", ethnic="21")
    changed = actions.correct_trainee(
        by=cast.manager, trainee=trainee, reason="new phone",
        changes={"name": "艾嘎", "aliases": "嘎那", "phone": "139 0013 9000", "ethnic": "21"},
    )  # fmt: skip
    assert (changed.phone, changed.aliases, changed.name_pinyin) == ("13900139000", ["嘎那"], "aiga|ag|gana|gn")
    event = AuditEvent.objects.get(event="trainee.corrected")
    assert event.changes == {"aliases": [None, "嘎*"], "phone": ["138****8000", "139****9000"]}
    assert (event.reason, event.record_label) == ("new phone", trainee.file_number)


def test_a_correction_that_changes_nothing_leaves_no_trace(cast):
    trainee = register(cast)
    actions.correct_trainee(by=cast.clerk, trainee=trainee, changes={"name": "艾嘎", "phone": ""})
    assert not AuditEvent.objects.filter(event="trainee.corrected").exists()


def test_sex_and_birth_are_not_typed_over_a_number(cast):
    trainee = register(cast)
    changes = {"sex": "1", "birth_date": datetime.date(2000, 1, 1)}
    changed = actions.correct_trainee(by=cast.clerk, trainee=trainee, changes=changes)
    assert (changed.sex, changed.birth_date) == (Sex.FEMALE, datetime.date(1985, 6, 15))


def test_a_person_moves_to_another_township(cast):
    trainee = register(cast, village=cast.village("勐省镇", "回珠"))
    yanshuai, hemeng = cast.township("岩帅镇"), cast.village("岩帅镇", "贺勐")
    changed = actions.correct_trainee(by=cast.clerk, trainee=trainee, changes={"township": yanshuai, "village": hemeng})
    assert (changed.township, changed.village) == (yanshuai, hemeng)
    with pytest.raises(Refused) as refused:
        actions.correct_trainee(by=cast.clerk, trainee=changed, changes={"township": cast.township("勐省镇")})
    assert refused.value.code == "village_elsewhere"


def test_only_facts_of_a_trainee_are_corrected(cast):
    with pytest.raises(TypeError, match="id_number"):
        actions.correct_trainee(by=cast.clerk, trainee=register(cast), changes={"id_number": "x"})


def test_a_first_document_settles_the_identity(cast):
    trainee = register(cast, id_kind=IdKind.NONE, id_number="", sex="1")
    changed = actions.set_identity(
        by=cast.clerk, trainee=trainee, id_kind=IdKind.RESIDENT, id_number=WOMAN, reason="card seen"
    )
    assert (changed.id_state, changed.sex, changed.id_number) == (IdState.VALID, Sex.FEMALE, WOMAN)
    event = AuditEvent.objects.get(event="trainee.identity_set")
    assert event.changes == {
        "id_number": [None, "533528********9964"],
        "id_kind": ["none", "resident_id"],
        "sex": ["1", "2"],
        "birth_date": [None, "1985"],
    }


def test_a_document_of_somebody_else_is_refused(cast):
    owner = register(cast)
    trainee = register(cast, id_number=synthetic_id(9))
    with pytest.raises(Refused) as refused:
        actions.set_identity(by=cast.clerk, trainee=trainee, id_kind=IdKind.RESIDENT, id_number=WOMAN, reason="?")
    assert (refused.value.code, refused.value.facts["trainee"]) == ("id_known", owner)


def test_a_number_changes_only_for_a_reason(cast):
    with pytest.raises(Refused) as refused:
        actions.set_identity(
            by=cast.clerk, trainee=register(cast), id_kind=IdKind.RESIDENT, id_number=synthetic_id(3), reason=" "
        )
    assert refused.value.code == "reason_missing"


def test_a_person_accepts_papers_once(cast):
    trainee = register(cast, id_kind=IdKind.NONE, id_number="")
    accepted = actions.accept_identity(by=cast.manager, trainee=trainee, reason="border pass seen")
    assert (accepted.id_state, accepted.id_note) == (IdState.REVIEWED, "border pass seen")
    with pytest.raises(Refused) as refused:
        actions.accept_identity(by=cast.manager, trainee=trainee, reason="again")
    assert refused.value.code == "identity_settled"


def test_a_membership_holds_from_its_day_to_its_last(cast):
    trainee = register(cast)
    membership = actions.add_membership(
        by=cast.clerk, trainee=trainee, group="disabled", valid_from=datetime.date(2018, 1, 1),
        evidence=Evidence.DOCUMENT,
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        actions.add_membership(
            by=cast.clerk, trainee=trainee, group="disabled", valid_from=TODAY, evidence=Evidence.DOCUMENT
        )
    assert refused.value.code == "group_known"
    actions.end_membership(by=cast.clerk, membership=membership, valid_to=datetime.date(2018, 5, 31), reason="expired")

    def belonged(day):
        return GroupMembership.objects.as_of(day).filter(trainee=trainee).exists()

    days = [datetime.date(2017, 12, 31), datetime.date(2018, 1, 1), datetime.date(2018, 5, 31), TODAY]
    assert [belonged(day) for day in days] == [False, True, True, False]
    with pytest.raises(Refused) as refused:
        actions.end_membership(by=cast.clerk, membership=membership, valid_to=TODAY, reason="again")
    assert refused.value.code == "membership_ended"


def test_a_membership_does_not_end_before_it_starts(cast):
    trainee = register(cast, groups=["disabled"])
    membership = trainee.memberships.get()
    with pytest.raises(Refused) as refused:
        actions.end_membership(
            by=cast.clerk, membership=membership, valid_to=timezone.localdate() - datetime.timedelta(days=1), reason="?"
        )
    assert refused.value.code == "dates_reversed"
    with pytest.raises(Refused) as refused:
        actions.add_membership(by=cast.clerk, trainee=trainee, group="women", valid_from=TODAY, evidence="document")
    assert refused.value.code == "group_derived"
