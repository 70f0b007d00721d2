"""One person, two files: nothing is lost, nobody counts twice, and it can be undone."""

import datetime
import uuid

import pytest

from lms.accounts.models import User
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import TODAY, synthetic_id
from tests.trainees.merged import DAY, closed_class, dump, ledger_is_clean
from trainees.attendance import actions as attendance
from trainees.attendance.actions import Mark
from trainees.attendance.models import Enrolment, Presence, Scan
from trainees.learning.models import LessonProgress, QuizAttempt
from trainees.merging.actions import (
    decide_different,
    forget_snapshots,
    look_at,
    merge_files,
    preview_merge,
    undo_merge,
)  # fmt: skip
from trainees.merging.models import DuplicatePair, Merge
from trainees.practice.actions import ResultEntry, record_results
from trainees.practice.models import PracticalResult
from trainees.progress.models import PersonTime
from trainees.registry import actions as registry
from trainees.registry.models import GroupMembership, Trainee

pytestmark = pytest.mark.django_db

WOMAN = synthetic_id(5001, female=True)


@pytest.fixture
def two(cast):
    """The same man twice: with his ID, and by his other name without papers."""
    kept = cast.person(name="岩嘎", id_number=synthetic_id(5000), phone="13900010001", ethnic="21")
    other = cast.person(
        name="艾嘎", aliases=["李明"], id_kind="none", id_number="", phone="13900010002", education="70",
        birth_date=datetime.date(1980, 1, 1), household_number="530927001",
    )  # fmt: skip
    look_at([kept.pk, other.pk])
    return kept, other


def with_papers(cast, other) -> None:
    """The file counts from now on."""
    registry.accept_identity(by=cast.clerk, trainee=other, reason="household register seen")


def merge(cast, kept, other, **facts) -> Merge:
    return merge_files(**{"by": cast.clerk, "survivor": kept, "loser": other, **facts})


def units() -> list[tuple]:
    return list(PersonTime.objects.order_by("id").values_list("trainee", "counted", "loss"))


# --- The file itself --------------------------------------------------------------------------------------------


def test_the_surviving_file_keeps_its_facts_and_learns_what_it_did_not_know(cast, two):
    kept, other = two
    merge(cast, kept, other)
    kept.refresh_from_db()
    assert (kept.name, kept.aliases, kept.name_pinyin) == (
        "岩嘎", ["艾嘎", "李明"], "aiga|ag|yanga|yg|liming|lm",
    )  # fmt: skip
    assert (kept.id_number, kept.phone, kept.ethnic, kept.education) == (
        synthetic_id(5000), "13900010001", "21", "70",
    )  # fmt: skip
    assert kept.household.number == "530927001"
    assert kept.birth_date != datetime.date(1980, 1, 1)


def test_the_losing_file_is_out_of_use_and_leads_on(cast, two):
    kept, other = two
    merge(cast, kept, other)
    other.refresh_from_db()
    assert (other.merged_into_id, other.voided_by, other.name) == (kept.pk, cast.clerk.label, "艾嘎")
    assert Trainee.objects.surviving([other.pk, kept.pk]) == {other.pk: kept.pk}


def test_each_fact_is_chosen_for_itself(cast, two):
    kept, other = two
    merge(cast, kept, other, choices={"name": other.file_number, "phone": other.file_number})
    kept.refresh_from_db()
    assert (kept.name, kept.aliases, kept.phone, kept.phone_hash) == (
        "艾嘎", ["岩嘎", "李明"], "13900010002", Trainee.hash_phone("13900010002"),
    )  # fmt: skip


def test_sex_and_birth_follow_the_number_that_was_chosen(cast, two):
    kept, _other = two
    born = cast.person(name="岩嘎", id_number=WOMAN)
    merge(cast, born, kept, choices={"identity": kept.file_number, "sex": born.file_number})
    born.refresh_from_db()
    assert (born.id_number, born.sex, born.birth_date) == (synthetic_id(5000), kept.sex, kept.birth_date)
    assert Trainee.objects.by_id_number(WOMAN).exists() is False


def test_no_choice_that_does_not_exist(cast, two):
    kept, other = two
    with pytest.raises(TypeError):
        merge(cast, kept, other, choices={"shoe_size": kept.file_number})
    with pytest.raises(TypeError):
        merge(cast, kept, other, choices={"name": "530927-999999"})


