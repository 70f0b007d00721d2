"""The acceptance of printing: a worker killed at ten random moments leaves no gap, no double and no stray file."""

import io
import random
import signal
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from certificates import actions, queries
from certificates.enums import PrintKind
from certificates.models import Certificate, PrintRun
from certificates.numbers import number_of
from lms import environment
from lms.jobs import actions as jobs
from lms.jobs.enums import JobState
from lms.jobs.models import Job
from lms.jobs.tasks import sweep
from tests.certificates.classes import enter_centre, finished_class
from tests.ops.test_broker import embedded, until, worker  # noqa: F401 - a fixture and its helpers

pytestmark = [pytest.mark.broker, pytest.mark.real_time, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PEOPLE, KILLS = 300, 10


@pytest.fixture
def run(reload_ground, embedded, cast, settings) -> PrintRun:  # noqa: F811
    # Where the worker, which knows nothing of pytest, keeps its sealed files.
    settings.STORAGES = {**settings.STORAGES, "sealed": environment.storage({}, settings.DATA_DIR, "sealed")}
    enter_centre(cast)
    training_class = finished_class(cast, PEOPLE, capacity=PEOPLE, venue=cast.venue("勐董镇", capacity=PEOPLE))
    actions.order_class(by=cast.clerk, training_class=training_class, kind=PrintKind.FILES, first_issue=True)
    return PrintRun.objects.get()


def job_of(run: PrintRun) -> Job:
    return Job.objects.filter(subject=str(run.pk)).latest("pk")


def until_swept(condition: Callable[[], bool], seconds: int) -> bool:
    """Waits with the beat's sweep, here once a second: a message that comes back while the dead worker's last sign of
    life is fresh finds nobody to take the work from, and is gone; from then on only the sweep wakes the job."""
    for _second in range(seconds):
        if until(condition, seconds=1):
            return True
        sweep.delay()
    return False


def killed_once(run: PrintRun, name: str, moment: float) -> bool:
    """One worker, killed `moment` seconds after it took the work. False when the work was done before."""
    before = job_of(run).attempts
    with worker(name) as send:
        assert until_swept(lambda: job_of(run).attempts > before or job_of(run).state != JobState.RUNNING, seconds=60)
        time.sleep(moment)
        send(signal.SIGKILL)
    return job_of(run).state in (JobState.RUNNING, JobState.QUEUED)


def test_ten_kills_leave_each_certificate_and_each_file_once(run):
    chance = random.Random(20180615)
    kills = 0
    while kills < KILLS and job_of(run).state in (JobState.QUEUED, JobState.RUNNING):
        kills += killed_once(run, f"victim{kills}", chance.uniform(0.2, 3.5))
    with worker("last"):
        # A job that broke off too often without getting on stops and is resumed by its owner.
        while until_swept(lambda: job_of(run).state in (JobState.FAILED, JobState.DONE), seconds=900):
            if job_of(run).state == JobState.DONE:
                break
            jobs.resume(by=run.ordered_by, job=job_of(run))

    assert (kills, job_of(run).state) == (KILLS, JobState.DONE)
    given = list(Certificate.objects.order_by("number").values_list("number", flat=True))
    series = given[0][:13]
    assert given == [number_of(series, serial) for serial in range(1, PEOPLE + 1)]
    items = list(run.items.order_by("position"))
    assert [item.position for item in items] == list(range(PEOPLE))
    assert {item.state for item in items} == {"printed"}

    parts = map(queries.content_of, queries.parts_kept(run))
    names = [name for part in parts for name in zipfile.ZipFile(io.BytesIO(part)).namelist()]
    assert names == [f"{item.certificate.number}.pdf" for item in items]
    kept = list(run.parts.values_list("number", "file"))
    folder = Path(settings.DATA_DIR) / "sealed" / "certificates" / str(run.public_id)
    assert [number for number, _file in kept] == list(range(15))
    assert sorted(path.name for path in folder.iterdir()) == sorted(Path(file).name for _number, file in kept)
