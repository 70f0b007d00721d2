"""A real broker and real workers: what a kill in the middle of the work leaves behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from lms import broker
from lms.accounts.actions import create_account
from lms.accounts.models import Agent
from lms.jobs import actions
from lms.jobs.enums import JobState
from lms.jobs.models import Job
from lms.jobs.tasks import run_job
from tests.ops.trace import STEPS, traces

pytestmark = [pytest.mark.broker, pytest.mark.real_time, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class Embedded:
    """The embedded broker, as bin/start runs it."""

    folder, address = settings.DATA_DIR / "valkey", Path(settings.BROKER_SOCKET)
    process: subprocess.Popen

    def start(self) -> None:
        broker.make_room(folder=self.folder, address=self.address)
        self.process = subprocess.Popen(broker.command(folder=self.folder, address=self.address))
        assert until(lambda: broker.answers(self.address), seconds=30)

    def end(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.wait(timeout=10)


@pytest.fixture
def embedded() -> Iterator[Embedded]:
    if settings.CELERY_TASK_ALWAYS_EAGER:
        pytest.skip("tasks run at once here; bin/test sets TEST_REAL_BROKER=1")
    embedded = Embedded()
    embedded.start()
    try:
        run_job.app.control.purge()
        yield embedded
    finally:
        embedded.end()
        broker.leave_room(folder=embedded.folder, address=embedded.address)


@pytest.fixture
def job(embedded) -> Job:
    user = create_account(by=Agent(label="tests"), username="keeper", name="管库", password="a-long-one-2018")
    return actions.start(by=user, kind="trace", subject="1")


def until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def state_of(job: Job) -> str:
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def database_url() -> str:
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    place = facts["HOST"] + "/" if facts["HOST"].startswith("/") else f"{facts['HOST']}:{facts['PORT'] or 5432}/"
    return f"postgres://{facts['USER']}:{facts['PASSWORD']}@{'/' if place[0] == '/' else ''}{place}{facts['NAME']}"


@contextlib.contextmanager
def worker(name: str = "one") -> Iterator[Callable[[int], None]]:
    """A Celery worker on this test's database; what is yielded sends it a signal, pool and all."""
    command = [sys.executable, "-m", "celery", "-q", "-A", "tests.ops.worker", "worker", "-n", f"{name}@tests"]
    process = subprocess.Popen(
        [*command, "--concurrency", "1", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"],
        env={
            **os.environ,
            "DATABASE_URL": database_url(),
            "DATA_DIR": str(settings.DATA_DIR),
            "SECRET_KEY": settings.SECRET_KEY * 4,
            "FIELD_KEYS": settings.FIELD_KEYS,
            "FIELD_INDEX_KEY": settings.FIELD_INDEX_KEY,
            "SIGNING_KEYS": settings.SIGNING_KEYS,
            "BADGE_KEYS": settings.BADGE_KEYS,
        },
        start_new_session=True,
    )
    try:
        yield lambda number: os.killpg(process.pid, number)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def test_a_killed_worker_loses_nothing_and_repeats_nothing(job):
    with worker("first") as send:
        assert until(lambda: len(traces(job)) >= 3, seconds=40)
        send(signal.SIGKILL)
    assert state_of(job) == JobState.RUNNING
    assert len(traces(job)) < STEPS

    with worker("second"):
        assert until(lambda: state_of(job) == JobState.DONE, seconds=60)

    assert traces(job) == list(range(STEPS))
    job.refresh_from_db()
    assert (job.attempts, job.done, job.total) == (2, STEPS, STEPS)


def test_two_workers_and_many_wakes_do_the_work_once(job):
    for _ in range(5):
        run_job.delay(job.pk)
    with worker("left"), worker("right"):
        assert until(lambda: state_of(job) == JobState.DONE, seconds=60)
        time.sleep(2)  # the spare messages are read and change nothing

    assert traces(job) == list(range(STEPS))
    job.refresh_from_db()
    assert job.attempts == 1


def test_a_wake_that_nobody_heard_is_repeated_by_the_sweep(embedded, job):
    run_job.app.control.purge()
    Job.objects.filter(pk=job.pk).update(queued_at=timezone.now() - timedelta(minutes=1))
    with worker():
        assert not until(lambda: state_of(job) != JobState.QUEUED, seconds=8)
        assert actions.sweep() == 1
        assert until(lambda: state_of(job) == JobState.DONE, seconds=40)

    assert traces(job) == list(range(STEPS))


def test_a_killed_broker_keeps_the_work_it_accepted(embedded, job):
    time.sleep(1.5)  # its file is flushed every second
    with worker():
        embedded.end(signal.SIGKILL)
        embedded.start()
        assert until(lambda: state_of(job) == JobState.DONE, seconds=60)

    assert traces(job) == list(range(STEPS))
