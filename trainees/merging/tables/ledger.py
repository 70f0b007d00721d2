"""The ledger counts the classes of both files again: one person, one unit."""

from courses.schedule.models import TrainingClass
from trainees.progress.actions import count_class
from trainees.progress.models import PersonTime

from .moving import Moving


def recount_units(moving: Moving) -> None:
    before = moving.of_loser(PersonTime).count() + moving.of_survivor(PersonTime).count()
    count_again(moving)
    tally, now = moving.tally(PersonTime), moving.of_survivor(PersonTime).count()
    tally.moved, tally.joined = now, before - now if before > now else 0


def count_again(moving: Moving) -> None:
    """Also after an undo: units follow from enrolments, presences and groups."""
    for training_class in TrainingClass.objects.filter(pk__in=moving.classes).order_by("pk"):
        count_class(training_class)
