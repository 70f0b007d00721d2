"""A kind of job that leaves a trace of every step."""

import time
from collections.abc import Iterator

from django.db import transaction

from lms.accounts.models import Agent
from lms.audit.actions import record_event
from lms.audit.models import AuditEvent
from lms.jobs import registry
from lms.jobs.models import Job

STEPS = 12
STEP_SECONDS = 0.25


def traces(job: Job) -> list[int]:
    events = AuditEvent.objects.filter(event="trace.step", record_id=str(job.pk))
    return sorted(int(label) for label in events.values_list("record_label", flat=True))


def trace(job: Job) -> Iterator[tuple[int, int, int]]:
    done = set(traces(job))
    for step in range(STEPS):
        if step not in done:
            with transaction.atomic():
                record_event(by=Agent(label="trace"), event="trace.step", record=job, label=str(step))
            time.sleep(STEP_SECONDS)
        yield step + 1, 0, STEPS


registry.register("trace", label="trace", handler=trace, address=lambda job: "/")
