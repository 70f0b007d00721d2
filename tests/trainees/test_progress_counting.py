"""From marks to the ledger: who counts, who does not and why, and that counting again changes nothing."""

import datetime
from decimal import Decimal

import pytest

from courses.schedule import actions as schedule
from lms.programme import actions as programmes
from lms.programme.enums import CountedUnit
from lms.programme.queries import policy_of
from tests.cast import TODAY
from trainees.attendance import actions as attendance
from trainees.progress import queries, rules
from trainees.progress.actions import close_and_count, count_class, recount, refuse_and_count
from trainees.progress.enums import Loss
from trainees.progress.models import PersonTime, PersonTimeGroup
from trainees.progress.tasks import recount_all
from trainees.registry import actions as registry
from trainees.registry.models import Trainee

DAY = datetime.timedelta(days=1)


def closed_class(cast, present: dict, **facts):
    """A class that is over; `present` maps a trainee to the number of sessions attended."""
    days = facts.pop("days", 2)
    training_class = cast.training_class(
        people=list(present), days=days, start=TODAY - (days + 1) * DAY, open=True, **facts
    )
    for trainee, sessions in present.items():
        if sessions:
            cast.mark(training_class, [trainee], sessions=sessions)
    return close_and_count(by=cast.clerk, training_class=training_class)


def units(training_class) -> dict[str, tuple]:
    return {
        unit.trainee.file_number: (unit.counted, unit.loss)
        for unit in PersonTime.objects.filter(training_class=training_class).select_related("trainee")
    }


def test_one_person_completing_one_class_counts_once(cast):
    stayed, left, never = cast.person(), cast.person(), cast.person()
    training_class = closed_class(cast, {stayed: 2, left: 1, never: 0})
    assert units(training_class) == {
        stayed.file_number: (True, ""),
        left.file_number: (False, Loss.ATTENDANCE_TOO_LOW),
        never.file_number: (False, Loss.NEVER_SIGNED),
    }


def test_eighty_percent_of_all_planned_sessions(cast):
    four_of_five, three_of_five = cast.person(), cast.person()
    training_class = closed_class(cast, {four_of_five: 4, three_of_five: 3}, days=5)
    assert units(training_class) == {
        four_of_five.file_number: (True, ""),
        three_of_five.file_number: (False, Loss.ATTENDANCE_TOO_LOW),
    }


def test_a_person_without_papers_waits_for_review(cast):
    nobody = cast.person(id_kind="none", id_number="")
    training_class = closed_class(cast, {nobody: 2})
    assert units(training_class) == {nobody.file_number: (False, Loss.IDENTITY_OPEN)}


def test_a_refused_class_keeps_its_units_with_the_reason(cast):
    trainee = cast.person()
    training_class = closed_class(cast, {trainee: 2})
    refuse_and_count(by=cast.manager, training_class=training_class, reason="photos do not match")
    assert units(training_class) == {trainee.file_number: (False, Loss.CLASS_REFUSED)}
    assert PersonTime.objects.filter(counted=True).count() == 0


def test_a_waiting_person_does_not_count(cast):
    first, second = cast.person(), cast.person()
    training_class = closed_class(cast, {first: 2, second: 0}, capacity=1)
    assert units(training_class)[second.file_number] == (False, Loss.ENROLMENT_NOT_CONFIRMED)


def test_signing_in_and_leaving_is_no_attendance():
    assert rules.is_session_attended(present=True, minutes_present=144, minutes=180, percent=80) is True
    assert rules.is_session_attended(present=True, minutes_present=143, minutes=180, percent=80) is False
    assert rules.is_session_attended(present=False, minutes_present=180, minutes=180, percent=80) is False


def test_a_running_class_has_no_units(cast):
    trainee = cast.person()
    training_class = cast.training_class(people=[trainee])
    cast.mark(training_class, [trainee])
    assert count_class(training_class) == []
    assert PersonTime.objects.count() == 0


def test_groups_are_those_of_the_first_day_not_of_today(cast):
    trainee = cast.person(sex="2", groups=["poor_household"], groups_from=TODAY - 30 * DAY)
    registry.add_membership(by=cast.clerk, trainee=trainee, group="disabled", valid_from=TODAY, evidence="document")
    training_class = closed_class(cast, {trainee: 2})
    found = PersonTimeGroup.objects.filter(person_time__training_class=training_class)
    expected = {"poor_household"} | ({"women"} if Trainee.objects.get(pk=trainee.pk).sex == "2" else set())
    assert set(found.values_list("group", flat=True)) == expected


