"""What a roster says of groups, certificates and households reaches the file as dated claims."""

import datetime

import pytest
from django.db import connection

from tests.cast import TODAY, synthetic_id
from tests.trainees.papers import disability_number
from tests.trainees.rosters import HEADER, bring, enter, line, warnings, workbook
from trainees.registry import actions
from trainees.registry.models import DisabilityCertificate, GroupMembership, Household, HouseholdMember
from trainees.rosters.actions import decide_row
from trainees.rosters.enums import Verdict

pytestmark = pytest.mark.django_db

WITH_PAPERS = [*HEADER, "残疾人证号", "户编号"]
HOUSEHOLD = "5309270000000042"


def papers(n: int, *, number: str = "", household: str = "", **facts) -> list:
    return [*line(n, **facts), number, household]


def roster_of(cast, *rows):
    return enter(cast.clerk, bring(cast.clerk, workbook(*rows, header=WITH_PAPERS)))


@pytest.mark.parametrize(
    "cells", [{"id_number": disability_number(7, "43B1")}, {"number": disability_number(7, "43B1")}]
)
def test_a_certificate_number_becomes_a_certificate_whose_issue_date_is_missing(cast, cells):
    roster = roster_of(cast, papers(7, **cells))
    trainee = roster.rows.get().trainee
    certificate = DisabilityCertificate.objects.get()
    assert (trainee.id_number, certificate.number) == (synthetic_id(7), disability_number(7, "43B1"))
    assert (certificate.trainee, certificate.category, certificate.grade) == (trainee, "4", "3")
    assert (certificate.issued_on, certificate.reported_on, certificate.evidence) == (None, TODAY, "roster")
    row = trainee.memberships.get()
    assert (row.group, row.valid_from, row.evidence, row.verified_at) == ("disabled", TODAY, "roster", None)
    before = list(GroupMembership.objects.values())
    roster_of(cast, papers(7, **cells))
    assert (list(GroupMembership.objects.values()), DisabilityCertificate.objects.count()) == (before, 1)


def test_a_known_person_gets_the_certificate_too(cast):
    trainee = cast.person(name="艾惹", id_number=synthetic_id(7))
    roster = roster_of(cast, papers(7, name="艾惹", number=disability_number(7)))
    assert roster.rows.get().verdict == Verdict.CHANGED
    assert DisabilityCertificate.objects.get().trainee == trainee


@pytest.mark.parametrize(
    "number", [disability_number(8), disability_number(7)[:-1], "军残字第0099号", synthetic_id(7)[:-1] + "?43"]
)
def test_a_number_that_is_not_this_persons_is_left_out_and_said(cast, number):
    roster = roster_of(cast, papers(7, number=number))
    assert warnings(roster) == {2: ["disability_unread"]}
    assert roster.rows.get().warnings[0]["value"] == "*" * len(number)
    assert DisabilityCertificate.objects.count() == 0
    assert [row.group for row in roster.rows.get().trainee.memberships.all()] == ["disabled"], "the claim stays"


@pytest.mark.parametrize("number", ["", "/", "无", None])
def test_none_is_none(cast, number):
    roster = roster_of(cast, papers(7, number=number))
    assert DisabilityCertificate.objects.count() == 0
    assert [row.group for row in roster.rows.get().trainee.memberships.all()] == []


def test_a_number_that_stands_in_another_file_is_said_and_the_row_entered(cast):
    other = cast.person(id_kind="none", id_number="")
    actions.record_disability(by=cast.clerk, trainee=other, number=disability_number(7))
    cast.person(name="艾惹", id_number=synthetic_id(7))
    roster = roster_of(cast, papers(7, name="艾惹", number=disability_number(7)))
    assert (warnings(roster), roster.rows.get().committed) == ({2: ["disability_taken"]}, True)


def test_a_household_number_joins_the_household_of_the_register(cast):
    household = actions.open_household(by=cast.clerk, number=HOUSEHOLD, township=cast.township("勐省镇"))
    actions.set_poverty(
        by=cast.clerk, household=household, poverty_type="general_poor", valid_from=datetime.date(2016, 1, 1),
        evidence="official_list",
    )  # fmt: skip
    roster = roster_of(cast, papers(1, household=HOUSEHOLD, groups="贫困户"), papers(2, household="5309270000000099"))
    poor = roster.rows.get(number=2).trainee.memberships.live().get()
    assert (poor.period.household, poor.valid_from) == (household, TODAY)
    assert (Household.objects.count(), HouseholdMember.objects.count()) == (2, 2)


