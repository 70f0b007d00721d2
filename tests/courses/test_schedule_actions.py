import datetime
from itertools import count

import pytest

from courses.schedule import actions
from courses.schedule.actions import SessionPlan
from courses.schedule.models import Session, Trainer, TrainingClass
from courses.schedule.queries import schedule_warnings
from lms.audit.models import AuditEvent
from lms.places.models import Holiday
from lms.programme.models import CountingPolicy
from lms.refusals import Refused
from tests.cast import TODAY
from trainees.attendance import actions as attendance

TOMORROW = TODAY + datetime.timedelta(days=1)
YESTERDAY = TODAY - datetime.timedelta(days=1)
titles = count(1)


@pytest.fixture
def plan(cast):
    def planned(**facts) -> TrainingClass:
        known = {
            "by": cast.clerk,
            "programme": cast.programme,
            "course": cast.course("B1"),
            "trainer": cast.trainer.trainer,
            "venue": cast.venue(),
            "capacity": 30,
            "title": f"开店班{next(titles)}",
            "sessions": [SessionPlan(TOMORROW, "am")],
        }
        return actions.plan_class(**{**known, **facts})

    return planned


def refusal(call, *args, **kwargs) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value


def audited(training_class) -> list[tuple]:
    rows = AuditEvent.objects.filter(record_type="courses.trainingclass", record_id=str(training_class.pk))
    return list(rows.order_by("id").values_list("event", "record_label", "reason"))


# --- Planning -------------------------------------------------------------------------------------------------
def test_a_planned_class_has_its_number_facts_and_sessions(cast, plan):
    training_class = plan(
        sessions=[SessionPlan(TOMORROW, "am"), SessionPlan(TOMORROW, "pm", datetime.time(15), 120, "拍照")]
    )
    assert training_class.code == "2018-B1-01"
    assert (training_class.state, training_class.course_code, training_class.tier) == ("planned", "B1", "entrepreneur")
    assert list(training_class.sessions.values_list("day", "half", "starts_at", "minutes", "topic")) == [
        (TOMORROW, "am", datetime.time(9), 180, ""),
        (TOMORROW, "pm", datetime.time(15), 120, "拍照"),
    ]
    assert audited(training_class) == [("class.planned", "2018-B1-01", "")]


def test_numbers_run_within_course_and_year(cast, plan):
    first, second = plan(), plan(sessions=[SessionPlan(TOMORROW, "pm")])
    other = plan(course=cast.course("B2"), sessions=[SessionPlan(TOMORROW, "ev")])
    assert [first.code, second.code, other.code] == ["2018-B1-01", "2018-B1-02", "2018-B2-01"]


def test_a_number_of_ones_own_is_kept_and_taken_once(plan):
    assert plan(code="沧培2018-7").code == "沧培2018-7"
    assert refusal(plan, code="沧培2018-7", sessions=[SessionPlan(TOMORROW, "pm")]).code == "code_taken"
    assert refusal(plan, code="a/b1", sessions=[SessionPlan(TOMORROW, "pm")]).code == "code_malformed"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"title": " "}, "title_missing"),
        ({"capacity": 0}, "no_places"),
        ({"capacity": 61}, "capacity_above_venue"),
        ({"sessions": [SessionPlan(datetime.date(2019, 1, 1), "am")]}, "outside_programme"),
        ({"sessions": [SessionPlan(YESTERDAY, "am")]}, "class_in_the_past"),
        ({"sessions": [SessionPlan(TOMORROW, "am"), SessionPlan(TOMORROW, "am")]}, "session_twice"),
        ({"sessions": [SessionPlan(TOMORROW, "am", minutes=29)]}, "session_length"),
        ({"sessions": [SessionPlan(TOMORROW, "am", minutes=361)]}, "session_length"),
    ],
)
def test_what_cannot_be_planned_writes_nothing(plan, facts, code):
    assert refusal(plan, **facts).code == code
    assert TrainingClass.objects.count() == 0


