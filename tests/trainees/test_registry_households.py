"""Households of the poverty register: who was poor on the day follows from the household and the stay in it."""

import datetime

import pytest
from django.db import connection

from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import TODAY
from trainees.registry import actions
from trainees.registry.enums import Doubt, Evidence
from trainees.registry.groups import queries
from trainees.registry.households import queries as pages
from trainees.registry.models import GroupMembership, Household, HouseholdMember

pytestmark = pytest.mark.django_db

NUMBER = "5309270000000042"


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture
def household(cast):
    return actions.open_household(by=cast.clerk, number=NUMBER, township=cast.township("勐省镇"), head_name="田大山")


def poor(cast, household, valid_from="2016-01-01", valid_to=None, poverty_type="general_poor", **facts):
    known = {"by": cast.clerk, "evidence": Evidence.OFFICIAL_LIST, "poverty_type": poverty_type}
    last = day(valid_to) if valid_to else None
    return actions.set_poverty(**{**known, **facts}, household=household, valid_from=day(valid_from), valid_to=last)


def join(cast, household, trainee, valid_from="2016-01-01", **facts):
    return actions.join_household(
        by=cast.clerk, trainee=trainee, household=household, valid_from=day(valid_from), **facts
    )


def lifted(cast, household, left_on="2018-01-01", **facts):
    known = {"by": cast.clerk, "evidence": Evidence.OFFICIAL_LIST, "poverty_type": "lifted_enjoying"}
    return actions.leave_poverty(**{**known, **facts}, household=household, left_on=day(left_on))


def refusal(call, *args, **facts) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **facts)
    return refused.value.code


def spans(trainee) -> list[tuple[str, str | None, bool]]:
    """(from, to, follows from a household) of the live entries."""
    rows = trainee.memberships.live().filter(group="poor_household").order_by("valid_from")
    return [(str(row.valid_from), row.valid_to and str(row.valid_to), row.period_id is not None) for row in rows]


# --- What follows -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["attribute first", "person first"])
def test_poor_are_who_belongs_to_a_household_while_it_is_poor(cast, household, order):
    trainee = cast.person()
    steps = [lambda: poor(cast, household), lambda: join(cast, household, trainee, "2017-03-01")]
    for step in steps if order == "attribute first" else reversed(steps):
        step()
    assert spans(trainee) == [("2017-03-01", None, True)]
    on = [GroupMembership.objects.as_of(day(text)).exists() for text in ("2017-02-28", "2017-03-01", "2018-06-15")]
    assert on == [False, True, True]


def test_leaving_poverty_ends_it_the_day_before_and_history_stays(cast, household):
    trainee = cast.person()
    poor(cast, household, main_cause="7", other_causes=["9"])
    join(cast, household, trainee)
    period = lifted(cast, household)
    assert spans(trainee) == [("2016-01-01", "2017-12-31", True)]
    assert (period.main_cause, period.other_causes) == ("7", ["9"])
    shown = pages.shown(household, by=cast.clerk, day=day("2017-12-31"))
    assert (shown.on_day.name, shown.on_day.causes) == ("一般贫困户", "缺技术、缺资金")
    assert pages.shown(household, by=cast.clerk, day=day("2018-01-01")).on_day.row == period
    poor(cast, household, "2018-05-01", poverty_type="returned")  # 返贫
    assert spans(trainee) == [("2016-01-01", "2017-12-31", True), ("2018-05-01", None, True)]


@pytest.mark.parametrize("poverty_type", ["non_poor", "lifted_enjoying", "lifted_not_enjoying", "marginal", "sudden"])
def test_other_attributes_are_not_poverty(cast, household, poverty_type):
    trainee = cast.person()
    poor(cast, household, poverty_type=poverty_type)
    join(cast, household, trainee)
    assert spans(trainee) == []


