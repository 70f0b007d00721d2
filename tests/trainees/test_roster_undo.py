"""An import taken back within a day, as long as nothing was built on it."""

import datetime

import pytest

from lms.audit.models import AuditEvent
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.refusals import Refused
from tests.cast import TODAY
from tests.trainees.rosters import HEADER, bring, enter, line, warnings, workbook
from tests.trainees.test_roster_rows import decide, go_on, known, take, verdicts
from trainees.attendance.actions import enrol
from trainees.registry.actions import add_membership, correct_trainee, end_membership
from trainees.registry.models import GroupMembership, Trainee
from trainees.rosters import actions, imports
from trainees.rosters.enums import Decision, ImportState, Verdict

pytestmark = pytest.mark.django_db
REASON = "选错了培训班"


def undo(by, roster, **facts):
    roster = actions.undo_import(by=by, roster=roster, reason=REASON, **facts)
    for _progress in imports.take_back(roster, by=by):
        pass
    roster.refresh_from_db()
    return roster


def refusal(by, roster, **facts) -> str:
    with pytest.raises(Refused) as refused:
        actions.undo_import(by=by, roster=roster, **{"reason": REASON, **facts})
    return refused.value.code


def test_opened_files_go_out_of_use_and_the_rows_wait_again(cast):
    training_class = cast.training_class()
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1), line(2)), training_class=training_class))
    roster = undo(cast.clerk, roster)
    assert (roster.state, roster.committed_at, verdicts(roster)) == (
        ImportState.PREVIEW, None, {2: Verdict.NEW, 3: Verdict.NEW},
    )  # fmt: skip
    assert (Trainee.objects.count(), Trainee.objects.live().count()) == (2, 0)
    assert set(Trainee.objects.values_list("void_reason", "voided_by")) == {(REASON, cast.clerk.label)}
    assert set(training_class.enrolments.values_list("state", "reason")) == {("cancelled", REASON)}
    assert roster.notes == [{"code": "undone", "facts": {"rows": 2, "kept": 0, "day": "2018-06-15"}}]
    event = AuditEvent.objects.get(event="roster.undone")
    assert (event.actor, event.reason, event.changes) == (cast.clerk.label, REASON, {"rows": [2, 0]})


def test_entered_again_the_people_get_new_files(cast):
    training_class = cast.training_class()
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1)), training_class=training_class))
    old = Trainee.objects.get()
    roster = go_on(cast.clerk, undo(cast.clerk, roster))
    new = Trainee.objects.live().get()
    assert (old.file_number != new.file_number, roster.rows.get().trainee) == (True, new)
    assert list(training_class.enrolments.order_by("pk").values_list("trainee", "state")) == [
        (old.pk, "cancelled"), (new.pk, "confirmed"),
    ]  # fmt: skip


def snapshot() -> tuple:
    people = Trainee.objects.order_by("pk").values()
    return list(people), list(GroupMembership.objects.live().order_by("pk").values())


def test_what_was_changed_in_known_files_becomes_exactly_what_it_was(cast):
    filled = known(cast, 5, phone="13911111111", education="70", village=None)
    alias = known(cast, 6, name="艾旧名")
    nameless = known(cast, 7, id_number="", id_kind="none", sex="2", birth_date=datetime.date(1988, 8, 8))
    add_membership(
        by=cast.clerk, trainee=filled, group="poor_household", valid_from=TODAY, evidence="document"
    )  # fmt: skip
    before = snapshot()
    header = [*HEADER, "文化程度", "户编号", "组"]
    roster = bring(cast.clerk, workbook(
        [*line(5, groups="残疾人、贫困户"), "大专", "5309271234", "三组"], [*line(6)], [*line(7)], header=header,
    ))  # fmt: skip
    take(cast.clerk, roster, 2, "phone", "education", "place", "household_number", "village_group", "group")
    decide(cast.clerk, roster, 3, Decision.ALIAS)
    decide(cast.clerk, roster, 4, Decision.SAME, nameless)
    roster = enter(cast.clerk, roster)
    assert (roster.rows.filter(committed=True).count(), snapshot() != before) == (3, True)
    roster = undo(cast.clerk, roster)
    assert (snapshot(), roster.state) == (before, ImportState.PREVIEW)
    assert verdicts(roster) == {2: Verdict.CHANGED, 3: Verdict.CHANGED, 4: Verdict.CHANGED}
    assert roster.rows.get(number=3).trainee == alias


def test_whoever_was_in_the_class_before_stays_in_it(cast):
    person = known(cast)
    training_class = cast.training_class(people=[person])
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(5), line(6)), training_class=training_class))
    undo(cast.clerk, roster)
    assert list(training_class.enrolments.order_by("pk").values_list("state", flat=True)) == ["confirmed", "cancelled"]


def test_nothing_is_taken_back_while_something_stands_in_the_way(cast):
    training_class = cast.training_class(start=TODAY, days=1)
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1), line(2)), training_class=training_class))
    seen = roster.rows.get(number=3).trainee
    cast.mark(training_class, [seen])
    assert actions.in_the_way(roster) == {3: "undo_attended"}
    assert refusal(cast.clerk, roster) == "undo_blocked"
    roster.refresh_from_db()
    assert (roster.state, Trainee.objects.live().count()) == (ImportState.COMMITTED, 2)
    roster = undo(cast.clerk, roster, rest=True)
    assert (roster.state, list(Trainee.objects.live())) == (ImportState.COMMITTED, [seen])
    assert (verdicts(roster), warnings(roster)) == ({2: Verdict.NEW, 3: Verdict.NEW}, {3: ["undo_attended"]})
    assert roster.notes[-1]["facts"] == {"rows": 1, "kept": 1, "day": "2018-06-15"}