def test_a_class_in_the_past_is_entered_with_a_reason_that_stays(plan):
    training_class = plan(sessions=[SessionPlan(YESTERDAY, "am")], backfill_reason="线路中断，纸质签到")
    assert audited(training_class) == [("class.planned", training_class.code, "线路中断，纸质签到")]


def test_a_retired_trainer_and_a_remote_course_are_refused(cast, plan):
    course = cast.course("B1")
    course.offline = False
    assert refusal(plan, course=course).code == "course_is_remote"
    retired = Trainer.objects.create(name="退休老师", active=False)
    assert refusal(plan, trainer=retired).code == "trainer_inactive"


def test_a_trainer_teaches_once_on_a_half_day(cast, plan):
    first = plan()
    busy = refusal(plan, venue=cast.venue("岩帅镇"))
    assert (busy.code, busy.facts["other"]) == ("trainer_busy", first)
    assert first.code in str(busy.message)
    assert plan(venue=cast.venue("岩帅镇"), sessions=[SessionPlan(TOMORROW, "pm")]).state == "planned"


def test_a_venue_holds_one_class_on_a_half_day(cast, plan):
    first = plan()
    busy = refusal(plan, trainer=cast.other_trainer.trainer)
    assert (busy.code, busy.facts["other"]) == ("venue_busy", first)


def test_a_clash_is_overridden_with_a_reason_and_stays_a_warning(cast, plan):
    first = plan()
    second = plan(trainer=cast.other_trainer.trainer, override_reason="两间教室")
    event = AuditEvent.objects.get(record_id=str(second.pk), event="class.planned")
    assert (event.reason, event.changes["overridden"]) == ("两间教室", [[], [first.code]])
    assert [w.code for w in schedule_warnings(second) if w.code.endswith("busy")] == ["venue_busy"]


def test_a_cancelled_class_holds_nobody(cast, plan):
    first = plan()
    actions.cancel_class(by=cast.clerk, training_class=first, reason="无人报名")
    assert plan().code == "2018-B1-02"


def test_the_same_form_sent_twice_plans_one_class(plan):
    first = plan(title="同一个班")
    again = refusal(plan, title="同一个班", override_reason="再来一次")
    assert (again.code, again.facts["training_class"]) == ("class_planned_already", first)


def test_warnings_forbid_nothing(cast, plan):
    Holiday.objects.update_or_create(day=TOMORROW, kind="statutory", defaults={"name": "端午节", "source": "test"})
    training_class = plan()
    venue = training_class.venue
    venue.opened_on, venue.capacity = TOMORROW + datetime.timedelta(days=1), 20
    venue.save()
    training_class.refresh_from_db()
    assert [w.code for w in schedule_warnings(training_class)] == [
        "holiday",
        "venue_small",
        "venue_shut",
        "hours_short",
    ]


# --- Changing the plan ----------------------------------------------------------------------------------------
def test_facts_of_a_planned_class_change_and_are_logged(cast, plan):
    training_class = plan(title="旧名")
    edited = actions.edit_class(
        by=cast.clerk, training_class=training_class, title="新名", capacity=25, trainer=cast.other_trainer.trainer
    )
    assert (edited.title, edited.capacity, edited.trainer) == ("新名", 25, cast.other_trainer.trainer)
    assert AuditEvent.objects.get(event="class.edited").changes == {
        "title": ["旧名", "新名"],
        "trainer": [cast.trainer.trainer.pk, cast.other_trainer.trainer.pk],
        "capacity": [30, 25],
    }


def test_nothing_changed_is_not_logged(cast, plan):
    training_class = plan(title="名")
    actions.edit_class(by=cast.clerk, training_class=training_class, title="名", capacity=30)
    assert [event for event, *_ in audited(training_class)] == ["class.planned"]


def test_a_running_class_changes_with_a_reason_only(cast):
    running = cast.training_class()
    assert refusal(actions.edit_class, by=cast.clerk, training_class=running, capacity=50).code == "reason_missing"
    edited = actions.edit_class(by=cast.clerk, training_class=running, capacity=50, reason="来的人多")
    assert edited.capacity == 50