def test_of_two_accounts_the_chosen_one_opens_the_file(cast, two):
    kept, other = two
    mine, spare = User.objects.create(username="mine"), User.objects.create(username="spare")
    registry.link_account(by=cast.clerk, trainee=kept, user=mine)
    registry.link_account(by=cast.clerk, trainee=other, user=spare)
    done = merge(cast, kept, other, choices={"account": other.file_number})
    assert (Trainee.objects.get(pk=kept.pk).user, Trainee.objects.get(pk=other.pk).user) == (spare, None)
    undo_merge(by=cast.clerk, merge=done, reason="two brothers")
    assert (Trainee.objects.get(pk=kept.pk).user, Trainee.objects.get(pk=other.pk).user) == (mine, spare)


# --- Classes ----------------------------------------------------------------------------------------------------


def test_in_one_class_under_both_files_counts_once(cast, two):
    kept, other = two
    with_papers(cast, other)
    training_class = closed_class(cast, {kept: 2, other: 2})
    assert units() == [(kept.pk, True, ""), (other.pk, True, "")]
    merge(cast, kept, other)
    assert units() == [(kept.pk, True, "")]
    assert ledger_is_clean(cast)
    states = training_class.enrolments.order_by("id").values_list("trainee", "state", "reason")
    assert list(states) == [
        (kept.pk, "confirmed", ""), (other.pk, "cancelled", f"已并入档案 {kept.file_number}。"),
    ]  # fmt: skip
    assert Scan.objects.filter(trainee=kept).count() == 4
    assert list(Presence.objects.values_list("trainee", "present")) == [(kept.pk, True)] * 2


def test_half_under_each_file_is_a_whole_class(cast, two):
    kept, other = two
    training_class = cast.training_class(people=[kept, other], start=TODAY - 5 * DAY)
    first, second = training_class.sessions.all()
    for session, person in ((first, kept), (second, other)):
        attendance.record_marks(by=cast.trainer, session=session, marks=[Mark(person.pk, "sign_in")])
    closed = close(cast, training_class)
    assert units() == [(kept.pk, False, "attendance_too_low"), (other.pk, False, "attendance_too_low")]
    merge(cast, kept, other)
    assert units() == [(kept.pk, True, "")]
    assert closed.enrolments.filter(state="confirmed").count() == 1


def close(cast, training_class):
    from trainees.progress.actions import close_and_count  # local: only two tests close by hand

    return close_and_count(by=cast.clerk, training_class=training_class)


def test_absent_on_the_other_line_of_the_roll_takes_nothing_away(cast, two):
    kept, other = two
    training_class = cast.training_class(people=[kept, other], start=TODAY - 5 * DAY)
    for session in training_class.sessions.all():
        attendance.record_marks(
            by=cast.trainer, session=session, marks=[Mark(kept.pk, "sign_in"), Mark(other.pk, "absent")]
        )
    close(cast, training_class)
    done = merge(cast, kept, other)
    assert units() == [(kept.pk, True, "")]
    scans = Scan.objects.order_by("id").values_list("trainee", "kind", "accepted", "refusal")
    assert list(scans) == [
        (kept.pk, "sign_in", True, ""), (kept.pk, "absent", False, "other_file"),
    ] * 2  # fmt: skip
    assert ledger_is_clean(cast)
    undo_merge(by=cast.clerk, merge=done, reason="two people")
    assert set(Scan.objects.values_list("accepted", "refusal")) == {(True, "")}
    assert units()[1][:2] == (other.pk, False)


def test_present_under_the_losing_file_alone(cast, two):
    kept, other = two
    training_class = cast.training_class(people=[kept, other], start=TODAY - 5 * DAY)
    for session in training_class.sessions.all():
        attendance.record_marks(
            by=cast.trainer, session=session, marks=[Mark(other.pk, "sign_in"), Mark(kept.pk, "absent")]
        )
    close(cast, training_class)
    merge(cast, kept, other)
    assert units() == [(kept.pk, True, "")]
    assert ledger_is_clean(cast)


def test_a_waiting_and_a_confirmed_enrolment_are_a_confirmed_one(cast, two):
    kept, other = two
    training_class = cast.training_class(people=[other, kept], capacity=1)
    assert dict(training_class.enrolments.values_list("trainee", "state")) == {
        other.pk: "confirmed", kept.pk: "waitlisted",
    }  # fmt: skip
    merge(cast, kept, other)
    assert dict(training_class.enrolments.values_list("trainee", "state")) == {
        other.pk: "cancelled", kept.pk: "confirmed",
    }  # fmt: skip


