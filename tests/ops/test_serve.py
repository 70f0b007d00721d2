"""bin/start's supervisor with real children: what a person sees when it starts, when something dies, when it stops."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from lms import serve

pytestmark = [pytest.mark.slow, pytest.mark.real_time]


class Served:
    """`python -m lms.serve` on a data folder of its own, its output in a file."""

    def __init__(self, data: Path, **variables: str):
        self.data, self.log = data, data.parent / "serve.log"
        self.variables = {
            "PATH": os.environ["PATH"], "DATA_DIR": str(data), "SECRET_KEY": "s" * 50, "DEMO": "0", "DEBUG": "1",
            "FIELD_KEYS": settings.FIELD_KEYS, "FIELD_INDEX_KEY": settings.FIELD_INDEX_KEY, "WEB_WORKERS": "1",
            "WORKER_PROCESSES": "1", **variables,
        }  # fmt: skip
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "lms.serve"], cwd=settings.BASE_DIR, env=self.variables,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.log.read_text()

    def says(self, words: str, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while words not in self.said and time.monotonic() < end:
            time.sleep(0.1)
        return words in self.said

    def again(self) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "lms.serve"], cwd=settings.BASE_DIR, env=self.variables,
            capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip

    def children(self, words: str = "") -> list[int]:
        """Processes that carry this folder in their environment, the supervisor left out."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != self.process.pid:
                with contextlib.suppress(OSError):
                    ours = f"DATA_DIR={self.data}\0".encode() in (entry / "environ").read_bytes()
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    if ours and words in command:
                        found.append(int(entry.name))
        return sorted(found)

    def alone(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self.children() and time.monotonic() < end:
            time.sleep(0.1)
        return not self.children()


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """A folder as people have them: Chinese, a space, and longer than a socket's address may be."""
    return tmp_path_factory.mktemp("served") / "电商 培训数据" / ("很长的名字" * 6)


@pytest.fixture
def served(data) -> Iterator[Served]:
    data.parent.mkdir(parents=True, exist_ok=True)
    port = free_port()
    served = Served(data, PORT=str(port))
    served.port = port
    try:
        assert served.says("Serving on", seconds=120), served.said
        yield served
    finally:
        if served.process.poll() is None:
            served.process.kill()
            served.process.wait(timeout=10)
        for orphan in served.children():
            os.kill(orphan, signal.SIGKILL)


def test_it_serves_once_revives_and_stops(served):
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/accounts/login/", timeout=20) as answer:
        assert answer.status == 200
    assert served.data.stat().st_mode & 0o777 == 0o700

    second = served.again()
    assert second.returncode == 1
    assert second.stdout == (
        f"Already running on {served.data}: http://localhost:{served.port} (process {served.process.pid})\n"
    )

    # The worker starts beside the greeting; the first one is the pool's parent.
    end = time.monotonic() + 30
    while not (workers := served.children("celery -q -A lms.celery worker")) and time.monotonic() < end:
        time.sleep(0.1)
    os.kill(workers[0], signal.SIGKILL)
    assert served.says("The worker process died (code -9); it starts again in 1 s, no work is lost.", seconds=10)
    end = time.monotonic() + 30
    while not set(served.children("celery -q -A lms.celery worker")) - set(workers) and time.monotonic() < end:
        time.sleep(0.1)
    assert not set(workers[:1]) & set(served.children())

    begun = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(timeout=20) == 0
    assert time.monotonic() - begun < 12
    assert served.said.endswith("Stopped.\n")
    assert served.children() == []


def test_a_killed_supervisor_leaves_no_orphan(served):
    served.process.kill()
    served.process.wait(timeout=10)
    assert served.alone(seconds=20)


def test_a_child_just_begun_does_not_outlive_a_killed_supervisor(tmp_path):
    """The kill comes before the child has asked Linux to be ended with its parent."""
    begun = tmp_path / "begun"
    program = f"import pathlib, time; pathlib.Path({str(begun)!r}).touch(); time.sleep(60)"
    supervisor = (
        "import os, signal, sys; from lms import serve; "
        f"serve.Child('x', [sys.executable, '-c', {program!r}]).start(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = {**os.environ, "BEGUN": str(begun), "DJANGO_SETTINGS_MODULE": "lms.settings"}
    killed = subprocess.run(
        [sys.executable, "-c", supervisor], cwd=settings.BASE_DIR, env=environment, check=False, timeout=30
    )
    assert killed.returncode == -signal.SIGKILL
    end = time.monotonic() + 20
    while left_of(begun) and time.monotonic() < end:
        time.sleep(0.05)
    assert (left_of(begun), begun.exists()) == ([], False)


def left_of(begun: Path) -> list[str]:
    """Processes that carry this path in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and f"BEGUN={begun}\0".encode() in (entry / "environ").read_bytes():
                found.append(entry.name)
    return found


def test_without_the_web_server_everything_ends(served):
    os.kill(served.children("granian lms.wsgi")[0], signal.SIGKILL)
    assert served.process.wait(timeout=20) == 1
    assert "The web process ended (code -9), so everything stops." in served.said
    assert served.children() == []


def test_unasked_it_takes_the_next_free_port(monkeypatch, capsys):
    monkeypatch.delenv("PORT", raising=False)
    with socket.socket() as taken:
        with contextlib.suppress(OSError):  # somebody else's program on it serves as well
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        port = serve.free_port("127.0.0.1")
    assert 8000 < port < 8100
    assert capsys.readouterr().out == f"Port 8000 is taken, so {port} it is.\n"


def test_a_taken_port_is_refused_by_name(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = Served(tmp_path / "data", PORT=str(port))
        assert refused.process.wait(timeout=20) == 1
    assert refused.said == f"Port {port} is taken by another program; set PORT to a free one, or leave it out.\n"


def test_a_silent_database_is_named(tmp_path):
    refused = Served(tmp_path / "data", PORT=str(free_port()), DATABASE_URL="postgres://a:b@127.0.0.1:9/county")
    assert refused.process.wait(timeout=60) == 1
    assert "DATABASE_URL: the database does not answer." in refused.said
    assert "Traceback" not in refused.said
    assert refused.said.endswith("Nothing was started.\n")
