"""Refusals of the schedule: each names what is wrong and how to mend it."""

import datetime
from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.catalogue.models import CoursePage
from courses.schedule import rules
from courses.schedule.models import Session, Trainer, TrainingClass
from courses.schedule.queries import clash_in_words, clashes, day_and_half, same_plan
from courses.schedule.rules import SessionPlan, TimedPlan
from lms.places.models import Station
from lms.programme.models import Programme
from lms.refusals import Refused


def facts(title: str, course: CoursePage, trainer: Trainer, venue: Station, capacity: int) -> None:
    if not title.strip():
        raise Refused("title_missing", _("The class has no title. Write what people will read on the sheet."))
    if not course.offline:
        text = _("The course %(code)s is taught remotely only. Choose one taught in the classroom.")
        raise Refused("course_is_remote", text % {"code": course.code})
    if not trainer.active:
        raise Refused("trainer_inactive", _("This trainer no longer teaches. Choose another trainer."))
    if capacity < 1:
        raise Refused("no_places", _("A class has room for at least one person."))
    if capacity > venue.capacity:
        text = _("The venue %(venue)s seats %(seats)s people. Lower the capacity or choose a larger venue.")
        raise Refused("capacity_above_venue", text % {"venue": venue, "seats": venue.capacity}, seats=venue.capacity)


def capacity_against_enrolled(training_class: TrainingClass) -> None:
    # Asked through the reverse relation: enrolments belong to the floor above, which this one does not import.
    confirmed = training_class.enrolments.filter(state="confirmed").count()
    if confirmed > training_class.capacity:
        text = _("%(people)s people are enrolled already; the capacity cannot be lower.")
        raise Refused("capacity_below_enrolled", text % {"people": confirmed})


def days(programme: Programme, plans: Sequence[TimedPlan], backfill_reason: str) -> None:
    unrepeated(plans)
    lengths(plans)
    stray = rules.outside(plans, programme.starts_on, programme.deadline)
    if stray:
        text = _("%(day)s lies outside the programme, which runs from %(first)s to %(last)s. Choose another day.")
        raise Refused(
            "outside_programme",
            text % {"day": _day(stray.day), "first": _day(programme.starts_on), "last": _day(programme.deadline)},
        )
    past = rules.before(plans, timezone.localdate())
    if past and not backfill_reason.strip():
        text = _(
            "%(day)s is in the past. If the class was really held, say why it is entered only now; "
            "otherwise choose another day."
        )
        raise Refused("class_in_the_past", text % {"day": _day(past.day)})


def unrepeated(plans: Iterable[SessionPlan]) -> None:
    twice = rules.repeated_slot(plans)
    if twice:
        text = _("%(when)s is planned twice. A class has one session on a half-day.")
        raise Refused("session_twice", text % {"when": day_and_half(twice)})


def lengths(plans: Iterable[TimedPlan]) -> None:
    wrong = rules.wrong_length(plans)
    if wrong:
        text = _("The session on %(when)s lasts %(minutes)s minutes; from 30 to 360 are possible.")
        raise Refused("session_length", text % {"when": day_and_half(wrong), "minutes": wrong.minutes})


def not_sent_before(
    title: str, course: CoursePage, trainer: Trainer, venue: Station, plans: Sequence[SessionPlan]
) -> None:
    slots = [plan.slot for plan in plans]
    same = same_plan(title=title.strip(), course=course, trainer=trainer, venue=venue, slots=slots)
    if same:
        text = _("This class is planned already under the number %(code)s.")
        raise Refused("class_planned_already", text % {"code": same.code}, training_class=same)


def booking(
    trainer: Trainer,
    venue: Station,
    plans: Sequence[SessionPlan],
    override_reason: str,
    *,
    apart_from: TrainingClass | None = None,
) -> list[str]:
    """Numbers of the classes that hold the trainer or the venue, when a reason overrides them."""
    found = clashes(trainer=trainer, venue=venue, slots=[plan.slot for plan in plans], apart_from=apart_from)
    if found and not override_reason.strip():
        first = found[0]
        text = _("%(clash)s Choose another half-day, or give a reason why both are possible.")
        raise Refused(f"{first.kind}_busy", text % {"clash": clash_in_words(first)}, other=first.other, clashes=found)
    return sorted({clash.other.code for clash in found})


def unmarked(session: Session) -> None:
    """A session somebody was marked on stays where it is. Scans belong to the floor above: see there."""
    if session.scans.exists():
        text = _("People were already marked on %(when)s; the session can no longer be moved.")
        raise Refused("session_has_marks", text % {"when": day_and_half(session)})


def nobody_marked(training_class: TrainingClass) -> None:
    if training_class.sessions.filter(scans__accepted=True).exists():
        text = _("People were already marked in this class. Close it instead; then it may be refused.")
        raise Refused("class_has_marks", text)


def _day(day: datetime.date) -> str:
    return date_format(day, "DATE_FORMAT")