def test_a_person_time_is_not_lost_without_a_word(cast, two):
    kept, other = two
    closed_class(cast, {kept: 2})
    with pytest.raises(Refused) as refusal:
        merge(cast, kept, other, choices={"identity": other.file_number})
    assert (refusal.value.code, len(refusal.value.facts["classes"])) == ("would_lose_units", 1)
    assert units() == [(kept.pk, True, "")]
    assert Trainee.objects.get(pk=other.pk).voided_at is None
    merge(cast, kept, other, choices={"identity": other.file_number}, accept_losses=True)
    assert units() == [(kept.pk, False, "identity_open")]
    assert ledger_is_clean(cast)


# --- Groups, lessons, results -----------------------------------------------------------------------------------


def memberships(trainee) -> list[tuple]:
    rows = GroupMembership.objects.filter(trainee=trainee).order_by("group", "valid_from")
    return list(rows.values_list("group", "valid_from", "valid_to", "evidence"))


def test_days_of_a_group_are_those_of_both_files(cast, two):
    kept, other = two
    may, june = datetime.date(2018, 5, 1), datetime.date(2018, 6, 1)
    add = lambda trainee, group, day, evidence: registry.add_membership(  # noqa: E731
        by=cast.clerk, trainee=trainee, group=group, valid_from=day, evidence=evidence
    )
    add(kept, "poor_household", june, "roster")
    add(other, "poor_household", may, "document")
    add(kept, "disabled", may, "roster")
    add(other, "disabled", june, "document")
    add(kept, "veteran", may, "declared")
    add(other, "veteran", may, "official_list")
    add(other, "rural_youth", may, "roster")
    before = dump()
    done = merge(cast, kept, other)
    last = datetime.date(2018, 5, 31)
    assert memberships(kept) == [
        ("disabled", may, last, "roster"), ("disabled", june, None, "document"),
        ("poor_household", may, last, "document"), ("poor_household", june, None, "roster"),
        ("rural_youth", may, None, "roster"), ("veteran", may, None, "official_list"),
    ]  # fmt: skip
    assert memberships(other) == [("veteran", may, None, "declared")]
    undo_merge(by=cast.clerk, merge=done, reason="two people")
    assert dump() == before


def test_the_best_of_two_lessons(cast, two, lesson):
    kept, other = two
    early, late = (datetime.datetime(2018, 6, day, tzinfo=datetime.UTC) for day in (1, 2))
    for trainee, facts in (
        (kept, {"furthest_block": 5, "blocks_total": 8, "quiz_percent": 40}),
        (other, {"furthest_block": 3, "blocks_total": 8, "quiz_percent": 80, "completed_at": late}),
    ):
        LessonProgress.objects.create(trainee=trainee, lesson=lesson, **facts)
    LessonProgress.objects.filter(trainee=other).update(first_opened_at=early)
    QuizAttempt.objects.append(trainee=other, lesson=lesson, answers={}, correct=4, questions=5)
    merge(cast, kept, other)
    row = LessonProgress.objects.get(trainee=kept)
    assert (row.furthest_block, row.quiz_percent, row.completed_at, row.first_opened_at) == (5, 80, late, early)
    assert QuizAttempt.objects.get().trainee_id == kept.pk


@pytest.fixture
def lesson(cast):
    from courses.lessons.models import LessonPage  # as the lessons' own tests

    page = LessonPage(title="拍照", slug="photo", minutes=10)
    cast.course().add_child(instance=page)
    return page


def test_attempts_follow_each_other_and_a_pass_of_the_day_lasts(cast, two):
    kept, other = two
    training_class = cast.training_class(people=[kept, other], start=TODAY - 5 * DAY)
    task = training_class.tasks.get()
    for person, outcome, day in (
        (kept, "passed", TODAY), (other, "repeat", TODAY - DAY), (other, "failed", TODAY),
    ):  # fmt: skip
        record_results(
            by=cast.trainer,
            training_class=training_class,
            assessed_on=day,
            results=[ResultEntry(task, person, outcome)],
        )
    before = dump()
    done = merge(cast, kept, other)
    rows = PracticalResult.objects.order_by("attempt").values_list("trainee", "attempt", "outcome")
    assert list(rows) == [(kept.pk, 1, "repeat"), (kept.pk, 2, "failed"), (kept.pk, 3, "passed")]
    undo_merge(by=cast.clerk, merge=done, reason="two people")
    assert dump() == before


# --- Twice, in a row, in a ring -----------------------------------------------------------------------------------