def test_a_person_moves_from_a_poor_household_to_another(cast, household):
    trainee = cast.person()
    richer = actions.open_household(by=cast.clerk, number="5309270000000099", township=household.township)
    poor(cast, household)
    join(cast, household, trainee)
    join(cast, richer, trainee, "2017-07-01", relation="38")
    trainee.refresh_from_db()
    assert (trainee.household, spans(trainee)) == (richer, [("2016-01-01", "2017-06-30", True)])
    stays = HouseholdMember.objects.filter(trainee=trainee).values_list("household", "valid_from", "valid_to")
    assert list(stays) == [
        (household.pk, day("2016-01-01"), day("2017-06-30")), (richer.pk, day("2017-07-01"), None)
    ]  # fmt: skip
    poor(cast, richer, "2018-01-01")
    assert spans(trainee) == [("2016-01-01", "2017-06-30", True), ("2018-01-01", None, True)]


def test_leaving_and_voiding_a_stay(cast, household):
    trainee, other = cast.person(), cast.person()
    poor(cast, household)
    member, slip = join(cast, household, trainee), join(cast, household, other)
    code = refusal(
        actions.leave_household, by=cast.clerk, member=member, valid_to=TODAY + datetime.timedelta(days=1), reason="x"
    )
    assert code == "day_in_future"
    actions.leave_household(by=cast.clerk, member=member, valid_to=day("2018-03-31"), reason="married away")
    actions.void_member(by=cast.clerk, member=slip, reason="wrong person")
    for person in (trainee, other):
        person.refresh_from_db()
    assert (trainee.household, other.household) == (None, None)
    assert (spans(trainee), spans(other)) == ([("2016-01-01", "2018-03-31", True)], [])
    again = {"by": cast.clerk, "member": member, "valid_to": TODAY, "reason": "x"}
    assert refusal(actions.leave_household, **again) == "member_left"


def test_joining_again_is_the_same_and_overlapping_stays_are_refused(cast, household):
    trainee = cast.person()
    other = actions.open_household(by=cast.clerk, number="5309270000000099", township=household.township)
    member = join(cast, household, trainee, "2017-01-01")
    assert join(cast, household, trainee, "2018-01-01") == member
    assert refusal(join, cast, other, trainee, "2016-01-01") == "household_later"
    assert refusal(join, cast, other, trainee, "2017-01-01") == "household_later"
    assert refusal(join, cast, household, cast.person(), relation="xx") == "relation_unknown"
    assert HouseholdMember.objects.count() == 1


def test_what_follows_takes_the_place_of_a_mere_claim(cast, household):
    trainee = cast.person(groups=["poor_household"], groups_from=day("2015-06-01"))
    later = cast.person(groups=["poor_household"], groups_from=day("2018-06-01"))
    poor(cast, household)
    for person in (trainee, later):
        join(cast, household, person)
    assert spans(trainee) == [("2015-06-01", "2015-12-31", False), ("2016-01-01", None, True)]
    assert spans(later) == [("2016-01-01", None, True)]


def test_a_claim_while_the_household_was_not_poor_is_doubtful(cast, household):
    trainee = cast.person()
    poor(cast, household)
    lifted(cast, household)
    join(cast, household, trainee)
    actions.add_membership(
        by=cast.operator, trainee=trainee, group="poor_household", valid_from=day("2018-03-01"), evidence="roster"
    )
    rows = queries.to_verify(cast.clerk, doubtful=True)
    assert [(str(row.valid_from), queries.doubts_of(row)) for row in rows] == [("2018-03-01", [Doubt.NOT_POOR])]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [("2015-01-01", "2015-12-31", []), ("2015-01-01", "2018-01-01", [Doubt.NOT_POOR]), ("2018-06-01", None, [])],
)
def test_the_doubt_needs_a_day_shared_by_claim_stay_and_period(cast, household, first, last, said):
    trainee = cast.person()
    poor(cast, household, "2016-01-01", poverty_type="non_poor")
    member = join(cast, household, trainee, "2017-06-01")
    actions.leave_household(by=cast.clerk, member=member, valid_to=day("2018-05-31"), reason="moved")
    actions.add_membership(
        by=cast.clerk, trainee=trainee, group="poor_household", valid_from=day(first),
        valid_to=day(last) if last else None, evidence="roster",
    )  # fmt: skip
    row = queries.with_doubts(trainee.memberships.live()).get()
    assert queries.doubts_of(row) == said


