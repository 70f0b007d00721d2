"""Two clerks and one person's files, on the real database with connections of their own."""

from collections import Counter

import pytest
from django.utils import timezone

from tests.cast import TODAY, assemble, make_programme
from tests.trainees.merged import ledger_is_clean
from tests.trainees.test_attendance_concurrency import at_once
from trainees.attendance import actions as attendance
from trainees.attendance.actions import Mark
from trainees.attendance.models import Enrolment, Scan
from trainees.merging.actions import decide_different, look_at, merge_files, undo_merge
from trainees.merging.models import DuplicatePair, Merge
from trainees.registry.models import Trainee

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reload_ground")]


@pytest.fixture
def cast(transactional_db):
    return assemble(make_programme())


def merging(cast, survivor, loser):
    return lambda: merge_files(by=cast.clerk, survivor=survivor, loser=loser)


def test_two_clicks_are_one_merge(cast):
    one, other = cast.person(), cast.person()
    done = at_once(*[merging(cast, one, other) for _ in range(3)])
    assert {merge.pk for merge in done} == {Merge.objects.get().pk}


def test_a_pair_merged_both_ways_at_once_goes_one_way(cast):
    one, other = cast.person(), cast.person()
    done = at_once(merging(cast, one, other), merging(cast, other, one))
    assert Counter(isinstance(merge, Merge) or merge for merge in done) == {True: 1, "file_voided": 1}
    assert Trainee.objects.live().count() == 1


def test_overlapping_pairs_end_in_one_file_or_say_no(cast):
    a, b, c = (cast.person() for _ in range(3))
    training_class = cast.training_class(people=[a, b, c], start=TODAY, days=1)
    session = training_class.sessions.get()
    attendance.record_marks(by=cast.trainer, session=session, marks=[Mark(p.pk, "sign_in") for p in (a, b, c)])
    done = at_once(merging(cast, a, b), merging(cast, b, c))
    said = [one if isinstance(one, str) else "merged" for one in done]
    # B went first: then C cannot follow into it. Or C went into B first, and B with it into A.
    assert said in (["merged", "file_voided"], ["merged", "merged"])
    live = Trainee.objects.live().count()
    assert live == 4 - 1 - said.count("merged")
    assert set(Scan.objects.values_list("trainee", flat=True)) == set(
        Trainee.objects.live().values_list("pk", flat=True)
    )
    assert training_class.enrolments.filter(state="confirmed").count() == live
    assert ledger_is_clean(cast)


def test_enrolled_and_merged_away_at_once_is_never_enrolled_in_a_dead_file(cast):
    one, other = cast.person(), cast.person()
    training_class = cast.training_class()
    at_once(
        merging(cast, one, other),
        lambda: attendance.enrol(by=cast.clerk, training_class=training_class, trainees=[other]),
    )
    assert Trainee.objects.get(pk=other.pk).merged_into_id == one.pk
    assert set(Enrolment.objects.values_list("trainee", flat=True)) <= {one.pk}


def test_marked_and_merged_at_once_is_seen_in_the_file_that_stays(cast):
    one, other = cast.person(), cast.person()
    training_class = cast.training_class(people=[other], start=TODAY, days=1)
    session = training_class.sessions.get()
    at_once(
        merging(cast, one, other),
        lambda: attendance.record_marks(by=cast.trainer, session=session, marks=[Mark(other.pk, "sign_in")]),
    )
    assert list(session.presences.values_list("trainee", "present")) == [(one.pk, True)]


def test_undone_by_two_at_once_is_undone_once(cast):
    one, other = cast.person(), cast.person()
    merge = merge_files(by=cast.clerk, survivor=one, loser=other)
    at_once(*[lambda: undo_merge(by=cast.clerk, merge=merge, reason="two people") for _ in range(3)])
    assert (Merge.objects.standing().count(), Trainee.objects.live().count()) == (0, 2)


def test_told_apart_and_merged_at_once(cast):
    one, other = cast.person(), cast.person()
    at_once(merging(cast, one, other), lambda: decide_different(by=cast.clerk, one=one, other=other))
    merged = Trainee.objects.get(pk=other.pk).merged_into_id is not None
    assert (merged, DuplicatePair.objects.get().state) == (True, "same")


def test_two_looks_at_once_are_one_pair(cast):
    people = [cast.person(name="田强", phone="13900010001") for _ in range(3)]
    pks = [person.pk for person in people]
    at_once(*[lambda: look_at(pks) for _ in range(3)])
    assert DuplicatePair.objects.count() == 3
    assert timezone.localdate() == TODAY
