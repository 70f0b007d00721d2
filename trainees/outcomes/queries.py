"""Outcomes as the file shows them."""

from dataclasses import dataclass

from lms.accounts.models import User
from trainees.registry.models import Trainee

from . import rules
from .models import Outcome


@dataclass(frozen=True)
class OutcomeLine:
    outcome: Outcome
    may_verify: bool
    may_void: bool

    @property
    def tone(self) -> str:
        if self.outcome.voided_at:
            return "neutral"
        return "ok" if self.outcome.verified_at else "warn"


def outcomes_of(trainee: Trainee) -> list[Outcome]:
    return list(Outcome.objects.filter(trainee=trainee))


def outcome_lines(trainee: Trainee, outcomes: list[Outcome], *, by: User) -> list[OutcomeLine]:
    """The newest first, struck-out ones among them, each with what this account may do."""
    place = trainee.township.code
    centre = rules.may_verify(by, place, "")
    return [
        OutcomeLine(
            row,
            may_verify=row.voided_at is None
            and row.verified_at is None
            and rules.may_verify(by, place, row.recorder_id),
            # What the centre confirmed, only the centre strikes out.
            may_void=row.voided_at is None and (centre if row.verified_at else rules.may_record(by, place)),
        )
        for row in outcomes
    ]