def test_merging_again_is_the_same_merge(cast, two):
    kept, other = two
    assert merge(cast, kept, other).pk == merge(cast, kept, other).pk
    assert (Merge.objects.count(), AuditEvent.objects.filter(event="trainee.merged").count()) == (1, 1)


def test_a_ring_is_refused(cast, two):
    kept, other = two
    merge(cast, kept, other)
    for survivor, loser, code in ((other, kept, "file_voided"), (kept, kept, "same_file")):
        with pytest.raises(Refused, match=code):
            merge(cast, survivor, loser)


def test_a_row_of_files_leads_to_the_last(cast, two):
    kept, other = two
    last = cast.person(name="岩嘎嘎")
    merge(cast, kept, other)
    merge(cast, last, kept)
    assert Trainee.objects.surviving([other.pk, kept.pk]) == {other.pk: last.pk, kept.pk: last.pk}


def test_merges_into_one_file_are_undone_last_first(cast, two):
    kept, other = two
    third = cast.person()
    look_at([third.pk])
    closed_class(cast, {kept: 2, other: 1, third: 2})
    before = dump()
    first, second = merge(cast, kept, other), merge(cast, kept, third)
    with pytest.raises(Refused) as refusal:
        undo_merge(by=cast.clerk, merge=first, reason="two people")
    assert (refusal.value.code, third.file_number in str(refusal.value)) == ("undo_blocked", True)
    undo_merge(by=cast.clerk, merge=second, reason="two people")
    undo_merge(by=cast.clerk, merge=first, reason="two people")
    assert dump() == before
    assert ledger_is_clean(cast)


# --- Undo ---------------------------------------------------------------------------------------------------------


def test_undo_asks_a_reason_and_remembers_two_people(cast, two):
    kept, other = two
    done = merge(cast, kept, other)
    with pytest.raises(Refused, match="reason_missing"):
        undo_merge(by=cast.clerk, merge=done, reason=" ")
    undone = undo_merge(by=cast.manager, merge=done, reason="brothers, phoned 13900010001")
    assert (undone.undone_by, undone.undo_reason) == (cast.manager.label, "brothers, phoned 139****0001")
    assert DuplicatePair.objects.get().state == "different"
    assert undo_merge(by=cast.clerk, merge=done, reason="again").undone_by == cast.manager.label
    assert AuditEvent.objects.filter(event="trainee.unmerged").count() == 2
    again = merge(cast, kept, other)
    assert (again.pk == done.pk, DuplicatePair.objects.get().state) == (False, "same")


def test_what_was_recorded_since_stays_with_the_surviving_file(cast, two):
    kept, other = two
    training_class = cast.training_class(people=[other], start=TODAY, days=1)
    done = merge(cast, kept, other)
    attendance.record_marks(by=cast.trainer, session=training_class.sessions.get(), marks=[Mark(other.pk, "sign_in")])
    scan = Scan.objects.get()
    assert (scan.trainee_id, scan.accepted, scan.payload) == (kept.pk, True, {"trainee_id": other.pk})
    registry.correct_trainee(by=cast.clerk, trainee=kept, changes={"ethnic": "01"})
    undo_merge(by=cast.clerk, merge=done, reason="two people")
    assert Scan.objects.get().trainee_id == kept.pk
    assert (Trainee.objects.get(pk=kept.pk).ethnic, Enrolment.objects.get().trainee_id) == ("01", other.pk)


def test_a_later_correction_of_what_the_merge_wrote_stands_in_the_way(cast, two):
    kept, other = two
    done = merge(cast, kept, other)
    registry.correct_trainee(by=cast.clerk, trainee=kept, changes={"education": "60"})
    with pytest.raises(Refused) as refusal:
        undo_merge(by=cast.clerk, merge=done, reason="two people")
    assert refusal.value.facts["why"] == ["“档案本身”之后又有更改：文化程度。"]
    assert Trainee.objects.get(pk=other.pk).merged_into_id == kept.pk


def test_a_number_taken_meanwhile_stands_in_the_way(cast, two):
    kept, _other = two
    second = cast.person(name="岩嘎", id_number=synthetic_id(5004))
    done = merge(cast, kept, second)
    cast.person(name="岩嘎", id_number=synthetic_id(5004))
    with pytest.raises(Refused, match="undo_blocked"):
        undo_merge(by=cast.clerk, merge=done, reason="two people")
    assert Merge.objects.get().undone_at is None


