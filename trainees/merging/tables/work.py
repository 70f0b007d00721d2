"""Lessons and practical results: the best of both, every attempt kept."""

from collections import defaultdict
from typing import Any

from trainees.learning.models import LessonProgress
from trainees.practice.enums import Outcome
from trainees.practice.models import PracticalResult

from .moving import Moving

# Free of any number a person can reach: where attempts wait while they are numbered anew.
ASIDE = 1_000_000


def join_progress(moving: Moving) -> None:
    """One lesson in both files: furthest, best, first opened, earliest completed."""
    own = {row.lesson_id: row for row in moving.of_survivor(LessonProgress)}
    for row in moving.of_loser(LessonProgress):
        twin = own.get(row.lesson_id)
        if twin is None:
            moving.move(row)
        else:
            moving.join(twin, **_best(twin, row))


def _best(own: LessonProgress, other: LessonProgress) -> dict[str, Any]:
    completed = [row.completed_at for row in (own, other) if row.completed_at]
    quiz = [row.quiz_percent for row in (own, other) if row.quiz_percent is not None]
    latest = max(own, other, key=lambda row: row.last_opened_at)
    return {
        "first_opened_at": min(own.first_opened_at, other.first_opened_at),
        "last_opened_at": latest.last_opened_at,
        "furthest_block": max(own.furthest_block, other.furthest_block),
        "blocks_total": latest.blocks_total,
        "quiz_percent": max(quiz, default=None),
        "completed_at": min(completed, default=None),
    }


def renumber_results(moving: Moving) -> None:
    """Attempts at one task follow each other by day; a pass outlasts another result of the same day."""
    own, other = defaultdict(list), defaultdict(list)
    for row in moving.of_survivor(PracticalResult):
        own[row.task_id].append(row)
    for row in moving.of_loser(PracticalResult):
        other[row.task_id].append(row)
    for task, came in other.items():
        if not own[task]:
            for row in came:
                moving.move(row)
            continue
        ordered = sorted([*own[task], *came], key=_order)
        for place, row in enumerate(ordered):  # aside first: (task, person, attempt) is unique at every moment
            moving.journal.change(row, attempt=ASIDE + place)
        for place, row in enumerate(ordered, start=1):
            moving.journal.change(row, trainee_id=moving.survivor.pk, attempt=place)
        moving.tally(PracticalResult).moved += len(came)


def _order(row: PracticalResult) -> tuple:
    return (row.assessed_on, row.outcome == Outcome.PASSED, row.recorded_at, row.pk)
