"""Printing in the background."""

import datetime
from collections.abc import Iterator

from celery import shared_task
from django.urls import reverse

from courses.schedule.rules import may_manage
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.jobs.models import Job

from . import actions, queries
from .enums import PrintState
from .models import PrintRun

KEPT = datetime.timedelta(days=30)


def run_of(job: Job) -> PrintRun:
    return PrintRun.objects.select_related("training_class__venue__division").get(pk=job.subject)


def address(job: Job) -> str:
    """The run's page: it has the file, and says of each certificate that is not in it why."""
    public_id = PrintRun.objects.values_list("public_id", flat=True).get(pk=job.subject)
    return reverse("certificate_print", args=[public_id])


def may_print(job: Job) -> bool:
    """Whether the starter still looks after the class, or, for a selection, still holds an office that prints."""
    training_class = run_of(job).training_class
    if training_class is None:
        return scope_of(job.started_by).has(Role.MANAGER, Role.CLERK)
    return may_manage(job.started_by, training_class.venue.division.code)


def print_run(job: Job) -> Iterator[tuple[int, int, int]]:
    """Issue and settle, then part after part. Each step is committed; a second worker goes on behind it."""
    from . import printing  # WeasyPrint takes half a second and 60 MB: only a process that prints pays for it

    run = run_of(job)
    actions.settle(by=job.started_by, run=run)
    yield progress(run)
    for number in queries.parts_to_print(run):
        printing.print_part(by=job.started_by, run=run, number=number)
        yield progress(run)


def progress(run: PrintRun) -> tuple[int, int, int]:
    counts = queries.counts_of(run)
    return counts[PrintState.PRINTED], counts[PrintState.STOPPED], sum(counts.values())


@shared_task
def forget_print_files() -> None:
    actions.forget_files(older_than=KEPT)
