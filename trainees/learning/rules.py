"""When a lesson is done, and how an answered quiz is scored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class Question(Protocol):
    """A quiz block of a lesson: an id that never changes and its value."""

    id: str
    value: Any


@dataclass(frozen=True)
class Answer:
    """One question as answered: index of the chosen answer (None: left out) and whether it was right."""

    question_id: str
    chosen: int | None
    right: bool


def right_choices(question: Question) -> set[int]:
    return {index for index, choice in enumerate(question.value["choices"]) if choice["correct"]}


def mark(questions: list[Question], answers: Mapping[str, int | None]) -> list[Answer]:
    """Answers in the order of the questions; what names no question of this lesson is dropped."""
    return [
        Answer(question.id, answers.get(question.id), answers.get(question.id) in right_choices(question))
        for question in questions
    ]


def percent(correct: int, questions: int) -> int:
    return correct * 100 // questions if questions else 0


def is_complete(*, reached: int, parts: int, quiz_percent: int | None, questions: int, pass_percent: int) -> bool:
    """Every part reached, and the quiz passed where there is one."""
    passed = questions == 0 or (quiz_percent is not None and quiz_percent >= pass_percent)
    return reached >= parts and passed
