import datetime

import pytest

from courses.schedule import rules
from courses.schedule.rules import SessionPlan

MAY_3 = datetime.date(2018, 5, 3)


def test_a_half_day_has_its_usual_hours():
    plan = rules.timed(SessionPlan(MAY_3, "pm", topic=" 开店 "))
    assert (plan.starts_at, plan.minutes, plan.topic) == (datetime.time(14, 30), 180, "开店")


def test_hours_given_are_kept():
    plan = rules.timed(SessionPlan(MAY_3, "am", datetime.time(8, 15), 200))
    assert (plan.starts_at, plan.minutes) == (datetime.time(8, 15), 200)


@pytest.mark.parametrize(
    ("taken", "number"),
    [
        ([], "2018-B1-01"),
        (["2018-B1-01", "2018-B1-02"], "2018-B1-03"),
        (["2018-B1-07"], "2018-B1-08"),
        (["2018-B1-99"], "2018-B1-100"),
        (["2018-B1-test"], "2018-B1-01"),
    ],
)
def test_the_next_class_number(taken, number):
    assert rules.next_number("2018-B1-", taken) == number


def test_a_class_is_numbered_in_the_year_it_begins():
    plans = [SessionPlan(datetime.date(2019, 1, 2), "am"), SessionPlan(datetime.date(2018, 12, 30), "am")]
    assert rules.number_prefix(plans, "C2", MAY_3) == "2018-C2-"
    assert rules.number_prefix([], "C2", MAY_3) == "2018-C2-"


@pytest.mark.parametrize(
    ("code", "good"),
    [("2018-B1-03", True), ("沧培2018.1", True), ("plan", False), ("a/1", False), ("", False), ("1" * 31, False)],
)
def test_a_class_number_can_stand_in_an_address(code, good):
    assert rules.well_formed_number(code) is good


def test_a_half_day_planned_twice_is_found():
    plans = [SessionPlan(MAY_3, "am"), SessionPlan(MAY_3, "pm"), SessionPlan(MAY_3, "am")]
    assert rules.repeated_slot(plans) == plans[0]
    assert rules.repeated_slot(plans[:2]) is None
