"""Which classes the demo county holds: when, where, for whom. Days are counted back from the demo's today."""

import datetime
from dataclasses import dataclass

# Township short name, classes already held there (about the size of the place).
TOWNSHIPS = (
    ("勐董镇", 9), ("岩帅镇", 9), ("勐省镇", 8), ("芒卡镇", 6), ("单甲乡", 5), ("糯良乡", 6), ("勐来乡", 6),
    ("勐角傣族彝族拉祜族乡", 5), ("班洪乡", 4), ("班老乡", 3), ("勐省农场", 2),
)  # fmt: skip
# Courses in turn, weighted as the plan weighs its audiences.
COURSES = (
    "A1", "B1", "A2", "B4", "C1", "A3", "B2", "K2", "C2", "A5", "B3", "F1", "C7", "K1", "B7", "D1", "A4", "C3", "B5",
    "K3", "F2", "C5", "B6", "G1", "D2", "C4", "K4", "F4", "C6", "G2",
)  # fmt: skip
PERIOD_DAYS = 300


@dataclass(frozen=True)
class Slot:
    """One class to plan: `state` is where the demo leaves it."""

    number: int
    township: str
    course: str
    starts_on: datetime.date
    state: str


def period(today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The programme runs from ten months before the demo's today to about two months after it."""
    start = (today - datetime.timedelta(days=PERIOD_DAYS)).replace(day=1)
    after = today + datetime.timedelta(days=60)
    deadline = (after.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)
    return start, deadline


def workday(day: datetime.date) -> datetime.date:
    """The day itself or the Monday after a weekend."""
    return day + datetime.timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)


def slots(today: datetime.date) -> list[Slot]:
    """63 classes held, 2 of them refused; 3 running, 4 planned, 1 cancelled."""
    turns = []
    left = dict(TOWNSHIPS)
    while any(left.values()):
        for township, _ in TOWNSHIPS:
            if left[township]:
                left[township] -= 1
                turns.append(township)
    start, _ = period(today)
    held = len(turns)
    # The last class held ended more than a week ago: a class must be over before it is closed.
    step = ((today - start).days - 30) / held
    classes = [
        Slot(
            number=i,
            township=township,
            course=COURSES[i % len(COURSES)],
            starts_on=workday(start + datetime.timedelta(days=14 + int(i * step))),
            state="refused" if i in (11, 37) else "closed",
        )
        for i, township in enumerate(turns)
    ]
    coming = (
        ("勐省镇", "B2", -1, "open"), ("岩帅镇", "B3", -6, "open"), ("班洪乡", "C3", 0, "open"),
        ("勐董镇", "B6", 12, "planned"), ("芒卡镇", "B1", 15, "planned"), ("单甲乡", "A5", 19, "planned"),
        ("糯良乡", "F2", 23, "planned"), ("班老乡", "C6", 9, "cancelled"),
    )  # fmt: skip
    for township, course, offset, state in coming:
        day = today + datetime.timedelta(days=offset)
        classes.append(Slot(len(classes), township, course, day if state == "open" else workday(day), state))
    return classes
