"""Background work, claimed by a conditional update: two workers never hold the same job, a dead one's is retaken."""

import datetime
import logging

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import User
from lms.audit.actions import record_event
from lms.privacy.crypto import KeyLost
from lms.refusals import Refused

from .enums import ATTEMPTS, SAID, UNFINISHED, JobState
from .models import Job
from .registry import KINDS
from .tasks import run_job

log = logging.getLogger(__name__)

# A running job says it lives at every step; after this silence another worker takes it.
STALE_AFTER = datetime.timedelta(minutes=2)
MAX_ATTEMPTS = 5
KEY_LOST = _("A value cannot be opened: its key is missing. Put it back into FIELD_KEYS and start the work again.")
# Work that got on each time may break off oftener: a village has many power cuts.
MORE_ATTEMPTS = 15


def start(*, by: User, kind: str, subject: object) -> Job:
    """Queue work, or return the unfinished job of the same kind and subject."""
    if kind not in KINDS:
        raise ValueError(f"No handler for jobs of kind {kind}.")
    for _attempt in range(3):
        try:
            with transaction.atomic():
                job = Job.objects.create(kind=kind, subject=str(subject), started_by=by)
        except IntegrityError:
            waiting = Job.objects.filter(kind=kind, subject=str(subject), state__in=UNFINISHED).first()
            if waiting:
                return waiting
            continue  # it ended between the two statements
        transaction.on_commit(lambda: wake(job))  # noqa: B023 - the loop ends here
        return job
    raise Refused("job_busy", _("This work starts and ends all the time just now. Try again in a moment."))


def wake(job: Job) -> None:
    """Tell a worker. When no broker answers, the row waits for the sweep: nothing is lost."""
    try:
        run_job.delay(job.pk)
    except run_job.OperationalError as error:
        log.warning("No broker for job %s: %s", job.pk, error)


def claim(job_id: int) -> Job | None:
    """The job, if it is ours now; None when another worker has it or it is finished."""
    now = timezone.now()
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, heartbeat_at__lt=now - STALE_AFTER)
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        return None
    taken = Job.objects.filter(free, pk=job_id, attempts=job.attempts).update(
        state=JobState.RUNNING, claimed_at=now, heartbeat_at=now, attempts=job.attempts + 1
    )
    if not taken:
        return None
    job.refresh_from_db()
    return job


def work(job_id: int) -> None:
    """Run a job to its end, its failure or its cancellation."""
    job = claim(job_id)
    if job is None:
        return
    if job.cancel_requested:
        finish(job, JobState.CANCELLED)
        return
    if job.attempts > MAX_ATTEMPTS + min(job.done, MORE_ATTEMPTS):
        finish(job, JobState.FAILED, ATTEMPTS)
        return
    try:
        _refuse_unless_allowed(job)
        for done, failed, total in KINDS[job.kind].handler(job):
            if not beat(job, done=done, failed=failed, total=total):
                return
    except Exception as error:
        finish(job, JobState.FAILED, _words_of(job, error))
        return
    finish(job, JobState.DONE)


def _words_of(job: Job, error: Exception) -> str:
    """What the starter is told. The text of an unforeseen error may quote a person's data; its kind does not."""
    if isinstance(error, Refused):
        return f"{SAID}{error.message}"
    if isinstance(error, KeyLost):
        log.error("Job %s (%s): %s", job.pk, job.kind, error)
        return f"{SAID}{KEY_LOST}"
    log.error("Job %s (%s) failed", job.pk, job.kind, exc_info=error)
    return type(error).__name__


def _refuse_unless_allowed(job: Job) -> None:
    """The account may be closed and the role ended since the work was asked for: then it enters nobody."""
    starter = User.objects.get(pk=job.started_by_id)  # afresh: an account read earlier keeps the roles it had then
    job.started_by = starter
    if not starter.is_active or not KINDS[job.kind].allowed(job):
        raise Refused(
            "job_not_allowed",
            _("Your role for this work has ended. Somebody who holds it can start the work anew."),
        )


def beat(job: Job, *, done: int, failed: int, total: int) -> bool:
    """Write progress. False when the job was cancelled or has been taken by another worker."""
    if not _mine(job).update(done=done, failed=failed, total=total, heartbeat_at=timezone.now()):
        return False
    job.refresh_from_db()
    if job.cancel_requested:
        finish(job, JobState.CANCELLED)
        return False
    return True


def finish(job: Job, state: JobState, message: str = "") -> None:
    """End a job that is still ours; one that another worker retook goes on there."""
    _mine(job).update(state=state, message=message[:300], finished_at=timezone.now())
    job.refresh_from_db()


def _mine(job: Job) -> QuerySet[Job]:
    """The row while this claim holds: each claim raises `attempts`."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


@transaction.atomic
def cancel(*, by: User, job: Job) -> None:
    """A waiting job ends at once, and so does one whose worker fell silent; a running one after its current step."""
    now = timezone.now()
    silent = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, heartbeat_at__lt=now - STALE_AFTER)
    ended = Job.objects.filter(silent, pk=job.pk).update(
        state=JobState.CANCELLED, cancel_requested=True, finished_at=now
    )
    # In this order: a worker that claims it in between is told to stop by the second statement.
    if ended or Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_requested=True):
        record_event(by=by, event="job.cancelled", record=job, label=str(job.public_id))
    job.refresh_from_db()


def resume(*, by: User, job: Job) -> Job:
    """Start cancelled or failed work again: handlers go on where the committed steps end."""
    if job.state not in (JobState.CANCELLED, JobState.FAILED):
        raise Refused("job_not_stopped", _("This work was not stopped; there is nothing to resume."))
    _refuse_unless_allowed(job)
    return start(by=by, kind=job.kind, subject=job.subject)


def sweep() -> int:
    """Wake every job that waits unheard or whose worker fell silent. Returns how many."""
    silent = timezone.now() - STALE_AFTER
    waiting = Job.objects.filter(
        Q(state=JobState.QUEUED, queued_at__lt=timezone.now() - datetime.timedelta(seconds=20))
        | Q(state=JobState.RUNNING, heartbeat_at__lt=silent)
    )
    jobs = list(waiting)
    for job in jobs:
        wake(job)
    return len(jobs)