def corrected(cast, person):
    correct_trainee(by=cast.clerk, trainee=person, changes={"phone": "13900000000"})


def enrolled(cast, person):
    enrol(by=cast.clerk, training_class=cast.training_class(), trainees=[person])


def grouped(cast, person):
    add_membership(by=cast.clerk, trainee=person, group="veteran", valid_from=TODAY, evidence="document")


def on_another_roster(cast, person):
    enter(cast.clerk, bring(cast.clerk, workbook(line(1), line(9)), name="other.xlsx"))


@pytest.mark.parametrize(
    ("built", "code"),
    [(corrected, "undo_corrected"), (enrolled, "undo_used"), (grouped, "undo_used"),
     (on_another_roster, "undo_elsewhere")],
)  # fmt: skip
def test_what_stands_in_the_way_of_an_opened_file(cast, built, code):
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1))))
    built(cast, roster.rows.get().trainee)
    assert actions.in_the_way(roster) == {2: code}


def group_ended(cast, person):
    end_membership(by=cast.clerk, membership=person.memberships.get(), valid_to=TODAY, reason="x")


def another_fact_corrected(cast, person):
    correct_trainee(by=cast.clerk, trainee=person, changes={"village_group": "三组"})


@pytest.mark.parametrize(
    ("built", "told"),
    [(corrected, {2: "undo_corrected"}), (group_ended, {2: "undo_group"}), (another_fact_corrected, {}),
     (enrolled, {})],
)  # fmt: skip
def test_what_stands_in_the_way_of_a_changed_file(cast, built, told):
    person = known(cast, phone="")
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(5, groups="残疾人"))))
    built(cast, person)
    assert actions.in_the_way(roster) == told


def test_after_a_day_it_stays(cast, quiet_day):
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1))))
    quiet_day.shift(datetime.timedelta(hours=23, minutes=59))
    assert actions.undoable(roster).count() == 1
    quiet_day.shift(datetime.timedelta(minutes=2))
    assert (actions.undoable(roster).count(), refusal(cast.clerk, roster)) == (0, "undo_too_late")


def test_rows_of_yesterday_stay_and_those_of_today_go(cast, quiet_day):
    roster = go_on(cast.clerk, bring(cast.clerk, workbook(line(1), line(2))), numbers=[2])
    quiet_day.shift(datetime.timedelta(hours=30))
    roster = undo(cast.clerk, go_on(cast.clerk, roster))
    assert list(roster.rows.filter(committed=True).values_list("number", flat=True)) == [2]
    assert roster.state == ImportState.COMMITTED


def test_it_needs_a_reason_and_something_entered(cast):
    roster = bring(cast.clerk, workbook(line(1)))
    assert refusal(cast.clerk, roster) == "undo_too_late"
    assert refusal(cast.clerk, enter(cast.clerk, roster), reason=" ") == "reason_missing"


def test_a_closed_class_keeps_its_people(cast):
    from trainees.progress.actions import close_and_count

    training_class = cast.training_class(start=TODAY - datetime.timedelta(days=2), days=1)
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1)), training_class=training_class))
    close_and_count(by=cast.clerk, training_class=training_class)
    assert actions.in_the_way(roster) == {2: "undo_class_over"}


def test_groups_of_a_repeat_go_with_it(cast, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 1)
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1), line(1, groups="残疾人"))))
    assert GroupMembership.objects.count() == 1
    assert actions.in_the_way(roster) == {}
    undo(cast.clerk, roster)
    assert (GroupMembership.objects.live().count(), Trainee.objects.live().count()) == (0, 0)


def test_a_household_that_a_known_person_had_comes_back(cast):
    person = known(cast, household_number="5309270001")
    roster = bring(cast.clerk, workbook([*line(5), "5309270002"], header=[*HEADER, "户编号"]))
    take(cast.clerk, roster, 2, "household_number")
    roster = enter(cast.clerk, roster)
    person = Trainee.objects.get(pk=person.pk)
    assert person.household.number == "5309270002"
    undo(cast.clerk, roster)
    assert Trainee.objects.get(pk=person.pk).household.number == "5309270001"


def test_taking_back_goes_on_where_a_dead_worker_stopped(cast, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    roster = enter(cast.clerk, bring(cast.clerk, workbook(*[line(n) for n in range(1, 6)])))
    roster = actions.undo_import(by=cast.clerk, roster=roster, reason=REASON)
    work = imports.take_back(roster, by=cast.clerk)
    assert next(work) == (2, 0, 5)
    work.close()
    assert list(imports.take_back(roster, by=cast.clerk)) == [(2, 0, 3), (3, 0, 3)]
    assert (Trainee.objects.live().count(), list(imports.take_back(roster, by=cast.clerk))) == (0, [])
    roster.refresh_from_db()
    assert roster.notes[-1]["facts"] == {"rows": 5, "kept": 0, "day": "2018-06-15"}


def test_the_job_takes_back(cast, django_capture_on_commit_callbacks):
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1))))
    with django_capture_on_commit_callbacks(execute=True):
        actions.undo_import(by=cast.clerk, roster=roster, reason=REASON)
    job = Job.objects.get(kind="roster_undo")
    jobs.work(job.pk)  # a second waking finds nothing to do
    roster.refresh_from_db()
    assert (job.state, roster.state, Trainee.objects.live().count()) == ("done", ImportState.PREVIEW, 0)


def test_the_waiting_list_of_the_same_roster_moves_nobody_up_for_nothing(cast):
    training_class = cast.training_class(capacity=1)
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1), line(2)), training_class=training_class))
    undo(cast.clerk, roster)
    assert set(training_class.enrolments.values_list("state", flat=True)) == {"cancelled"}
    assert AuditEvent.objects.filter(event="enrolment.moved_up").count() == 0
