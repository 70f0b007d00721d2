"""Clashes and warnings: what speaks against a plan, and whether it forbids or only warns."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.catalogue.models import CoursePage
from lms.places.enums import HolidayKind
from lms.places.models import Holiday, Station

from .models import Session, Trainer, TrainingClass
from .rules import HOLDS_BOOKING, MINUTES_PER_HOUR, SessionPlan


@dataclass(frozen=True)
class Clash:
    """`kind` is "trainer" or "venue": who is needed twice on the session's half-day."""

    kind: str
    session: Session

    @property
    def other(self) -> TrainingClass:
        return self.session.training_class


@dataclass(frozen=True)
class ScheduleWarning:
    """Something a person should look at; it forbids nothing."""

    code: str
    text: str
    session: Session | None = None


def day_and_half(session: Session | SessionPlan) -> str:
    half = Session(half=session.half).get_half_display()
    return _("%(day)s, %(half)s") % {"day": date_format(session.day, "DATE_FORMAT"), "half": half}


def clashes(
    *,
    trainer: Trainer,
    venue: Station,
    slots: Collection[tuple[datetime.date, str]],
    apart_from: TrainingClass | None = None,
) -> list[Clash]:
    """Sessions of other classes that need the same trainer or the same venue on one of these half-days."""
    if not slots:
        return []
    same_half_day = Q(pk__in=[])
    for day, half in slots:
        same_half_day |= Q(day=day, half=half)
    sessions = (
        Session.objects.filter(same_half_day, training_class__state__in=HOLDS_BOOKING)
        .filter(Q(training_class__trainer=trainer) | Q(training_class__venue=venue))
        .select_related("training_class")
        .order_by("day", "starts_at", "id")
    )
    if apart_from is not None:
        sessions = sessions.exclude(training_class=apart_from)
    found = []
    for session in sessions:
        if session.training_class.trainer_id == trainer.pk:
            found.append(Clash("trainer", session))
        if session.training_class.venue_id == venue.pk:
            found.append(Clash("venue", session))
    return found


def clash_in_words(clash: Clash) -> str:
    words = {"when": day_and_half(clash.session), "other": str(clash.other)}
    if clash.kind == "trainer":
        return _("On %(when)s the trainer already teaches %(other)s.") % words
    return _("On %(when)s the venue is already taken by %(other)s.") % words


def same_plan(
    *, title: str, course: CoursePage, trainer: Trainer, venue: Station, slots: Collection[tuple[datetime.date, str]]
) -> TrainingClass | None:
    """A class of the same title, course, trainer, venue and half-days: the same form sent twice."""
    if not slots:
        return None
    day, half = next(iter(slots))
    candidates = TrainingClass.objects.filter(
        title=title, course=course, trainer=trainer, venue=venue, state__in=HOLDS_BOOKING,
        sessions__day=day, sessions__half=half,
    ).prefetch_related("sessions")  # fmt: skip
    for candidate in candidates:
        if {(session.day, session.half) for session in candidate.sessions.all()} == set(slots):
            return candidate
    return None


def schedule_warnings(training_class: TrainingClass) -> list[ScheduleWarning]:
    """Holidays, clashes somebody overrode, a venue too small or shut, fewer hours than the course has."""
    sessions = list(training_class.sessions.all())
    return [
        *_holiday_warnings(sessions),
        *_clash_warnings(training_class, sessions),
        *_venue_warnings(training_class, sessions),
        *_hour_warnings(training_class, sessions),
    ]


def _holiday_warnings(sessions: Sequence[Session]) -> list[ScheduleWarning]:
    holidays = {
        holiday.day: holiday
        for holiday in Holiday.objects.filter(
            day__in={session.day for session in sessions}, kind__in=[HolidayKind.STATUTORY, HolidayKind.LOCAL]
        )
    }
    return [
        ScheduleWarning(
            "holiday",
            _("%(when)s is a holiday: %(holiday)s.")
            % {"when": day_and_half(session), "holiday": holidays[session.day].name},
            session,
        )
        for session in sessions
        if session.day in holidays
    ]


def _clash_warnings(training_class: TrainingClass, sessions: Sequence[Session]) -> list[ScheduleWarning]:
    if training_class.state not in HOLDS_BOOKING:
        return []
    found = clashes(
        trainer=training_class.trainer,
        venue=training_class.venue,
        slots=[(session.day, session.half) for session in sessions],
        apart_from=training_class,
    )
    return [ScheduleWarning(f"{clash.kind}_busy", clash_in_words(clash)) for clash in found]


def _venue_warnings(training_class: TrainingClass, sessions: Sequence[Session]) -> list[ScheduleWarning]:
    venue = training_class.venue
    warnings = []
    if training_class.capacity > venue.capacity:
        text = _("The venue seats %(seats)s, the class has %(capacity)s places.")
        values = {"seats": venue.capacity, "capacity": training_class.capacity}
        warnings.append(ScheduleWarning("venue_small", text % values))
    shut = [
        session
        for session in sessions
        if (venue.opened_on and session.day < venue.opened_on) or (venue.closed_on and session.day > venue.closed_on)
    ]
    for session in shut:
        text = _("On %(when)s the venue was not in service.") % {"when": day_and_half(session)}
        warnings.append(ScheduleWarning("venue_shut", text, session))
    return warnings


def _hour_warnings(training_class: TrainingClass, sessions: Sequence[Session]) -> list[ScheduleWarning]:
    planned = sum(session.minutes for session in sessions)
    due = training_class.hours * MINUTES_PER_HOUR
    if not sessions or planned >= due:
        return []
    text = _("The sessions last %(planned)s minutes together; the course's %(hours)s hours need %(due)s.")
    return [ScheduleWarning("hours_short", text % {"planned": planned, "hours": training_class.hours, "due": due})]
