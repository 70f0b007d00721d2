"""Two people at once, on the real database with connections of their own."""

import threading
import uuid
from collections import Counter

import pytest
from django.db import connection

from courses.schedule import actions as schedule
from courses.schedule.models import TrainingClass
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import TODAY, assemble, make_programme, synthetic_id
from trainees.attendance import actions
from trainees.attendance.actions import Mark
from trainees.attendance.models import Presence, Scan
from trainees.practice.actions import ResultEntry, record_results
from trainees.practice.models import PracticalResult
from trainees.registry.models import Trainee

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reload_ground")]


@pytest.fixture
def cast(transactional_db):
    return assemble(make_programme())


def at_once(*calls) -> list:
    """What each call returned, or the code of its refusal; an unexpected error fails the test."""
    start, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        try:
            start.wait(timeout=10)
            results[place] = call()
        except Refused as refusal:
            results[place] = refusal.code
        except BaseException as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    errors = [result for result in results if isinstance(result, BaseException)]
    assert errors == []
    return results


def test_the_last_place_is_given_once(cast):
    training_class = cast.training_class(capacity=2, open=False)
    people = [cast.person() for _ in range(6)]
    reports = at_once(*[
        lambda person=person: actions.enrol(by=cast.clerk, training_class=training_class, trainees=[person])
        for person in people
    ])  # fmt: skip
    assert (sum(len(r.enrolled) for r in reports), sum(len(r.waitlisted) for r in reports)) == (2, 4)
    assert Counter(training_class.enrolments.values_list("state", flat=True)) == {"confirmed": 2, "waitlisted": 4}


def test_one_person_enrolled_by_two_is_enrolled_once(cast):
    training_class, person = cast.training_class(open=False), cast.person()
    reports = at_once(*[
        lambda: actions.enrol(by=cast.clerk, training_class=training_class, trainees=[person]) for _ in range(4)
    ])  # fmt: skip
    assert sorted((len(r.enrolled), len(r.already)) for r in reports) == [(0, 1), (0, 1), (0, 1), (1, 0)]
    assert training_class.enrolments.count() == 1


def test_two_trainers_mark_the_same_people_once(cast):
    training_class = cast.training_class(people=5, start=TODAY, days=1)
    session = training_class.sessions.get()
    people = [row.trainee_id for row in training_class.enrolments.all()]
    results = at_once(*[
        lambda: actions.record_marks(by=cast.trainer, session=session, marks=[Mark(pk, "sign_in") for pk in people])
        for _ in range(3)
    ])  # fmt: skip
    outcomes = Counter(result.outcome for batch in results for result in batch)
    assert outcomes == {"taken": 5, "had": 10}
    assert (Scan.objects.count(), Presence.objects.filter(present=True).count()) == (5, 5)


def test_one_form_sent_twice_at_once_is_one(cast):
    training_class = cast.training_class(people=3, start=TODAY, days=1)
    session = training_class.sessions.get()
    marks = [Mark(row.trainee_id, "sign_in") for row in training_class.enrolments.all()]
    at_once(*[lambda: actions.record_marks(by=cast.trainer, session=session, marks=marks) for _ in range(2)])
    assert Scan.objects.count() == 3


def test_closing_and_marking_at_once_leave_no_mark_after_the_count(cast):
    training_class = cast.training_class(people=2, start=TODAY, days=1)
    session = training_class.sessions.get()
    marks = [Mark(row.trainee_id, "sign_in") for row in training_class.enrolments.all()]
    at_once(
        lambda: schedule.close_class(by=cast.clerk, training_class=training_class),
        lambda: actions.record_marks(by=cast.trainer, session=session, marks=marks),
    )
    refused = Scan.objects.filter(refusal="class_not_running").count()
    assert (refused, Presence.objects.count()) in {(0, 2), (2, 0)}


def test_a_walk_in_clicked_twice_is_one_person(cast):
    training_class = cast.training_class(start=TODAY, days=1)
    session, number = training_class.sessions.get(), uuid.uuid4()
    call = {
        "by": cast.trainer, "session": session, "name": "岩新", "township": cast.township("勐省镇"),
        "phone": "13800889911", "client_uuid": number,
    }  # fmt: skip
    came = at_once(*[lambda: actions.walk_in(**call) for _ in range(3)])
    assert Counter(one.registered for one in came) == {True: 1, False: 2}
    assert (Trainee.objects.count(), Scan.objects.count()) == (1, 1)


def test_a_walk_in_at_two_doors_is_one_file(cast):
    doors = [cast.training_class(start=TODAY, days=1).sessions.get() for _ in range(2)]
    came = at_once(*[
        lambda session=session: actions.walk_in(
            by=cast.trainer, session=session, name="岩新", township=cast.township("勐省镇"),
            id_number=synthetic_id(970), client_uuid=uuid.uuid4(),
        )
        for session in doors
    ])  # fmt: skip
    assert Counter(one.registered for one in came) == {True: 1, False: 1}
    assert Trainee.objects.count() == 1


def test_two_clicks_open_and_close_once(cast):
    training_class = cast.training_class(people=1, start=TODAY, days=1, open=False)

    def again():
        return TrainingClass.objects.get(pk=training_class.pk)

    at_once(*[lambda: schedule.open_class(by=cast.clerk, training_class=again()) for _ in range(3)])
    assert training_class.tasks.count() == training_class.course.tasks.count() == 1
    at_once(*[lambda: schedule.close_class(by=cast.clerk, training_class=again()) for _ in range(3)])
    events = AuditEvent.objects.filter(record_label=training_class.code, event__in=("class.opened", "class.closed"))
    assert sorted(events.values_list("event", flat=True)) == ["class.closed", "class.opened"]


def test_classes_planned_at_once_have_different_numbers(cast):
    made = at_once(*[lambda half=half: plan(cast, half) for half in ("am", "pm", "ev")])
    assert sorted(one.code for one in made) == ["2018-B1-01", "2018-B1-02", "2018-B1-03"]


def test_a_trainer_is_booked_once_by_two_clerks(cast):
    made = at_once(*[lambda: plan(cast, "am") for _ in range(3)])
    assert Counter(one if isinstance(one, str) else "planned" for one in made) == {"planned": 1, "trainer_busy": 2}


def plan(cast, half: str) -> TrainingClass:
    return schedule.plan_class(
        by=cast.clerk, programme=cast.programme, course=cast.course("B1"), trainer=cast.trainer.trainer,
        venue=cast.venue(), capacity=10, title=f"班{uuid.uuid4()}", sessions=[schedule.SessionPlan(TODAY, half)],
    )  # fmt: skip


def test_one_result_entered_by_two_is_one_attempt(cast):
    training_class = cast.training_class(people=1, start=TODAY, days=1)
    entry = ResultEntry(training_class.tasks.get(), training_class.enrolments.get().trainee, "passed", 90)
    at_once(*[
        lambda: record_results(by=cast.trainer, training_class=training_class, results=[entry], assessed_on=TODAY)
        for _ in range(3)
    ])  # fmt: skip
    assert list(PracticalResult.objects.values_list("attempt", flat=True)) == [1]