def test_what_follows_is_changed_at_the_household_alone(cast, household):
    trainee = cast.person()
    poor(cast, household)
    join(cast, household, trainee)
    facts = {"by": cast.clerk, "membership": trainee.memberships.get(), "reason": "x"}
    assert refusal(actions.end_membership, **facts, valid_to=TODAY) == "group_follows_household"
    assert refusal(actions.void_membership, **facts) == "group_follows_household"


# --- Periods ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"poverty_type": "rich"}, "poverty_type_unknown"),
        ({"main_cause": "99"}, "cause_unknown"),
        ({"other_causes": ["7", "99"]}, "cause_unknown"),
        ({"main_cause": "7", "other_causes": ["7"]}, "cause_twice"),
        ({"other_causes": ["1", "2", "3"]}, "causes_many"),
        ({"valid_to": "2015-12-31"}, "dates_reversed"),
        ({"document": b"no paper"}, "document_type"),
    ],
)
def test_what_is_wrong_of_a_period_is_refused(cast, household, facts, code):
    assert refusal(poor, cast, household, **facts) == code
    assert household.periods.count() == 0


def test_periods_never_share_a_day(cast, household):
    poor(cast, household, "2016-01-01", "2017-12-31")
    assert refusal(poor, cast, household, "2017-12-31") == "period_overlaps"
    assert refusal(poor, cast, household, "2015-01-01") == "period_overlaps"
    poor(cast, household, "2015-01-01", "2015-12-31")
    poor(cast, household, "2018-01-01", poverty_type="not_lifted")
    poor(cast, household, "2018-03-01", poverty_type="low_income_poor")
    rows = household.periods.values_list("valid_from", "valid_to")
    assert [(str(first), last and str(last)) for first, last in rows] == [
        ("2015-01-01", "2015-12-31"), ("2016-01-01", "2017-12-31"), ("2018-01-01", "2018-02-28"), ("2018-03-01", None)
    ]  # fmt: skip


def test_lifted_is_only_who_was_poor(cast, household):
    assert refusal(lifted, cast, household) == "not_poor"
    poor(cast, household)
    assert refusal(lifted, cast, household, poverty_type="non_poor") == "not_lifted"


def test_a_voided_period_may_let_the_one_before_go_on(cast, household):
    trainee = cast.person()
    poor(cast, household)
    join(cast, household, trainee)
    slip = lifted(cast, household)
    actions.void_period(by=cast.clerk, period=slip, reason="another household", reopen=True)
    assert spans(trainee) == [("2016-01-01", None, True)]
    second = lifted(cast, household)
    actions.void_period(by=cast.clerk, period=second, reason="wrong list")
    assert spans(trainee) == [("2016-01-01", "2017-12-31", True)]
    assert refusal(actions.void_period, by=cast.clerk, period=second, reason="x") == "entry_voided"


def test_verifying_a_period_verifies_what_follows(cast, household):
    trainee = cast.person()
    period = poor(cast, household, evidence=Evidence.ROSTER)
    join(cast, household, trainee)
    assert refusal(actions.verify_period, by=cast.clerk, period=period) == "verify_own"
    assert refusal(actions.verify_period, by=cast.manager, period=period) == "evidence_weak"
    actions.verify_period(by=cast.manager, period=period, evidence=Evidence.OFFICIAL_LIST, evidence_note="2016 list")
    row = trainee.memberships.get()
    assert (row.verified_by, row.evidence, row.evidence_note) == (cast.manager.label, "official_list", "2016 list")
    newcomer = cast.person()
    join(cast, household, newcomer)
    assert newcomer.memberships.get().verified_at is None, "that this person belongs to it nobody has compared"


# --- The household itself ---------------------------------------------------------------------------------------


