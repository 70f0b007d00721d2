"""What stands against running a closed class again. Rooms above enlist from their app's ready(): whoever built on a
class as it was closed answers with a sentence, or with "" when nothing of theirs rests on it."""

from collections.abc import Callable

from .models import TrainingClass

Objection = Callable[[TrainingClass], str]
OBJECTIONS: list[Objection] = []


def enlist(objection: Objection) -> None:
    if objection not in OBJECTIONS:
        OBJECTIONS.append(objection)


def objections(training_class: TrainingClass) -> list[str]:
    return [text for objection in OBJECTIONS if (text := objection(training_class))]
