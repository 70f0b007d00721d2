"""Results of practical tasks. Attempts are appended; the latest one is the result."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.schedule.actions import lock_class
from courses.schedule.enums import ClassState
from courses.schedule.models import ClassTask, TrainingClass
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.privacy import masking
from lms.refusals import Refused
from trainees.attendance.enums import EnrolmentState
from trainees.attendance.models import Enrolment
from trainees.registry.actions import refuse_restricted
from trainees.registry.models import Trainee

from .enums import Outcome
from .models import PracticalResult
from .queries import latest_results


@dataclass(frozen=True)
class ResultEntry:
    """One attempt of one person at one task; `score` out of 100, kept to one decimal."""

    task: ClassTask
    trainee: Trainee
    outcome: str
    score: Decimal | float | int | None = None
    note: str = ""


@transaction.atomic
def record_results(
    *, by: User | Agent, training_class: TrainingClass, results: Sequence[ResultEntry], assessed_on: datetime.date
) -> list[PracticalResult]:
    """The attempts that were added. The same outcome and score as the last attempt adds nothing."""
    locked = lock_class(training_class.pk)
    _check_class(locked, assessed_on)
    _check_entries(locked, results)
    latest = latest_results(locked)
    held = _held(results)
    added = []
    for entry in results:
        key = (entry.task.pk, entry.trainee.pk)
        before, score = latest.get(key), _score(entry.score)
        if before is not None and (before.outcome, before.score) == (entry.outcome, score):
            continue
        refuse_restricted(held[entry.trainee.pk])
        latest[key] = PracticalResult(
            task=entry.task, trainee=entry.trainee, attempt=before.attempt + 1 if before else 1,
            outcome=Outcome(entry.outcome), score=score, note=masking.digits(entry.note.strip()),
            assessed_on=assessed_on, recorded_by=by.label,
        )  # fmt: skip
        added.append(latest[key])
    if added:
        PracticalResult.objects.append_many(added)
        outcomes = [row.outcome for row in added]
        record_event(
            by=by, event="results.recorded", record=locked, label=locked.code, place=locked.venue.division.code,
            changes={str(outcome): [0, outcomes.count(outcome)] for outcome in Outcome if outcome in outcomes},
        )  # fmt: skip
    return added


def _held(results: Sequence[ResultEntry]) -> dict[int, Trainee]:
    """After the class its people, by key: a restriction set at this moment is seen."""
    people = Trainee.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    return people.in_bulk({entry.trainee.pk for entry in results})


def _check_class(training_class: TrainingClass, assessed_on: datetime.date) -> None:
    if training_class.state not in (ClassState.OPEN, ClassState.CLOSED):
        text = _("Results are entered for a running or closed class; this one is: %(state)s.")
        raise Refused("class_not_running", text % {"state": training_class.get_state_display()})
    if assessed_on > timezone.localdate():
        raise Refused("assessed_in_future", _("The day of the assessment lies in the future. Correct the date."))


def _check_entries(training_class: TrainingClass, results: Sequence[ResultEntry]) -> None:
    if any(entry.task.training_class_id != training_class.pk for entry in results):
        raise Refused("task_of_another_class", _("One of the tasks belongs to another class. Load the page again."))
    people = {entry.trainee.pk: entry.trainee for entry in results}
    confirmed = Enrolment.objects.filter(
        training_class=training_class, state=EnrolmentState.CONFIRMED, trainee__in=people
    )
    strangers = people.keys() - set(confirmed.values_list("trainee", flat=True))
    if strangers:
        number = people[min(strangers)].file_number
        text = _("The person with file %(number)s is not enrolled in this class. Enrol the person first.")
        raise Refused("not_enrolled", text % {"number": number}, trainee_ids=sorted(strangers))
    for entry in results:
        if entry.outcome not in Outcome.values:
            raise Refused("outcome_unknown", _("A result is passed, failed or to repeat."))
        score = _score(entry.score)
        if score is not None and not 0 <= score <= 100:
            text = _("The score %(score)s is not possible: a score lies between 0 and 100.")
            raise Refused("score_out_of_range", text % {"score": score}, trainee_id=entry.trainee.pk)


def _score(score: Decimal | float | int | None) -> Decimal | None:
    if score is None:
        return None
    return Decimal(str(score)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
