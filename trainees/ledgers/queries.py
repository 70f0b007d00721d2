"""The class, course, trainer and venue a ledger means: found exactly or refused with what to do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Max, Min, QuerySet
from django.utils.translation import gettext as _

from courses.catalogue.models import CoursePage
from courses.schedule.models import Trainer, TrainingClass
from courses.schedule.rules import HOLDS_BOOKING
from lms.places.models import Station
from lms.places.rules import plain
from lms.refusals import Refused
from trainees.registry.models import Trainee

from .models import LedgerEntry
from .rules import ClassFacts


def entries_of(trainee: Trainee) -> QuerySet[LedgerEntry]:
    """What ledgers say of a person, for the page of the file."""
    return trainee.ledger_entries.select_related("training_class")


def known_class(facts: ClassFacts) -> TrainingClass | None:
    """By its number; else by title and days. A title alone is enough only where no day is told."""
    classes = TrainingClass.objects.filter(state__in=HOLDS_BOOKING).select_related("venue__division")
    numbered = classes.filter(code__in=[text for text in (facts.term, facts.title) if text]).first()
    if numbered:
        return numbered
    found = [
        one
        for one in classes.filter(title__iexact=facts.full_title).annotate(
            first=Min("sessions__day"), last=Max("sessions__day")
        )
        if facts.start is None or (one.first == facts.start and one.last == (facts.end or facts.start))
    ]
    if len(found) > 1:
        text = _("%(classes)s fit. Write the number of the class into the column of its name.")
        raise Refused("class_ambiguous", text % {"classes": ", ".join(one.code for one in found)})
    return found[0] if found else None


@dataclass(frozen=True)
class Parts:
    """What a class is made of."""

    course: CoursePage
    trainer: Trainer
    venue: Station


def parts_of(facts: ClassFacts) -> Parts:
    """Course by number or title, trainer by name, venue by name or number. Refused when one is missing or not clear."""
    return Parts(course=_course(facts), trainer=_trainer(facts.trainer), venue=_venue(facts.venue))


def _course(facts: ClassFacts) -> CoursePage:
    for text in filter(None, (facts.course, facts.title)):
        found = _one(text, CoursePage.objects.live(), lambda course: (course.code, course.title, course.title_en))
        if found:
            return found
    if not facts.course:
        raise Refused(
            "course_missing", _("The ledger does not say which course it was. Add a column 课程 with its number.")
        )
    text = _("No course of the catalogue is called “%(course)s”. Write its number or its title.")
    raise Refused("course_unknown", text % {"course": facts.course})


def _trainer(name: str) -> Trainer:
    if not name:
        raise Refused("trainer_missing", _("The ledger does not say who taught. Add a column 讲师."))
    found = _one(name, Trainer.objects.all(), lambda trainer: (trainer.name,))
    if found:
        return found
    text = _("No trainer, or more than one, is called “%(name)s”. Enter the trainer, then import the file again.")
    raise Refused("trainer_unknown", text % {"name": name})


def _venue(name: str) -> Station:
    if not name:
        raise Refused("venue_missing", _("The ledger does not say where it was held. Add a column 培训地点."))
    found = _one(name, Station.objects.select_related("division"), lambda one: (one.code, one.name, one.name_en))
    if found:
        return found
    text = _("No service station, or more than one, is called “%(name)s”. Enter the venue, then import the file again.")
    raise Refused("venue_unknown", text % {"name": name})


def _one[Named](text: str, rows: Iterable[Named], names_of: Callable[[Named], Iterable[str]]) -> Named | None:
    """The one row that is called so, by width and spaces alike; none when two are."""
    wanted = plain(text)
    found = [row for row in rows if wanted in {plain(name) for name in names_of(row) if name}]
    return found[0] if len(found) == 1 else None