@pytest.mark.parametrize(
    ("left", "counts_from"),
    [(None, datetime.date(2018, 6, 1)), (datetime.date(2018, 5, 20), datetime.date(2018, 6, 1)),
     (datetime.date(2018, 6, 10), TODAY)],
)  # fmt: skip
def test_a_known_person_is_of_the_household_from_the_day_of_the_report(cast, left, counts_from):
    """As one who is new; only what the file says of later days stays as it is."""
    trainee = cast.person(
        name="艾惹", id_number=synthetic_id(7), groups_from=datetime.date(2018, 5, 2),
        household_number="5309270042" if left else "",
    )  # fmt: skip
    if left:
        actions.leave_household(by=cast.clerk, member=trainee.household_entries.get(), valid_to=left, reason="moved")
    data = workbook(papers(7, name="艾惹", household=HOUSEHOLD), header=WITH_PAPERS)
    enter(cast.clerk, bring(cast.clerk, data, report_day=datetime.date(2018, 6, 1)))
    trainee.refresh_from_db()
    stay = trainee.household_entries.live().get(valid_to=None)
    assert (trainee.household.number, stay.household, stay.valid_from) == (HOUSEHOLD, trainee.household, counts_from)


@pytest.mark.parametrize("lifted", [None, datetime.date(2018, 12, 31)])
def test_a_known_person_who_is_poor_by_the_household_that_the_same_row_names(cast, lifted):
    """The claim has nothing to add to what follows; everything else of the row is entered."""
    trainee = cast.person(name="艾惹", id_number=synthetic_id(7), phone="")
    household = actions.open_household(by=cast.clerk, number=HOUSEHOLD, township=cast.township("勐省镇"))
    period = actions.set_poverty(
        by=cast.clerk, household=household, poverty_type="general_poor", valid_from=datetime.date(2016, 1, 1),
        evidence="official_list", valid_to=lifted,
    )  # fmt: skip
    roster = roster_of(cast, papers(7, name="艾惹", household=HOUSEHOLD, groups="贫困户、退役军人"))
    row = roster.rows.get()
    assert (row.committed, row.reasons, row.trainee.phone) == (True, [], "13800138007")
    assert list(trainee.memberships.live().order_by("group").values_list("group", "period", "valid_to")) == [
        ("poor_household", period.pk, lifted), ("veteran", None, None),
    ]  # fmt: skip


def test_a_row_that_is_refused_on_its_way_in_writes_nothing(cast):
    """One household left and another joined on one day cannot both be: the ID number of the row waits too."""
    trainee = cast.person(name="艾惹", id_kind="none", id_number="", phone="13800138007", household_number="5309270042")
    actions.leave_household(by=cast.clerk, member=trainee.household_entries.get(), valid_to=TODAY, reason="moved")
    roster = bring(cast.clerk, workbook(papers(7, name="艾惹", household=HOUSEHOLD), header=WITH_PAPERS))
    decide_row(
        by=cast.clerk, roster=roster, number=2, version=roster.rows.get().version, decision="same", trainee=trainee
    )
    row = enter(cast.clerk, roster).rows.get()
    trainee.refresh_from_db()
    assert (row.committed, [reason["code"] for reason in row.reasons]) == (False, ["entry_refused"])
    assert (trainee.id_number, trainee.household, trainee.id_state) == ("", None, "review")


def test_a_group_that_ends_after_the_day_of_the_report_is_not_claimed_again(cast):
    trainee = cast.person(name="艾惹", id_number=synthetic_id(7))
    actions.add_membership(
        by=cast.clerk, trainee=trainee, group="veteran", valid_from=datetime.date(2018, 1, 1),
        valid_to=datetime.date(2018, 12, 31), evidence="document",
    )  # fmt: skip
    slip = actions.add_membership(
        by=cast.clerk, trainee=trainee, group="coop_member", valid_from=TODAY, evidence="post"
    )
    actions.void_membership(by=cast.clerk, membership=slip, reason="slip")
    roster = roster_of(cast, papers(7, name="艾惹", groups="退役军人、合作社社员"))
    assert roster.rows.get().committed
    live = trainee.memberships.live().order_by("group").values_list("group", "evidence")
    assert list(live) == [("coop_member", "roster"), ("veteran", "document")]


def test_no_table_holds_the_number_in_clear(cast):
    roster_of(cast, papers(7, id_number=disability_number(7), household=HOUSEHOLD))
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            stored = str(cursor.fetchall())
            found += [table for secret in (synthetic_id(7), disability_number(7), HOUSEHOLD) if secret in stored]
    assert found == []
