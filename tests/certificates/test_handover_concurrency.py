"""Two desks at the same pile, on the real database with connections of their own."""

from collections import Counter

import pytest

from certificates import actions as certificates
from certificates.handover import actions
from certificates.handover.actions import Collected
from certificates.models import Certificate, HandOver
from certificates.queries import due
from tests.cast import TODAY, assemble, make_programme
from tests.certificates.classes import attended_class, enter_centre, finished_class, pass_all
from tests.trainees.test_attendance_concurrency import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reload_ground")]
SELF = Collected(on=TODAY)


@pytest.fixture
def cast(transactional_db):
    cast = assemble(make_programme())
    enter_centre(cast)
    return cast


def test_the_same_person_ticked_at_the_same_moment_is_recorded_once(cast):
    issued = certificates.issue(by=cast.clerk, training_class=finished_class(cast, 1))
    results = at_once(
        *[
            lambda by=by: actions.hand_over(by=by, certificates=issued, collected=SELF)
            for by in (cast.clerk, cast.manager)
        ]
    )
    assert Counter(isinstance(one, str) for one in results) == {True: 1, False: 1}
    assert {one for one in results if isinstance(one, str)} <= {"already_handed_over", "recorded_meanwhile"}
    assert HandOver.objects.count() == 1


def test_two_overlapping_piles_in_either_order_end_without_a_double(cast):
    issued = certificates.issue(by=cast.clerk, training_class=finished_class(cast, 4))
    at_once(
        lambda: actions.hand_over(by=cast.clerk, certificates=issued[:3], collected=SELF),
        lambda: actions.hand_over(by=cast.manager, certificates=issued[:0:-1], collected=SELF),
    )
    assert list(HandOver.objects.order_by("certificate").values_list("certificate", "turn")) == [
        (each.pk, 1) for each in issued
    ]


def test_revoked_and_handed_over_at_the_same_moment(cast):
    (one,) = certificates.issue(by=cast.clerk, training_class=finished_class(cast, 1))
    results = at_once(
        lambda: actions.hand_over(by=cast.clerk, certificates=[one], collected=SELF) and "handed",
        lambda: certificates.revoke(by=cast.manager, certificate=one, reason="x") and "revoked",
    )
    # Whoever came first: a revoked paper is refused, one handed over before is revoked in the person's hand.
    assert sorted(results) in (["handed", "revoked"], ["not_valid", "revoked"])


def test_corrected_twice_at_the_same_moment(cast):
    (one,) = certificates.issue(by=cast.clerk, training_class=finished_class(cast, 1))
    actions.hand_over(by=cast.clerk, certificates=[one], collected=SELF)
    results = at_once(
        *[
            lambda by=by: actions.withdraw(by=by, certificate=one, reason="x") and "done"
            for by in (cast.clerk, cast.manager)
        ]
    )
    assert sorted(results) in (["done", "not_handed_over"], ["done", "recorded_meanwhile"])
    assert HandOver.objects.count() == 2


def test_attendance_revoked_while_completion_takes_its_place(cast):
    people = [cast.person() for _ in range(3)]
    training_class = attended_class(cast, people)
    attended = certificates.issue(by=cast.clerk, training_class=training_class, kind="attendance")
    pass_all(cast, training_class, people)
    results = at_once(
        lambda: len(certificates.issue(by=cast.clerk, training_class=training_class)),
        lambda: certificates.revoke(by=cast.manager, certificate=attended[1], reason="x") and "revoked",
    )
    # Whoever came first: it is replaced and cannot be revoked, or it is revoked and nothing takes its place.
    assert results in ([3, "already_replaced"], [3, "revoked"])
    attended[1].refresh_from_db()
    assert attended[1].state == {"already_replaced": "replaced", "revoked": "revoked"}[results[1]]
    assert Certificate.objects.filter(replaces=attended[1]).exists() == (attended[1].state == "replaced")


def test_attendance_revoked_between_the_look_and_the_issue(cast, monkeypatch):
    """The same race, always lost: the paper ends after it was read, and before it is held."""
    person = cast.person()
    training_class = attended_class(cast, [person])
    (attended,) = certificates.issue(by=cast.clerk, training_class=training_class, kind="attendance")
    pass_all(cast, training_class, [person])

    def read_and_revoked(*read):
        entries = due(*read)
        certificates.revoke(by=cast.manager, certificate=attended, reason="x")
        return entries

    monkeypatch.setattr("certificates.actions.certificates.due", read_and_revoked)
    (paper,) = certificates.issue(by=cast.clerk, training_class=training_class)
    attended.refresh_from_db()
    assert (attended.state, attended.replaced_on, paper.replaces) == ("revoked", None, None)
