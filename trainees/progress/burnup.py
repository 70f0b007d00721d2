"""The burn-up chart as points for a small SVG: what was reached, and the even pace to the deadline."""

import datetime
from dataclasses import dataclass

from lms.programme.models import Programme

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 60, 12, 12, 30


@dataclass(frozen=True)
class Tick:
    at: float
    label: str
    anchor: str = "start"
    # A narrow screen shows only the first and the last month.
    edge: bool = True


@dataclass(frozen=True)
class BurnUp:
    reached: str  # "x,y x,y ..." of the stepped line
    area: str
    plan: tuple[float, float, float, float]
    today_x: float | None
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM
    end: int = WIDTH - RIGHT


def burn_up(programme: Programme, per_day: list[tuple[datetime.date, int]], *, today: datetime.date) -> BurnUp:
    """`per_day`: (day, person-times counted on it), ascending."""
    total = sum(n for _, n in per_day)
    top = max(programme.target_person_times, total, 1)
    last = max([programme.deadline, *(day for day, _ in per_day[-1:])])
    span = max((last - programme.starts_on).days, 1)

    def x(day: datetime.date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * max((day - programme.starts_on).days, 0) / span, 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)

    points, sofar = [(x(programme.starts_on), y(0))], 0
    for day, n in per_day:
        points.append((x(day), y(sofar)))
        sofar += n
        points.append((x(day), y(sofar)))
    end = min(max(today, per_day[-1][0] if per_day else programme.starts_on), last)
    points.append((x(end), y(sofar)))
    months = _quarters(programme.starts_on, last)
    line = " ".join(f"{px},{py}" for px, py in points)
    return BurnUp(
        reached=line,
        area=f"{points[0][0]},{y(0)} {line} {points[-1][0]},{y(0)}",
        plan=(x(programme.starts_on), y(0), x(programme.deadline), y(programme.target_person_times)),
        today_x=x(today) if programme.starts_on <= today <= last else None,
        x_ticks=[
            # A label near the right edge ends at its month, so that it stays inside the picture.
            Tick(
                x(month),
                f"{month:%Y-%m}",
                "start" if x(month) < WIDTH * 0.85 else "end",
                edge=n in (0, len(months) - 1),
            )
            for n, month in enumerate(months)
        ],
        y_ticks=[Tick(y(top * part / 4), f"{top * part // 4:,}") for part in range(5)],
    )


def _quarters(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """The first day of every third month of the period."""
    months, month = [], first.replace(day=1)
    while month <= last:
        months.append(month)
        index = month.month + 2
        month = datetime.date(month.year + index // 12, index % 12 + 1, 1)
    return months