def test_an_erased_snapshot_cannot_be_undone(cast, two):
    kept, other = two
    done = merge(cast, kept, other)
    assert (forget_snapshots(by=cast.manager, trainee=other), forget_snapshots(by=cast.manager, trainee=kept)) == (1, 0)
    with pytest.raises(Refused, match="undo_blocked"):
        undo_merge(by=cast.clerk, merge=Merge.objects.get(pk=done.pk), reason="two people")


def test_the_snapshot_is_ciphertext(cast, two):
    from django.db import connection  # the column itself, past the field

    kept, other = two
    done = merge(cast, kept, other)
    assert done.snapshot["files"]["loser"]["name"] == "艾嘎"
    with connection.cursor() as cursor:
        cursor.execute("select snapshot from trainees_merge")
        stored = cursor.fetchone()[0]
    assert ("艾嘎" in stored, "13900010002" in stored, "gAAAA" in stored) == (False, False, True)


# --- Preview --------------------------------------------------------------------------------------------------------


def test_a_preview_tells_what_moves_and_moves_nothing(cast, two):
    kept, other = two
    with_papers(cast, other)
    closed_class(cast, {kept: 2, other: 2})
    closed_class(cast, {other: 2})
    before, events = dump(), AuditEvent.objects.count()
    seen = preview_merge(by=cast.clerk, survivor=kept, loser=other)
    assert {label: counts for label, *counts in seen.tables} == {
        "trainees.Enrolment": [1, 1], "trainees.Scan": [4, 0], "trainees.Presence": [0, 4],
        "trainees.PersonTime": [2, 1], "trainees.HouseholdMember": [1, 0],
    }  # fmt: skip
    assert (seen.units.before, seen.units.after, seen.units.twice, seen.units.lost) == (2, 2, 1, ())
    assert (dump(), AuditEvent.objects.count()) == (before, events)
    done = merge(cast, kept, other, seen=seen.seen)
    assert [tuple(row) for row in done.counts] == seen.tables


def test_a_file_that_changed_after_the_preview_is_looked_at_again(cast, two):
    kept, other = two
    seen = preview_merge(by=cast.clerk, survivor=kept, loser=other).seen
    registry.correct_trainee(by=cast.clerk, trainee=other, changes={"ethnic": "01"})
    with pytest.raises(Refused, match="changed_meanwhile"):
        merge(cast, kept, other, seen=seen)


# --- Log, and those who come too late -----------------------------------------------------------------------------


def test_both_files_say_what_became_of_them(cast, two):
    kept, other = two
    with_papers(cast, other)
    closed_class(cast, {kept: 2, other: 2})
    merge(cast, kept, other, reason="card seen, 13900010002 is his wife's")
    events = AuditEvent.objects.filter(event__startswith="trainee.merged").order_by("event")
    assert [(e.event, e.record_label, e.reason, e.changes.get("person_times")) for e in events] == [
        ("trainee.merged", kept.file_number, "card seen, 139****0002 is his wife's", [2, 1]),
        ("trainee.merged_away", other.file_number, "card seen, 139****0002 is his wife's", None),
    ]


def test_nobody_is_enrolled_by_a_file_that_was_merged_away(cast, two):
    kept, other = two
    training_class = cast.training_class()
    stale = Trainee.objects.get(pk=other.pk)
    merge(cast, kept, other)
    with pytest.raises(Refused, match="file_voided"):
        attendance.enrol(by=cast.clerk, training_class=training_class, trainees=[stale])
    assert Enrolment.objects.count() == 0


def test_a_list_on_a_phone_that_knows_both_files_marks_one_person(cast, two):
    kept, other = two
    training_class = cast.training_class(people=[kept, other], start=TODAY, days=1)
    merge(cast, kept, other)
    uuids = [uuid.uuid4(), uuid.uuid4()]
    results = attendance.record_marks(
        by=cast.trainer, session=training_class.sessions.get(),
        marks=[Mark(other.pk, "sign_in", uuids[0]), Mark(kept.pk, "sign_in", uuids[1])],
    )  # fmt: skip
    assert [(r.client_uuid, r.trainee_id, r.outcome) for r in results] == [
        (uuids[0], other.pk, "taken"), (uuids[1], kept.pk, "had"),
    ]  # fmt: skip
    assert list(Presence.objects.values_list("trainee", "present")) == [(kept.pk, True)]


def test_a_pair_with_a_file_out_of_use_is_not_decided(cast, two):
    kept, other = two
    merge(cast, kept, other)
    with pytest.raises(Refused, match="file_voided"):
        decide_different(by=cast.clerk, one=kept, other=other)
