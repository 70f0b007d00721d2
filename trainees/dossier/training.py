"""培训记录栏: what a person attended, as the county's paper asks it, in a constant number of queries."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone

from courses.schedule.models import ClassTask, TrainingClass
from trainees.attendance.enums import EnrolmentState
from trainees.attendance.models import Enrolment, Presence
from trainees.outcomes.models import Outcome
from trainees.practice.enums import Outcome as Result
from trainees.practice.models import PracticalResult
from trainees.progress.models import PersonTime
from trainees.registry.models import Trainee


@dataclass
class TrainingLine:
    """One class of a person. `results` holds the last attempt at each task, `attempts` all of them."""

    enrolment: Enrolment
    first_day: datetime.date | None
    last_day: datetime.date | None
    planned: int
    present: int = 0
    tasks: list[ClassTask] = field(default_factory=list)
    attempts: list[PracticalResult] = field(default_factory=list)
    units: list[PersonTime] = field(default_factory=list)
    certificates: list[Any] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def training_class(self) -> TrainingClass:
        return self.enrolment.training_class

    @property
    def percent(self) -> int | None:
        return round(self.present * 100 / self.planned) if self.planned else None

    @property
    def results(self) -> list[PracticalResult]:
        return list({result.task_id: result for result in self.attempts}.values())

    @property
    def practical(self) -> str:
        """ "passed" when every required task is, "open" when one is not, "" where the class asks none."""
        required = {task.pk for task in self.tasks if task.required}
        passed = {result.task_id for result in self.results if result.outcome == Result.PASSED}
        if not required:
            return ""
        return "passed" if required <= passed else "open"

    @property
    def valid_certificate(self) -> Any:
        """Of completion, where there is one."""
        valid = {one.kind: one for one in self.certificates if one.state == "valid"}
        return next((valid[kind] for kind in ("completion", "attendance", "trainer") if kind in valid), None)

    @property
    def recorded(self) -> tuple[str, datetime.date]:
        """Who answers for the line: who closed the class, else who assessed last, else who enrolled."""
        closed = self.training_class
        if closed.closed_at:
            return closed.closed_by, timezone.localdate(closed.closed_at)
        if self.attempts:
            return self.attempts[-1].recorded_by, self.attempts[-1].assessed_on
        return self.enrolment.enrolled_by, timezone.localdate(self.enrolment.enrolled_at)


def enrolments_of(trainee: Trainee) -> QuerySet[Any]:
    """The newest class first; what was cancelled is no training."""
    return (
        Enrolment.objects.filter(trainee=trainee)
        .exclude(state=EnrolmentState.CANCELLED)
        .select_related("training_class")
        .annotate(
            first_day=Min("training_class__sessions__day"),
            last_day=Max("training_class__sessions__day"),
            planned=Count("training_class__sessions"),
        )
        .order_by("-first_day", "-id")
    )


def training_of(trainee: Trainee, enrolments: Iterable[Any], outcomes: Iterable[Outcome]) -> list[TrainingLine]:
    """Lines for these enrolments (a page of them); six queries however many there are."""
    lines = {row.training_class_id: TrainingLine(row, row.first_day, row.last_day, row.planned) for row in enrolments}
    of_these = {"trainee": trainee, "session__training_class__in": lines}
    present = Presence.objects.filter(**of_these, present=True).values_list("session__training_class_id", flat=True)
    for class_id, count in Counter(present).items():
        lines[class_id].present = count
    for task in ClassTask.objects.filter(training_class__in=lines):
        lines[task.training_class_id].tasks.append(task)
    attempts = PracticalResult.objects.filter(trainee=trainee, task__training_class__in=lines)
    for result in attempts.select_related("task").order_by("task__position", "attempt"):
        lines[result.task.training_class_id].attempts.append(result)
    for unit in PersonTime.objects.filter(trainee=trainee, training_class__in=lines).order_by("unit_key"):
        lines[unit.training_class_id].units.append(unit)
    # By the reverse name: certificates stand above the trainees.
    for one in trainee.certificates.filter(training_class__in=lines):
        lines[one.training_class_id].certificates.append(one)
    _follow(list(lines.values()), outcomes)
    return list(lines.values())


def _follow(lines: list[TrainingLine], outcomes: Iterable[Outcome]) -> None:
    """An outcome stands beside the last class that began before it."""
    begun = [line for line in lines if line.first_day]
    for outcome in outcomes:
        if outcome.voided_at is not None:
            continue
        line = next((line for line in begun if line.first_day and line.first_day <= outcome.happened_on), None)
        if line is not None:
            line.outcomes.append(outcome)
