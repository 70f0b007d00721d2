import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.schedule import actions as schedule
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import TODAY, synthetic_id
from trainees.attendance import actions
from trainees.attendance.actions import Mark
from trainees.attendance.models import Enrolment, Presence, Scan
from trainees.registry.models import Trainee


def refusal(call, *args, **kwargs) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value


def states(training_class) -> list[str]:
    return list(training_class.enrolments.order_by("id").values_list("state", flat=True))


def people_of(training_class) -> list[Trainee]:
    return [row.trainee for row in training_class.enrolments.select_related("trainee").order_by("id")]


def marks(people, kind="sign_in", **facts) -> list[Mark]:
    return [Mark(person.pk, kind, **facts) for person in people]


def presence(session) -> list[tuple]:
    rows = Presence.objects.filter(session=session).order_by("trainee")
    return list(rows.values_list("trainee", "present", "minutes_present"))


# --- Enrolment ------------------------------------------------------------------------------------------------
def test_beyond_the_capacity_people_wait(cast):
    training_class = cast.training_class(capacity=2, open=False)
    a, b, c = (cast.person() for _ in range(3))
    report = actions.enrol(by=cast.clerk, training_class=training_class, trainees=[a, b, c, a], source="名册")
    assert (report.enrolled, report.already, report.waitlisted) == ([a, b], [], [c])
    assert states(training_class) == ["confirmed", "confirmed", "waitlisted"]
    again = actions.enrol(by=cast.clerk, training_class=training_class, trainees=[a, c])
    assert (again.enrolled, again.already, again.waitlisted) == ([], [a, c], [])
    event = AuditEvent.objects.get(event="enrolment.added")
    assert event.changes == {
        "enrolled": [[], [a.file_number, b.file_number]],
        "waitlisted": [[], [c.file_number]],
    }