@pytest.mark.parametrize(
    ("unit", "expected"),
    [(CountedUnit.PER_CLASS, 1), (CountedUnit.PER_DAY, 2), (CountedUnit.PER_SESSION, 3)],
)
def test_the_same_class_under_each_unit(cast, unit, expected):
    programmes.set_policy(by=cast.manager, programme=cast.programme, unit=unit)
    trainee = cast.person()
    start = TODAY - 3 * DAY
    halves = [(start, "am"), (start, "pm"), (start + DAY, "am")]
    training_class = cast.training_class(
        people=[trainee], sessions=[schedule.SessionPlan(day=day, half=half) for day, half in halves]
    )
    cast.mark(training_class, [trainee])
    close_and_count(by=cast.clerk, training_class=training_class)
    progress = queries.progress_of(queries.ledger(cast.programme), cast.programme, policy_of(cast.programme))
    assert progress.person_times == expected
    assert progress.persons == 1
    assert progress.hours == Decimal("12.0")
    assert progress.other_units == {"per_class": 1, "per_day": 2, "per_session": 3}


def test_funnel_and_losses_add_up(cast):
    people = {cast.person(): attended for attended in (2, 2, 2, 1, 0)}
    closed_class(cast, people)
    progress = queries.progress_of(queries.ledger(cast.programme), cast.programme, policy_of(cast.programme))
    assert {stage.key: stage.units for stage in progress.funnel} == {
        "enrolled": 5,
        "signed": 4,
        "attended": 3,
        "countable": 3,
    }
    assert {stage.key: stage.units for stage in progress.losses} == {"never_signed": 1, "attendance_too_low": 1}


def test_persons_are_distinct_across_classes(cast):
    again, once = cast.person(), cast.person()
    closed_class(cast, {again: 2, once: 2})
    closed_class(cast, {again: 2}, township="岩帅镇")
    units = queries.ledger(cast.programme)
    policy = policy_of(cast.programme)
    progress = queries.progress_of(units, cast.programme, policy)
    assert (progress.person_times, progress.persons) == (3, 2)
    cells = {cell.label: (cell.person_times, cell.persons) for cell in queries.by_township(units, policy)}
    assert len(cells) == 11
    assert cells["勐省镇"] == (3, 2)
    assert [(cell.key, cell.person_times, cell.persons) for cell in queries.by_tier(units, policy)] == [
        ("entrepreneur", 3, 2)
    ]


def test_as_of_leaves_out_what_came_later(cast):
    training_class = closed_class(cast, {cast.person(): 2})
    last_day = training_class.sessions.order_by("-day").first().day
    assert queries.ledger(cast.programme, as_of=last_day).count() == 1
    assert queries.ledger(cast.programme, as_of=last_day - DAY).count() == 0


def test_counting_again_changes_nothing(cast):
    training_class = closed_class(cast, {cast.person(): 2, cast.person(): 1})
    before = list(PersonTime.objects.values())
    count_class(training_class)
    assert list(PersonTime.objects.values()) == before
    assert recount(by=cast.manager, programme=cast.programme, check=True).differences == []


def test_recount_reports_and_mends_a_tampered_ledger(cast):
    trainee = cast.person()
    training_class = closed_class(cast, {trainee: 0})
    PersonTime.objects.update(counted=True, loss="")
    check = recount(by=cast.manager, programme=cast.programme, check=True)
    assert [(d.class_code, d.file_number, d.stored["counted"], d.expected["counted"]) for d in check.differences] == [
        (training_class.code, trainee.file_number, "True", "False")
    ]
    assert PersonTime.objects.get().counted is True
    recount(by=cast.manager, programme=cast.programme)
    assert PersonTime.objects.get().counted is False
    assert recount(by=cast.manager, programme=cast.programme, check=True).differences == []


def test_recount_writes_units_that_are_missing(cast):
    closed_class(cast, {cast.person(): 2})
    PersonTime.objects.all().delete()
    assert len(recount(by=cast.manager, programme=cast.programme).differences) == 1
    assert PersonTime.objects.filter(counted=True).count() == 1


def test_a_cancelled_enrolment_leaves_the_ledger(cast):
    stays, withdraws = cast.person(), cast.person()
    training_class = cast.training_class(people=[stays, withdraws], start=TODAY - 3 * DAY)
    enrolment = training_class.enrolments.get(trainee=withdraws)
    attendance.cancel_enrolment(by=cast.clerk, enrolment=enrolment, reason="moved away")
    cast.mark(training_class, [stays])
    close_and_count(by=cast.clerk, training_class=training_class)
    assert units(training_class) == {stays.file_number: (True, "")}


def test_the_nightly_recount_brings_a_settled_identity_into_the_figures(cast):
    nobody = cast.person(id_kind="none", id_number="")
    training_class = closed_class(cast, {nobody: 2})
    registry.accept_identity(by=cast.manager, trainee=nobody, reason="household register seen")
    assert recount_all() == 1
    assert units(training_class) == {nobody.file_number: (True, "")}
    assert recount_all() == 0
