"""Two people at once at one person's groups, certificates and household, on the real database."""

import datetime

import pytest

from tests.cast import TODAY, assemble, make_programme, synthetic_id
from tests.trainees.papers import disability_number
from tests.trainees.test_attendance_concurrency import at_once
from trainees.registry import actions
from trainees.registry.models import DisabilityCertificate, GroupMembership, Household, HouseholdMember

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reload_ground")]


@pytest.fixture
def cast(transactional_db):
    return assemble(make_programme())


def days(n: int) -> datetime.date:
    return datetime.date(2018, 1, 1) + datetime.timedelta(days=n)


def test_of_entries_that_share_days_one_is_written(cast):
    """No two of them have the same first day or no end: what decides is the person's row, not an index."""
    trainee = cast.person()
    results = at_once(*[
        lambda n=n: actions.add_membership(
            by=cast.clerk, trainee=trainee, group="veteran", valid_from=days(n), valid_to=days(30 + n),
            evidence="document",
        )
        for n in range(5)
    ])  # fmt: skip
    assert sorted(map(str, results))[1:] == ["group_overlaps"] * 4
    assert trainee.memberships.count() == 1


def test_one_certificate_entered_by_four_is_one(cast):
    trainee = cast.person(id_number=synthetic_id(900))
    results = at_once(*[
        lambda: actions.record_disability(
            by=cast.clerk, trainee=trainee, number=disability_number(900), issued_on=days(0)
        ).pk
        for _ in range(4)
    ])  # fmt: skip
    assert (len(set(results)), DisabilityCertificate.objects.count()) == (1, 1)
    assert GroupMembership.objects.live().count() == 1


def test_one_number_in_two_files_without_an_id_goes_to_one(cast):
    people = [cast.person(id_kind="none", id_number="") for _ in range(3)]
    results = at_once(*[
        lambda person=person: actions.record_disability(by=cast.clerk, trainee=person, number=disability_number(900))
        for person in people
    ])  # fmt: skip
    assert sorted(str(result) for result in results)[1:] == ["disability_taken"] * 2


def test_who_joins_while_the_household_is_entered_as_poor_is_poor(cast):
    household = actions.open_household(by=cast.clerk, number="5309270000000042", township=cast.township("勐省镇"))
    people = [cast.person() for _ in range(4)]

    def join(person):
        return actions.join_household(by=cast.clerk, trainee=person, household=household, valid_from=days(0))

    at_once(
        *[lambda person=person: join(person) for person in people],
        lambda: actions.set_poverty(
            by=cast.clerk, household=household, poverty_type="general_poor", valid_from=days(0), evidence="document"
        ),
    )
    assert GroupMembership.objects.as_of(TODAY).filter(group="poor_household").count() == 4


def test_one_person_joins_one_of_two_households(cast):
    trainee, township = cast.person(), cast.township("勐省镇")
    households = [
        actions.open_household(by=cast.clerk, number=f"530927000000009{n}", township=township) for n in range(2)
    ]
    results = at_once(*[
        lambda one=one: actions.join_household(by=cast.clerk, trainee=trainee, household=one, valid_from=days(0))
        for one in households
    ])  # fmt: skip
    assert sorted(str(result) for result in results)[1] == "household_later"
    assert HouseholdMember.objects.count() == 1


def test_one_new_number_named_by_five_files_is_one_household(cast):
    at_once(*[
        lambda n=n: cast.person(id_number=synthetic_id(800 + n), household_number="5309270000000042") for n in range(5)
    ])  # fmt: skip
    assert (Household.objects.count(), HouseholdMember.objects.count()) == (1, 5)