def test_enrolling_costs_the_same_for_few_and_many(cast):
    costs = []
    for size in (1, 12):
        training_class = cast.training_class(open=False)
        people = [cast.person() for _ in range(size)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            actions.enrol(by=cast.clerk, training_class=training_class, trainees=people)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_a_cancelled_person_frees_a_place_for_whoever_waits_longest(cast):
    training_class = cast.training_class(capacity=1)
    a, b, c = (cast.person() for _ in range(3))
    actions.enrol(by=cast.clerk, training_class=training_class, trainees=[a, b, c])
    mine = training_class.enrolments.get(trainee=a)
    promoted = actions.cancel_enrolment(by=cast.clerk, enrolment=mine, reason="生病")
    assert [row.trainee for row in promoted] == [b]
    assert states(training_class) == ["cancelled", "confirmed", "waitlisted"]
    assert actions.cancel_enrolment(by=cast.clerk, enrolment=mine, reason="再次") == []
    assert training_class.enrolments.get(trainee=a).reason == "生病"


def test_one_who_comes_back_queues_behind_those_who_wait(cast, quiet_day):
    training_class = cast.training_class(capacity=1)
    a, b, c = (cast.person() for _ in range(3))
    actions.enrol(by=cast.clerk, training_class=training_class, trainees=[a, b, c])
    actions.cancel_enrolment(by=cast.clerk, enrolment=training_class.enrolments.get(trainee=a), reason="生病")
    quiet_day.shift(60)
    assert actions.enrol(by=cast.clerk, training_class=training_class, trainees=[a]).waitlisted == [a]
    promoted = actions.cancel_enrolment(
        by=cast.clerk, enrolment=training_class.enrolments.get(trainee=b), reason="外出"
    )
    assert [row.trainee for row in promoted] == [c]
    assert states(training_class) == ["waitlisted", "cancelled", "confirmed"]


def test_a_cancelled_person_is_confirmed_again(cast):
    training_class = cast.training_class(people=1)
    row = training_class.enrolments.get()
    actions.cancel_enrolment(by=cast.clerk, enrolment=row, reason="误")
    report = actions.enrol(by=cast.clerk, training_class=training_class, trainees=[row.trainee])
    row.refresh_from_db()
    assert (report.enrolled, row.state, row.reason) == ([row.trainee], "confirmed", "")
    assert Enrolment.objects.count() == 1


def test_more_places_move_people_up(cast):
    training_class = cast.training_class(capacity=1, open=False)
    a, b, c = (cast.person() for _ in range(3))
    actions.enrol(by=cast.clerk, training_class=training_class, trainees=[a, b, c])
    schedule.edit_class(by=cast.clerk, training_class=training_class, capacity=2)
    assert [row.trainee for row in actions.fill_free_places(by=cast.clerk, training_class=training_class)] == [b]
    assert states(training_class) == ["confirmed", "confirmed", "waitlisted"]


def test_who_cannot_be_enrolled_or_cancelled(cast):
    training_class = cast.training_class(people=1)
    person = cast.person()
    Trainee.objects.filter(pk=person.pk).update(voided_at=timezone.now())
    person.refresh_from_db()
    call = {"by": cast.clerk, "training_class": training_class}
    assert refusal(actions.enrol, **call, trainees=[person]).code == "file_voided"
    row = training_class.enrolments.get()
    assert refusal(actions.cancel_enrolment, by=cast.clerk, enrolment=row, reason=" ").code == "reason_missing"
    schedule.close_class(**call)
    assert refusal(actions.enrol, **call, trainees=[cast.person()]).code == "class_not_enrolling"
    assert refusal(actions.cancel_enrolment, by=cast.clerk, enrolment=row, reason="x").code == "class_not_enrolling"


# --- Marking --------------------------------------------------------------------------------------------------
def test_present_and_absent_people(cast):
    training_class = cast.training_class(people=3)
    a, b, c = people_of(training_class)
    session = training_class.sessions.first()
    results = actions.record_marks(
        by=cast.trainer, session=session, marks=[*marks([a, b]), Mark(c.pk, "absent")], device="手机"
    )
    assert [(r.trainee_id, r.outcome, r.refusal) for r in results] == [
        (a.pk, "taken", ""), (b.pk, "taken", ""), (c.pk, "taken", ""),
    ]  # fmt: skip
    assert presence(session) == [(a.pk, True, 180), (b.pk, True, 180), (c.pk, False, 0)]
    assert set(Scan.objects.values_list("source", "operator", "device", "accepted")) == {
        ("grid", cast.trainer.label, "手机", True)
    }
    event = AuditEvent.objects.get(event="attendance.marked")
    assert (event.record_label, event.changes) == (training_class.code, {"sign_in": [0, 2], "absent": [0, 1]})


def test_marking_twice_adds_nothing(cast):
    training_class = cast.training_class(people=2)
    session, people = training_class.sessions.first(), people_of(training_class)
    first = marks(people)
    call = {"by": cast.trainer, "session": session}
    assert [r.outcome for r in actions.record_marks(**call, marks=first)] == ["taken", "taken"]
    assert [r.outcome for r in actions.record_marks(**call, marks=first)] == ["had", "had"]
    assert [r.outcome for r in actions.record_marks(**call, marks=marks(people))] == ["had", "had"]
    assert [r.outcome for r in actions.record_marks(**call, marks=[first[0], first[0]])] == ["had", "had"]
    assert Scan.objects.count() == 2
    assert AuditEvent.objects.filter(event="attendance.marked").count() == 1


def test_the_same_mark_twice_in_one_batch_is_one(cast):
    training_class = cast.training_class(people=1)
    (person,) = people_of(training_class)
    mark = Mark(person.pk, "sign_in")
    results = actions.record_marks(by=cast.trainer, session=training_class.sessions.first(), marks=[mark, mark])
    assert [r.outcome for r in results] == ["taken", "had"]


def test_marks_that_are_not_accepted_are_kept_and_reported(cast):
    training_class = cast.training_class(people=1)
    (known,) = people_of(training_class)
    stranger, waiting = cast.person(), cast.person()
    session = training_class.sessions.first()
    Enrolment.objects.create(training_class=training_class, trainee=waiting, state="waitlisted", enrolled_by="x")
    batch = [Mark(known.pk, "sign_in"), Mark(stranger.pk, "sign_in"), Mark(99999999, "sign_in"), Mark(None, "sign_in"),
             Mark(waiting.pk, "sign_in")]  # fmt: skip
    results = actions.record_marks(by=cast.trainer, session=session, marks=batch)
    assert [(r.outcome, r.refusal) for r in results] == [
        ("taken", ""), ("refused", "not_enrolled"), ("refused", "unknown_person"), ("refused", "unknown_person"),
        ("refused", "not_enrolled"),
    ]  # fmt: skip
    assert presence(session) == [(known.pk, True, 180)]
    assert list(Scan.objects.filter(accepted=False).order_by("id").values_list("trainee", "payload")) == [
        (stranger.pk, {}), (None, {"trainee_id": 99999999}), (None, {"trainee_id": None}), (waiting.pk, {}),
    ]  # fmt: skip
    again = actions.record_marks(by=cast.trainer, session=session, marks=batch)
    assert [(r.outcome, r.refusal) for r in again] == [("had", ""), *[(r.outcome, r.refusal) for r in results[1:]]]
    assert Scan.objects.count() == 5


def test_a_class_that_does_not_run_takes_no_marks(cast):
    training_class = cast.training_class(people=1, open=False)
    session = training_class.sessions.first()
    results = actions.record_marks(by=cast.trainer, session=session, marks=marks(people_of(training_class)))
    assert [(r.outcome, r.refusal) for r in results] == [("refused", "class_not_running")]
    assert presence(session) == []


def test_a_session_is_marked_from_one_hour_before(cast, quiet_day):
    training_class = cast.training_class(people=1, start=TODAY + datetime.timedelta(days=1), days=1)
    session = training_class.sessions.get()
    call = {"by": cast.trainer, "session": session, "marks": marks(people_of(training_class))}
    quiet_day.move_to(session.start - datetime.timedelta(minutes=61))
    assert refusal(actions.record_marks, **call).code == "session_not_yet"
    assert Scan.objects.count() == 0
    quiet_day.move_to(session.start - datetime.timedelta(minutes=60))
    assert [r.outcome for r in actions.record_marks(**call)] == ["taken"]


def test_a_correction_on_another_day_says_why(cast):
    training_class = cast.training_class(people=2)
    a, b = people_of(training_class)
    session = training_class.sessions.first()
    call = {"by": cast.trainer, "session": session}
    actions.record_marks(**call, marks=marks([a]))
    no = refusal(actions.record_marks, **call, marks=[Mark(a.pk, "absent"), Mark(b.pk, "sign_in")])
    assert (no.code, no.facts["trainee_ids"]) == ("correction_needs_reason", [a.pk])
    assert presence(session) == [(a.pk, True, 180)]
    actions.record_marks(**call, marks=[Mark(a.pk, "absent", reason="点名核对")])
    assert presence(session) == [(a.pk, False, 0)]
    assert list(Scan.objects.order_by("id").values_list("kind", "reason")) == [("sign_in", ""), ("absent", "点名核对")]


def test_a_correction_on_the_day_asks_nothing(cast):
    training_class = cast.training_class(people=1, start=TODAY, days=1)
    people = people_of(training_class)
    call = {"by": cast.trainer, "session": training_class.sessions.get()}
    actions.record_marks(**call, marks=marks(people))
    assert [r.outcome for r in actions.record_marks(**call, marks=marks(people, "absent"))] == ["taken"]


def test_marks_from_a_phone_count_when_they_were_made_not_when_they_came(cast):
    training_class = cast.training_class(people=1, start=TODAY, days=1)
    people, session = people_of(training_class), training_class.sessions.get()
    nine = session.start
    call = {"by": cast.trainer, "session": session, "source": "card"}
    actions.record_marks(**call, marks=marks(people, "absent", occurred_at=nine + datetime.timedelta(minutes=60)))
    actions.record_marks(**call, marks=marks(people, occurred_at=nine + datetime.timedelta(minutes=30)))
    assert presence(session) == [(people[0].pk, False, 0)]
    actions.record_marks(**call, marks=marks(people, occurred_at=nine + datetime.timedelta(minutes=90)))
    assert presence(session) == [(people[0].pk, True, 90)]


def test_marking_costs_the_same_for_few_and_many(cast):
    costs = []
    for size in (1, 3, 60):
        training_class = cast.training_class(people=size)
        session, people = training_class.sessions.first(), people_of(training_class)
        with CaptureQueriesContext(connection) as queries:
            actions.record_marks(by=cast.trainer, session=session, marks=marks(people))
        costs.append(len(queries))
    assert costs[0] == costs[1] == costs[2]


KINDS = st.tuples(
    st.sampled_from(["sign_in", "sign_out", "absent"]),
    st.sampled_from(["grid", "card", "trainee_qr"]),
    st.integers(min_value=-60, max_value=300),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(KINDS, max_size=8))
def test_presence_derived_again_is_the_same(cast, one_class, steps):
    session, person = one_class
    Presence.objects.all().delete()
    Scan.objects.filter(session=session)._raw_delete(connection.alias)
    for kind, source, minutes in steps:
        moment = session.start + datetime.timedelta(minutes=minutes)
        actions.record_marks(
            by=cast.trainer, session=session, source=source,
            marks=[Mark(person.pk, kind, occurred_at=moment, reason="x")],
        )  # fmt: skip
    rows = presence(session)
    Presence.objects.all().delete()
    actions.derive_presence(session, [person.pk])
    assert presence(session) == rows
    assert len(rows) == (1 if steps else 0)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), steps=st.lists(KINDS, max_size=6, unique_by=lambda step: step[2]))
