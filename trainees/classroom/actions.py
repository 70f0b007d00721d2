"""What touches a class and its people at once."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from courses.schedule import actions as schedule
from courses.schedule.actions import SessionPlan
from courses.schedule.models import TrainingClass
from lms.accounts.models import Agent, User
from trainees.attendance.actions import cancel_enrolment, fill_free_places
from trainees.attendance.models import Enrolment


@transaction.atomic
def change_class(
    *,
    by: User | Agent,
    training_class: TrainingClass,
    facts: dict,
    sessions: Sequence[SessionPlan] | None = None,
    reason: str = "",
    backfill_reason: str = "",
    override_reason: str = "",
) -> list[Enrolment]:
    """Other facts and half-days, both or neither; more places let in those who wait, who are returned."""
    schedule.edit_class(
        by=by, training_class=training_class, reason=reason, override_reason=override_reason, **facts
    )  # fmt: skip
    if sessions is not None:
        schedule.set_sessions(
            by=by, training_class=training_class, sessions=sessions,
            backfill_reason=backfill_reason, override_reason=override_reason,
        )  # fmt: skip
    return fill_free_places(by=by, training_class=training_class)


@transaction.atomic
def cancel_enrolments(*, by: User | Agent, enrolments: Iterable[Enrolment], reason: str) -> list[Enrolment]:
    """All of them leave or none; returns those who moved up."""
    return [promoted for row in enrolments for promoted in cancel_enrolment(by=by, enrolment=row, reason=reason)]
