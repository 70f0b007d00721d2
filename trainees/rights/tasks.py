"""The nightly round, and the handlers of this room's jobs: ids in, delegate to an action."""

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from lms.access.scope import scope_of
from lms.jobs.models import Job

from . import actions, rules
from .actions.exports import Progress
from .models import Export, RightsRequest


@shared_task
def nightly() -> tuple[int, int]:
    """(records newly due, files dropped)."""
    actions.empty_rosters(timezone.localdate())
    actions.restart_leftovers()
    return actions.list_due(timezone.localdate()), actions.drop_expired()


def export_job(job: Job) -> Progress:
    export = Export.objects.select_related("started_by").get(pk=job.subject)
    # Afresh from the job: its starter is read when the work is taken up, with the roles of that moment.
    export.started_by = job.started_by
    yield from actions.make_export(export)


def copy_job(job: Job) -> Progress:
    request = RightsRequest.objects.select_related("trainee__township", "trainee__household").get(pk=job.subject)
    if not request.copy:
        actions.make_copy(by=job.started_by, request=request)
    yield 1, 0, 1


def wipe_job(job: Job) -> Progress:
    yield from actions.carry_out(by=job.started_by)


def may_export(job: Job) -> bool:
    return scope_of(job.started_by).has(*rules.EXPORTING)


def may_copy(job: Job) -> bool:
    return RightsRequest.objects.visible_to(job.started_by).filter(pk=job.subject).exists()


def may_wipe(job: Job) -> bool:
    return scope_of(job.started_by).has(*rules.KEEPERS)


def export_page(job: Job) -> str:
    return reverse("export_page", args=[Export.objects.get(pk=job.subject).public_id])


def copy_page(job: Job) -> str:
    request = RightsRequest.objects.select_related("trainee").get(pk=job.subject)
    if request.trainee.user_id == job.started_by_id:
        return reverse("my_data")
    return reverse("request_page", args=[request.pk])


def wipe_page(job: Job) -> str:
    return reverse("retention") + "?state=done"
