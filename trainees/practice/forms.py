"""What the results page sends: one outcome and score per task and person."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils import timezone
from django.utils.dateparse import parse_date

from courses.schedule.models import ClassTask
from trainees.registry.models import Trainee

from .actions import ResultEntry
from .enums import Outcome
from .models import PracticalResult


@dataclass
class Cell:
    """One task of one person: as stored when the page was made, and as typed."""

    task: ClassTask
    trainee: Trainee
    was: str
    outcome: str
    score: str
    wrong: bool = False

    @property
    def key(self) -> str:
        return f"{self.task.pk}-{self.trainee.pk}"

    @property
    def now(self) -> str:
        return f"{self.outcome}:{self.score}"


@dataclass
class Person:
    trainee: Trainee
    cells: list[Cell]


def stored(result: PracticalResult | None) -> tuple[str, str]:
    if result is None:
        return "", ""
    return result.outcome, "" if result.score is None else f"{result.score.normalize():f}"


def cells_of(
    people: Iterable[Trainee], tasks: list[ClassTask], latest: Mapping[tuple[int, int], PracticalResult]
) -> list[Person]:
    rows = []
    for trainee in people:
        row = Person(trainee, [])
        for task in tasks:
            outcome, score = stored(latest.get((task.pk, trainee.pk)))
            row.cells.append(Cell(task, trainee, f"{outcome}:{score}", outcome, score))
        rows.append(row)
    return rows


def read_cells(post: Mapping[str, str], people: list[Person]) -> list[Cell]:
    """Fills in what was typed; a page opened earlier undoes nobody's work, so only changes against it are returned."""
    was = dict(part.split("=", 1) for part in post.get("was", "").split(",") if "=" in part)
    changed = []
    for person in people:
        for cell in person.cells:
            if cell.key not in was:
                continue
            cell.outcome = post.get(f"o{cell.key}", "").strip()
            cell.score = post.get(f"s{cell.key}", "").strip().replace("．", ".").replace("，", ".").replace(",", ".")
            cell.wrong = not _is_score(cell.score) or bool(cell.score and not cell.outcome)
            if cell.now != was[cell.key] and (cell.outcome or cell.wrong):
                changed.append(cell)
    return changed


def entries(cells: Iterable[Cell]) -> list[ResultEntry]:
    return [
        ResultEntry(cell.task, cell.trainee, cell.outcome, Decimal(cell.score) if cell.score else None)
        for cell in cells
        if cell.outcome in Outcome.values
    ]


def written_was(people: Iterable[Person]) -> str:
    return ",".join(f"{cell.key}={cell.was}" for person in people for cell in person.cells)


def read_day(text: str) -> datetime.date | None:
    """Today when left empty, None when it is no date."""
    if not text.strip():
        return timezone.localdate()
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


def _is_score(text: str) -> bool:
    try:
        return not text or 0 <= Decimal(text) <= 100
    except InvalidOperation:
        return False