def test_presence_does_not_depend_on_the_order_of_arrival(cast, one_class, data, steps):
    """Every event kept, in any order: the same presence. (Skipping repeats is an economy, so scans are appended.)"""
    session, person = one_class
    found = []
    for order in (steps, data.draw(st.permutations(steps))):
        Presence.objects.all().delete()
        Scan.objects.filter(session=session)._raw_delete(connection.alias)
        Scan.objects.append_many(
            Scan(
                session=session, trainee=person, kind=kind, source=source, operator="x", accepted=True,
                occurred_at=session.start + datetime.timedelta(minutes=minutes - 400),
            )
            for kind, source, minutes in order
        )  # fmt: skip
        actions.derive_presence(session, [person.pk])
        found.append(presence(session))
    assert found[0] == found[1]


@pytest.fixture
def one_class(cast):
    training_class = cast.training_class(people=1, days=1)
    return training_class.sessions.get(), people_of(training_class)[0]


# --- Walk-ins -------------------------------------------------------------------------------------------------
@pytest.fixture
def door(cast):
    training_class = cast.training_class(people=1, capacity=2)
    return {
        "by": cast.trainer,
        "session": training_class.sessions.first(),
        "name": "岩新",
        "township": cast.township("勐省镇"),
        "client_uuid": uuid.uuid4(),
    }


