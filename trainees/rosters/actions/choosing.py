"""Which rows are entered now. The entering itself is a job, see imports.py."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.jobs.actions import start
from lms.refusals import Refused

from ..enums import ACCEPTED_VERDICTS, COMMIT_JOB, OPEN_STATES, ImportState
from ..models import RosterImport


@transaction.atomic
def commit_import(
    *, by: User | Agent, roster: RosterImport, numbers: Iterable[int] | None = None, verdict: str = ""
) -> RosterImport:
    """Decide for all accepted rows, those of one verdict, or these: they are entered in the background. The others
    wait. Deciding twice changes nothing."""
    locked = RosterImport.objects.select_for_update().get(pk=roster.pk)
    if locked.state not in (*OPEN_STATES, ImportState.COMMITTING):
        raise Refused("roster_not_ready", _("This roster is not waiting for a decision; open it again to see why."))
    if locked.state in OPEN_STATES:
        _choose(locked, numbers=numbers, verdict=verdict)
        chosen = locked.rows.filter(chosen=True).count()
        if not chosen and numbers is not None:
            raise Refused("nothing_chosen", _("None of the chosen rows can be entered yet. Mend or decide them first."))
        if not chosen and locked.state == ImportState.COMMITTED:
            return locked
        locked.state = ImportState.COMMITTING
        locked.save(update_fields=["state"])
        record_event(
            by=by, event="roster.decided", record=locked, label=locked.sha256[:12], place=locked.place.code,
            changes={"rows": [0, chosen]},
        )  # fmt: skip
    if isinstance(by, User):
        start(by=by, kind=COMMIT_JOB, subject=locked.pk)
    return locked


def _choose(roster: RosterImport, *, numbers: Iterable[int] | None, verdict: str) -> None:
    """Mark what the job enters: it may be stopped and taken up again, and goes on with exactly these."""
    rows = roster.rows.left().filter(verdict__in=ACCEPTED_VERDICTS)
    if numbers is not None:
        rows = rows.filter(number__in=list(numbers))
    if verdict:
        rows = rows.filter(verdict=verdict)
    rows.update(chosen=True)