def test_capacity_stays_above_the_enrolled(cast):
    training_class = cast.training_class(people=3, open=False)
    low = refusal(actions.edit_class, by=cast.clerk, training_class=training_class, capacity=2)
    assert low.code == "capacity_below_enrolled"


def test_sessions_are_added_moved_and_dropped_while_planned(cast, plan):
    training_class = plan()
    added = actions.add_session(by=cast.clerk, training_class=training_class, session=SessionPlan(TOMORROW, "pm"))
    moved = actions.move_session(by=cast.clerk, session=added, to=SessionPlan(TOMORROW, "ev"))
    assert (moved.half, moved.starts_at, moved.minutes) == ("ev", datetime.time(19), 90)
    actions.drop_session(by=cast.clerk, session=moved)
    assert list(training_class.sessions.values_list("half", flat=True)) == ["am"]
    assert [event for event, *_ in audited(training_class)] == [
        "class.planned", "session.added", "session.moved", "session.dropped",
    ]  # fmt: skip


def test_a_session_is_not_put_on_a_taken_half_day(cast, plan):
    training_class = plan(sessions=[SessionPlan(TOMORROW, "am"), SessionPlan(TOMORROW, "pm")])
    first, second = training_class.sessions.all()
    assert refusal(actions.move_session, by=cast.clerk, session=second, to=SessionPlan(TOMORROW, "am")).code == (
        "session_twice"
    )
    plan(sessions=[SessionPlan(TOMORROW, "ev")])
    assert refusal(actions.move_session, by=cast.clerk, session=first, to=SessionPlan(TOMORROW, "ev")).code == (
        "trainer_busy"
    )


def test_the_sessions_of_a_form_replace_those_of_the_class(cast, plan):
    training_class = plan(sessions=[SessionPlan(TOMORROW, "am"), SessionPlan(TOMORROW, "pm")])
    kept = training_class.sessions.get(half="am")
    actions.set_sessions(
        by=cast.clerk,
        training_class=training_class,
        sessions=[SessionPlan(TOMORROW, "am", topic="店铺"), SessionPlan(TOMORROW, "ev")],
    )
    assert list(training_class.sessions.values_list("half", "topic")) == [("am", "店铺"), ("ev", "")]
    assert training_class.sessions.get(half="am").pk == kept.pk


def test_in_a_running_class_an_unmarked_session_moves_with_a_reason_and_none_is_dropped(cast):
    running = cast.training_class(people=1, days=2)
    first, second = running.sessions.all()
    cast.mark(running, [running.enrolments.get().trainee], sessions=1)
    rain = {"by": cast.clerk, "reason": "下雨", "override_reason": "x"}
    assert refusal(actions.move_session, session=first, to=SessionPlan(TOMORROW, "am"), **rain).code == (
        "session_has_marks"
    )
    assert actions.move_session(session=second, to=SessionPlan(TOMORROW, "am"), **rain).day == TOMORROW
    assert refusal(actions.drop_session, by=cast.clerk, session=second).code == "class_not_planned"


# --- Running --------------------------------------------------------------------------------------------------
def test_opening_copies_the_course_and_freezes_the_policy_once(cast, plan):
    training_class = plan()
    course = training_class.course
    course.title, course.hours = "店铺注册（新）", 12
    course.save()
    actions.open_class(by=cast.clerk, training_class=training_class)
    assert (training_class.state, training_class.course_title, training_class.hours) == ("open", "店铺注册（新）", 12)
    assert training_class.opened_by == cast.clerk.label
    tasks = list(course.tasks.order_by("sort_order").values_list("title", "title_en", "required"))
    assert list(training_class.tasks.values_list("title", "title_en", "required")) == tasks
    assert CountingPolicy.objects.get(programme=cast.programme).frozen_at is not None
    opened_at = training_class.opened_at
    actions.open_class(by=cast.manager, training_class=training_class)
    assert (training_class.opened_at, training_class.opened_by) == (opened_at, cast.clerk.label)
    assert training_class.tasks.count() == len(tasks)
    assert [event for event, *_ in audited(training_class)] == ["class.planned", "class.opened"]


