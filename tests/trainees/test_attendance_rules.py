import datetime

import pytest

from trainees.attendance.rules import Attendance, Event, attendance_of, is_late, seen_at

NINE = datetime.datetime(2018, 6, 15, 9, tzinfo=datetime.UTC)


def at(minutes: int) -> datetime.datetime:
    return NINE + datetime.timedelta(minutes=minutes)


def events(*steps: tuple[str, str, int]) -> list[Event]:
    return [Event(kind, source, at(minutes)) for kind, source, minutes in steps]


@pytest.mark.parametrize(
    ("steps", "present", "minutes"),
    [
        # Marked by a person: the whole session, whenever the mark was made.
        ([("sign_in", "grid", 170)], True, 180),
        ([("sign_in", "paper", 5000)], True, 180),
        ([("sign_in", "import", -400)], True, 180),
        # A device knows when.
        ([("sign_in", "card", -10)], True, 180),
        ([("sign_in", "card", 40)], True, 140),
        ([("sign_in", "trainee_qr", 0), ("sign_out", "trainee_qr", 100)], True, 100),
        ([("sign_in", "card", 10), ("sign_out", "card", 60), ("sign_in", "card", 90)], True, 140),
        ([("sign_out", "card", 150)], True, 150),
        ([("sign_in", "card", 10), ("sign_out", "card", 400)], True, 170),
        ([("sign_in", "card", 300)], True, 0),
        # The trainer has the last word.
        ([("sign_in", "card", 100), ("sign_out", "card", 120), ("sign_in", "grid", 130)], True, 180),
        ([("sign_in", "grid", 5), ("sign_out", "card", 60)], True, 60),
        ([("sign_in", "card", 10), ("absent", "grid", 20)], False, 0),
        ([("absent", "grid", 0), ("sign_in", "card", 30)], True, 150),
        ([("absent", "grid", 0), ("sign_in", "grid", 30)], True, 180),
    ],
)
def test_minutes_present(steps, present, minutes):
    attendance = attendance_of(events(*steps), NINE, 180)
    assert (attendance.present, attendance.minutes) == (present, minutes)


def test_nobody_said_anything():
    assert attendance_of([], NINE, 180) is None


def test_first_seen_is_the_arrival_that_counts():
    came_back = events(("sign_in", "card", 5), ("absent", "grid", 10), ("sign_in", "card", 30), ("sign_in", "card", 40))
    assert attendance_of(came_back, NINE, 180) == Attendance(True, 150, at(30))
    assert attendance_of(came_back[:2], NINE, 180) == Attendance(False, 0, None)


def test_a_clock_that_runs_ahead_is_cut_at_the_arrival():
    assert seen_at(at(9000), at(30)) == at(30)
    assert seen_at(at(10), at(30)) == at(10)


def test_late_means_more_than_seven_days():
    week = datetime.timedelta(days=7)
    assert not is_late(NINE + week, NINE)
    assert is_late(NINE + week + datetime.timedelta(minutes=1), NINE)