def test_a_walk_in_gets_a_file_a_place_and_is_present(cast, door):
    came = actions.walk_in(**door, id_number=synthetic_id(900))
    assert (came.registered, came.result.outcome, came.trainee.name) == (True, "taken", "岩新")
    assert came.trainee.enrolments.get().state == "confirmed"
    assert (came.trainee.pk, True, 180) in presence(door["session"])
    again = actions.walk_in(**door, id_number=synthetic_id(900))
    assert (again.registered, again.result.outcome, again.trainee) == (False, "had", came.trainee)
    assert Trainee.objects.filter(name="岩新").count() == 1


def test_a_known_person_who_walks_in_keeps_the_file(cast, door):
    known = cast.person(name="岩新", id_number=synthetic_id(901), phone="13800889001")
    by_id = actions.walk_in(**door, id_number=synthetic_id(901))
    assert (by_id.registered, by_id.trainee) == (False, known)
    by_phone = actions.walk_in(**{**door, "client_uuid": uuid.uuid4()}, phone="138 0088 9001")
    assert (by_phone.registered, by_phone.trainee, by_phone.result.outcome) == (False, known, "had")


def test_an_id_of_another_name_is_not_taken(cast, door):
    cast.person(name="尼倒", id_number=synthetic_id(902))
    refused = refusal(actions.walk_in, **door, id_number=synthetic_id(902))
    assert refused.code == "id_of_another_name"
    with translation.override("en"):
        assert "filed" not in str(refused.message), "whoever tries numbers learns nothing of a person behind one"


def test_a_full_class_takes_no_walk_in_and_keeps_nothing(cast, door):
    training_class = door["session"].training_class
    actions.enrol(by=cast.clerk, training_class=training_class, trainees=[cast.person()])
    assert refusal(actions.walk_in, **door, id_number=synthetic_id(903)).code == "class_full"
    assert Trainee.objects.filter(name="岩新").count() == 0


def test_a_walk_in_brings_a_number(door):
    assert refusal(actions.walk_in, **door).code == "id_or_phone_missing"


def test_numbers_in_the_reason_of_a_mark_are_kept_masked(door):
    session = door["session"]
    person = people_of(session.training_class)[0]
    actions.record_marks(
        by=door["by"], session=session, marks=marks([person], client_uuid=uuid.uuid4(), reason="电话 13955556666")
    )
    assert Scan.objects.get(trainee=person).reason == "电话 139****6666"
    assert AuditEvent.objects.filter(event="attendance.marked").latest("pk").reason == "电话 139****6666"
