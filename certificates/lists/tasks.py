"""Lists in the background: ids in, delegate to an action."""

from celery import shared_task
from django.urls import reverse

from certificates.models import ListFile
from certificates.rules import HAND_OVER
from lms.access.scope import scope_of
from lms.jobs.models import Job

from . import actions
from .actions import Progress


def list_job(job: Job) -> Progress:
    file = ListFile.objects.select_related("started_by").get(pk=job.subject)
    # Afresh from the job: with the roles of the moment the work is taken up.
    file.started_by = job.started_by
    yield from actions.make(file)


def list_page(job: Job) -> str:
    return reverse("list_file", args=[ListFile.objects.get(pk=job.subject).public_id])


def may_list(job: Job) -> bool:
    return scope_of(job.started_by).has(*HAND_OVER)


@shared_task
def forget_lists() -> int:
    return actions.forget_lists()