def test_a_number_names_one_household(cast, household):
    facts = {"by": cast.clerk, "township": household.township}
    assert refusal(actions.open_household, **facts, number=f" {NUMBER} ") == "household_known"
    assert refusal(actions.open_household, **facts, number="12") == "household_number_invalid"
    other = actions.open_household(**facts, number="5309270000000099")
    correct = {"by": cast.clerk, "household": other}
    assert refusal(actions.correct_household, **correct, reason="x", number=NUMBER) == "household_known"
    assert refusal(actions.correct_household, **correct, reason=" ") == "reason_missing"
    actions.correct_household(**correct, reason="typing error", number="5309270000000098", head_name="田二山")
    other.refresh_from_db()
    assert (other.number, other.head_name) == ("5309270000000098", "田二山")
    event = AuditEvent.objects.get(event="household.corrected")
    assert event.changes == {"number": ["************0099", "************0098"], "head_name": ["", "田**"]}


def test_the_number_is_stored_encrypted(cast, household):
    poor(cast, household)
    join(cast, household, cast.person())
    with connection.cursor() as cursor:
        for table in ("trainees_household", "trainees_householdmember", "lms_auditevent"):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert NUMBER not in str(cursor.fetchall())


def test_a_household_ends_at_the_places(cast, household):
    visible = {
        who: list(Household.objects.visible_to(getattr(cast, who)))
        for who in ("clerk", "auditor", "operator", "operator_elsewhere", "trainer", "outsider", "trainee_user")
    }
    assert visible == {
        "clerk": [household], "auditor": [household], "operator": [household], "operator_elsewhere": [], "trainer": [],
        "outsider": [], "trainee_user": [],
    }  # fmt: skip
    assert (pages.find(cast.operator, NUMBER), pages.find(cast.operator_elsewhere, NUMBER)) == (household, None)


def test_people_of_other_townships_are_a_number_to_an_operator(cast, household):
    here, there = cast.person(), cast.person(township="岩帅镇")
    for person in (here, there):
        join(cast, household, person)
    shown = pages.shown(household, by=cast.operator, day=TODAY)
    assert ([line.row.trainee for line in shown.members], shown.elsewhere) == ([here], 1)


def test_the_head_is_the_member_with_that_relation_or_a_name(cast, household):
    assert pages.shown(household, by=cast.clerk, day=TODAY).head == "田**"
    join(cast, household, cast.person(name="岩嘎"), relation="02")
    assert pages.shown(household, by=cast.clerk, day=TODAY).head == "岩*"


# --- Registering and correcting a file --------------------------------------------------------------------------


def test_registering_with_a_known_number_joins_the_household(cast, household):
    poor(cast, household)
    trainee = cast.person(household_number=NUMBER, groups=["poor_household"], groups_from=day("2018-06-01"))
    assert (trainee.household, spans(trainee)) == (household, [("2018-06-01", None, True)])
    assert trainee.household_entries.get().valid_from == day("2018-06-01")


def test_registering_with_a_new_number_opens_a_household_of_which_nothing_is_known(cast):
    trainee = cast.person(household_number=NUMBER, groups=["poor_household"], groups_from=day("2018-06-01"))
    assert (trainee.household.created_by, trainee.household.periods.count()) == (cast.clerk.label, 0)
    assert spans(trainee) == [("2018-06-01", None, False)], "what the roster says stays a claim"


def test_the_number_in_the_file_moves_the_person(cast, household, quiet_day):
    poor(cast, household)
    trainee = cast.person(household_number="5309270000000099")
    actions.correct_trainee(by=cast.clerk, trainee=trainee, changes={"household_number": NUMBER})
    trainee.refresh_from_db()
    assert trainee.household == household
    assert [str(row.household) for row in trainee.household_entries.live()] == ["************0042"], "a slip of today"
    quiet_day.shift(datetime.timedelta(days=10))
    actions.correct_trainee(by=cast.clerk, trainee=trainee, changes={"household_number": ""})
    trainee.refresh_from_db()
    assert (trainee.household, spans(trainee)) == (None, [("2018-06-15", "2018-06-24", True)])
