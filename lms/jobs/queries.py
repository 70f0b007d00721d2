"""A job as its page shows it."""

import datetime
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from lms.accounts.models import User

from .enums import ATTEMPTS, SAID, UNFINISHED, JobState
from .models import Job
from .registry import KINDS

STOPPED = (JobState.FAILED, JobState.CANCELLED)
STOPPED_SHOWN = datetime.timedelta(days=7)
TONES = {
    JobState.QUEUED: "neutral",
    JobState.RUNNING: "info",
    JobState.DONE: "ok",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "warn",
}


@dataclass(frozen=True)
class Shown:
    job: Job
    label: str | Promise
    tone: str
    message: str
    # The page the work was for.
    address: str
    unfinished: bool
    stopped: bool


def shown(job: Job) -> Shown:
    kind = KINDS.get(job.kind)
    return Shown(
        job=job,
        label=kind.label if kind else job.kind,
        tone=TONES[JobState(job.state)],
        message=message_of(job),
        address=kind.address(job) if kind else "",
        unfinished=job.state in UNFINISHED,
        stopped=job.state in STOPPED,
    )


def message_of(job: Job) -> str:
    """Why a job stopped, as a sentence."""
    if job.state == JobState.CANCELLED:
        return _("The work was cancelled. What was done until then stays; it can be resumed.")
    if job.state != JobState.FAILED:
        return ""
    if job.message.startswith(SAID):
        return job.message.removeprefix(SAID)
    if job.message == ATTEMPTS:
        return _("The work broke off five times. Ask the system administrator to look at the log, then resume it.")
    return _(
        "The work stopped at an error (%(error)s). What was done until then stays; resume it, and if it stops again "
        "ask the system administrator."
    ) % {"error": job.message}


def jobs_of(user: User | AnonymousUser) -> list[Shown]:
    """A person's unfinished jobs, and those that stopped in the last week, newest first."""
    stopped = Q(state__in=STOPPED, finished_at__gte=timezone.now() - STOPPED_SHOWN)
    jobs = Job.objects.visible_to(user).filter(Q(state__in=UNFINISHED) | stopped)
    return [shown(job) for job in jobs[:50]]
