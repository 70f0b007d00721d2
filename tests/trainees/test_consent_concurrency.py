"""Two people at once: a yes is recorded once, a text has one draft, a record is wiped once."""

import datetime

import pytest

from lms.accounts.enums import Role
from tests.cast import TODAY, _account, assemble, make_programme
from tests.trainees.test_attendance_concurrency import at_once
from trainees.attendance import actions as attendance
from trainees.attendance.models import Enrolment
from trainees.consent import actions
from trainees.consent.models import Consent, ConsentSheet, ConsentText
from trainees.consent.queries import texts_in_force
from trainees.rights import actions as rights
from trainees.rights.models import DueItem, RightsRequest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reload_ground")]


@pytest.fixture
def cast(transactional_db):
    return assemble(make_programme())


def test_one_yes_of_two_clerks(cast):
    actions.publish_samples(by=cast.manager)
    person, text = cast.person(), texts_in_force()["ordinary"]
    results = at_once(*[
        lambda: actions.give(by=cast.clerk, trainee=person, text=text, channel="screen", given_on=TODAY).pk
        for _ in range(4)
    ])  # fmt: skip
    assert (len(set(results)), Consent.objects.count()) == (1, 1)


def test_one_draft_of_two_managers(cast):
    results = at_once(*[
        lambda n=n: actions.save_draft(by=cast.manager, kind="ordinary", title=f"稿{n}", body="文").version
        for n in range(3)
    ])  # fmt: skip
    assert set(results) <= {1, "draft_exists"}
    assert ConsentText.objects.count() == 1


def test_one_request_of_two_clerks(cast):
    person = cast.person()
    results = at_once(*[
        lambda: rights.record_request(by=cast.clerk, trainee=person, kind="access").pk for _ in range(3)
    ])  # fmt: skip
    assert (len(set(results)), RightsRequest.objects.count()) == (1, 1)


def test_two_who_confirm_do_it_once(cast):
    person = cast.person()
    officer = _account("officer", "安全员", (Role.SECURITY_OFFICER, None))
    rights.list_due(TODAY + datetime.timedelta(days=3660))
    item = DueItem.objects.get(trainee=person)
    rights.propose(by=cast.manager, items=[item])
    results = at_once(*[lambda: rights.confirm(by=officer, items=[item]) for _ in range(3)])
    assert sorted(results) == [0, 0, 1]
    at_once(*[lambda: list(rights.carry_out(by=officer)) for _ in range(2)])
    person.refresh_from_db()
    assert (person.name, DueItem.objects.get(trainee=person).state) == ("已匿名", "done")


def test_the_list_of_the_night_is_made_once(cast):
    for _ in range(3):
        cast.person()
    day = TODAY + datetime.timedelta(days=3660)
    at_once(*[lambda: rights.list_due(day) for _ in range(3)])
    assert (DueItem.objects.count(), ConsentSheet.objects.count()) == (3, 0)


def test_whoever_enrols_and_whoever_restricts_never_wait_for_each_other(cast):
    """Two classes, whichever comes first: in the end no class holds a place for what is restricted."""
    person, other = cast.person(), cast.person()
    classes = [cast.training_class(people=[person], open=False), *(cast.training_class(open=False) for _ in range(2))]
    results = at_once(
        lambda: rights.restrict(by=cast.clerk, trainee=person, reason="本人要求").pk,
        *[
            lambda one=one: len(attendance.enrol(by=cast.clerk, training_class=one, trainees=[other, person]).enrolled)
            for one in reversed(classes)
        ],
    )
    assert results[0] == person.pk
    assert set(results[1:]) <= {1, 2, "file_restricted"}
    places = Enrolment.objects.filter(trainee=person)
    assert set(places.values_list("state", flat=True)) == {"cancelled"}