def test_what_cannot_open(cast, plan):
    empty = plan(sessions=[])
    assert refusal(actions.open_class, by=cast.clerk, training_class=empty).code == "class_without_sessions"
    training_class = plan()
    Trainer.objects.filter(pk=training_class.trainer_id).update(active=False)
    assert refusal(actions.open_class, by=cast.clerk, training_class=training_class).code == "class_without_trainer"
    actions.cancel_class(by=cast.clerk, training_class=training_class, reason="取消")
    assert refusal(actions.open_class, by=cast.clerk, training_class=training_class).code == "class_not_planned"


def test_a_class_closes_on_its_last_day_at_the_earliest(cast, quiet_day):
    training_class = cast.training_class(start=TODAY, days=2)
    early = refusal(actions.close_class, by=cast.clerk, training_class=training_class)
    assert early.code == "class_not_over"
    quiet_day.shift(datetime.timedelta(days=1))
    actions.close_class(by=cast.clerk, training_class=training_class)
    assert (training_class.state, training_class.closed_by) == ("closed", cast.clerk.label)
    actions.close_class(by=cast.manager, training_class=training_class)
    assert training_class.closed_by == cast.clerk.label
    assert [event for event, *_ in audited(training_class)] == ["class.planned", "class.opened", "class.closed"]


def test_a_planned_class_is_not_closed(cast, plan):
    assert refusal(actions.close_class, by=cast.clerk, training_class=plan()).code == "class_not_running"


def test_only_a_closed_class_is_refused_and_with_a_reason(cast):
    training_class = cast.training_class(days=2)
    call = {"by": cast.manager, "training_class": training_class}
    assert refusal(actions.refuse_class, **call, reason="照片不符").code == "class_in_wrong_state"
    actions.close_class(by=cast.clerk, training_class=training_class)
    assert refusal(actions.refuse_class, **call, reason=" ").code == "reason_missing"
    actions.refuse_class(**call, reason="照片不符")
    actions.refuse_class(**call, reason="又一次")
    assert (training_class.state, training_class.state_reason) == ("refused", "照片不符")
    assert audited(training_class)[-1] == ("class.refused", training_class.code, "照片不符")


def test_a_class_with_marks_is_not_cancelled(cast):
    training_class = cast.training_class(people=1)
    cast.mark(training_class, [training_class.enrolments.get().trainee], sessions=1)
    stays = refusal(actions.cancel_class, by=cast.clerk, training_class=training_class, reason="x")
    assert (stays.code, training_class.state) == ("class_has_marks", "open")


def test_refused_scans_do_not_keep_a_class_from_being_cancelled(cast):
    training_class = cast.training_class(people=0)
    stranger = cast.person()
    attendance.record_marks(
        by=cast.trainer, session=training_class.sessions.first(), marks=[attendance.Mark(stranger.pk, "sign_in")]
    )
    actions.cancel_class(by=cast.clerk, training_class=training_class, reason="教室停电")
    assert (training_class.state, training_class.state_reason) == ("cancelled", "教室停电")


def test_a_trainer_has_a_name_and_one_account(cast):
    assert refusal(actions.add_trainer, by=cast.clerk, name=" ").code == "name_missing"
    assert refusal(actions.add_trainer, by=cast.clerk, name="新", user=cast.trainer).code == "account_taken"
    assert actions.add_trainer(by=cast.clerk, name=" 新老师 ").name == "新老师"


def test_the_database_holds_one_session_per_half_day(plan):
    session = plan().sessions.get()
    session.pk = None
    with pytest.raises(Exception, match=r"(?i)unique|one_session"):
        Session.objects.bulk_create([session])
