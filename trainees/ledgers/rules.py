"""A class as a ledger tells of it, and the half-days it must have had. No database here."""

import datetime
import math
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from courses.schedule.enums import Half
from courses.schedule.models import TrainingClass
from courses.schedule.rules import LONGEST_MINUTES, SHORTEST_MINUTES, SessionPlan
from lms.places.rules import plain
from lms.refusals import Refused

USUAL_MINUTES = 180
HALVES = (Half.MORNING, Half.AFTERNOON, Half.EVENING)
BARE_TERM = re.compile(r"\d{1,3}|[一二三四五六七八九十]{1,3}")


@dataclass(frozen=True)
class ClassFacts:
    """What every row of one class says alike; texts as they stand in the file, days None when not told."""

    title: str = ""
    term: str = ""
    course: str = ""
    tier: str = ""
    venue: str = ""
    trainer: str = ""
    start: datetime.date | None = None
    end: datetime.date | None = None
    minutes: int | None = None

    @property
    def full_title(self) -> str:
        """电商创业基础班 and 3 or 第3期 -> 电商创业基础班第3期; without a title the course stands for it."""
        title = self.title or self.course
        term = f"第{self.term}期" if BARE_TERM.fullmatch(self.term) else self.term
        return (title if not title or term in title else f"{title}{term}")[:120] if title else term

    @property
    def label(self) -> str:
        return self.full_title or self.days

    @property
    def days(self) -> str:
        return "" if self.start is None else f"{self.start}" if self.start == self.end else f"{self.start} – {self.end}"

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(str(value) for value in vars(self).values())

    def names(self, code: str) -> bool:
        """The number of a class stands in one of the cells."""
        return plain(code) in {plain(self.term), plain(self.title)}

    def is_titled(self, title: str) -> bool:
        return bool(self.full_title) and plain(self.full_title) == plain(title)

    def means(self, training_class: TrainingClass) -> bool:
        return self.names(training_class.code) or self.is_titled(training_class.title)


def half_days(start: datetime.date, end: datetime.date, minutes: int) -> list[SessionPlan]:
    """Half-days from the first day to the last that make up these minutes: at most three a day, at least one.

    A ledger tells the days and the hours and not the timetable; this is the plainest timetable that fits.
    """
    days = (end - start).days + 1
    count = max(days, math.ceil(minutes / USUAL_MINUTES))
    if count > days * len(HALVES):
        text = _("%(hours)s hours do not fit into %(days)s days. Compare the hours with the days.")
        raise Refused("hours_above_days", text % {"hours": f"{minutes / 45:g}", "days": days})
    length = round(minutes / count)
    if length < SHORTEST_MINUTES or length > LONGEST_MINUTES:
        text = _("%(hours)s hours over %(days)s days: on which of the days was the class held? Plan it by hand.")
        raise Refused("days_unclear", text % {"hours": f"{minutes / 45:g}", "days": days})
    each, more = divmod(count, days)
    return [
        SessionPlan(day=start + datetime.timedelta(days=day), half=half, minutes=length)
        for day in range(days)
        for half in HALVES[: each + (day < more)]
    ]
