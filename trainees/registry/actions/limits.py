"""What a person's will or the law has stopped. Rooms above decide; the file itself carries it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.refusals import Refused
from trainees.registry.enums import Limit
from trainees.registry.models import Trainee


@transaction.atomic
def set_limit(*, by: User | Agent, trainee: Trainee, limit: Limit, reason: str = "") -> Trainee:
    """From now on; set twice it keeps its first day."""
    return _write(by, trainee, limit, "trainee.limited", on=True, reason=reason)


@transaction.atomic
def lift_limit(*, by: User | Agent, trainee: Trainee, limit: Limit, reason: str = "") -> Trainee:
    return _write(by, trainee, limit, "trainee.limit_lifted", on=False, reason=reason)


def refuse_restricted(trainee: Trainee) -> None:
    """For every action that works on a file: what is restricted is stored and nothing else."""
    if trainee.restricted_at or trainee.anonymised_at:
        raise Refused(
            "file_restricted",
            _(
                "Processing of this file is restricted at the person's request: it is kept and nothing else. "
                "Lift the restriction on its page of requests first."
            ),
        )


def _write(by: User | Agent, trainee: Trainee, limit: Limit, event: str, *, on: bool, reason: str) -> Trainee:
    column = f"{limit}_at"
    locked = Trainee.objects.select_for_update(of=("self",)).select_related("township").get(pk=trainee.pk)
    if bool(getattr(locked, column)) == on:
        return locked
    setattr(locked, column, timezone.now() if on else None)
    locked.save(update_fields=[column])
    record_event(
        by=by, event=event, record=locked, label=locked.file_number, place=locked.township.code, reason=reason,
        changes={str(limit): [not on, on]},
    )  # fmt: skip
    return locked
