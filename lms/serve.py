"""Runs the whole product as one: broker, web server, worker and beat. bin/start ends here.

Stops all of them on Ctrl-C or SIGTERM. A worker, beat or broker that dies is started again; without the web server
everything ends. Each has a session of its own, so a Ctrl-C reaches this process alone and it decides the order.
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from lms import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")

WAIT_FOR_WORK_SECONDS = 7  # a worker ends its step; longer work is taken up again from its last committed one
RESTART_AFTER_SECONDS = (1, 2, 5, 15, 30)
DEMO_ACCOUNTS = ("manager", "clerk", "operator", "trainer", "trainee", "auditor")
DEMO_PASSWORD = "demo-2018"  # noqa: S105
COLOURS = {"web": 36, "worker": 33, "beat": 35, "broker": 34, "prepare": 32}

# Runs before the program: when this process dies by a kill, Linux ends the child too. When it died before that was
# said, the child has another parent by now.
TIED = (
    "import ctypes, os, sys\n"
    "libc = ctypes.CDLL(None)\n"
    "if hasattr(libc, 'prctl'): libc.prctl(1, 15)\n"
    "if os.getppid() == int(sys.argv[1]): os.execv(sys.argv[2], sys.argv[2:])\n"
)


class CannotServe(Exception):
    """Why nothing runs, for people."""


class Child:
    """One process, its lines under its name."""

    def __init__(self, name: str, command: list[str], *, needed: bool = False):
        self.name, self.command, self.needed = name, command, needed
        self.deaths = 0
        self.born_at = self.due_at = 0.0
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.born_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-ISc", TIED, str(os.getpid()), *self.command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=self._copy_lines, args=(self.process,), daemon=True).start()

    def _copy_lines(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            say(line.rstrip(), self.name)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        if self.alive and self.process:
            self.process.send_signal(number)

    def bury(self) -> None:
        """End what it left behind: a pool child outlives a killed parent for a moment."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def say(text: str, name: str = "") -> None:
    if name and sys.stdout.isatty():
        text = f"\033[{COLOURS.get(name, 0)}m{name:>7} |\033[0m {text}"
    elif name:
        text = f"{name:>7} | {text}"
    with contextlib.suppress(BrokenPipeError, ValueError):
        print(text, flush=True)  # noqa: T201


def program(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def free_port(host: str) -> int:
    """PORT when it is given; otherwise 8000 or the next free one."""
    given = os.environ.get("PORT", "")
    wanted = int(given) if given else 8000
    for port in [wanted] if given else range(wanted, wanted + 100):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((host, port))
            except PermissionError as error:
                raise CannotServe(f"Port {port} is for the administrator alone; set PORT to 1024 or more.") from error
            except socket.gaierror as error:
                raise CannotServe(f"HOST {host} is no address of this machine ({error.strerror}).") from error
            except OSError:
                continue
        if port != wanted:
            say(f"Port {wanted} is taken, so {port} it is.")
        return port
    raise CannotServe(f"Port {wanted} is taken by another program; set PORT to a free one, or leave it out.")


@contextlib.contextmanager
def alone(data: Path) -> Iterator[Path]:
    """One supervisor per DATA_DIR; the lock goes with the process, however it ends."""
    path = data / "serve.lock"
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotServe(f"Already running on {data}: {path.read_text(encoding='utf-8').strip()}") from None
        yield path


class House:
    def __init__(self, data: Path):
        self.data = data
        self.host = os.environ.get("HOST", "127.0.0.1")
        self.port = free_port(self.host)
        self.children: list[Child] = []
        self.asked_to_stop = 0
        os.environ["PORT"] = str(self.port)
        os.environ["PYTHONUNBUFFERED"] = "1"
        # Celery's word on running as root; in a container that is usual.
        os.environ.setdefault("PYTHONWARNINGS", "ignore:You're running the worker:RuntimeWarning")

    @property
    def address(self) -> str:
        return os.environ.get("SITE_URL") or f"http://localhost:{self.port}"

    def stop(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop += 1
        if self.asked_to_stop > 1:
            for child in self.children:
                child.bury()

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        try:
            if settings.BROKER_EMBEDDED:
                self.start_broker()
            self.prepare()
            web = self.add("web", web_command(self.host, self.port), needed=True)
            if self.wait_for_web(web):
                self.add("worker", worker_command())
                self.add("beat", [program("celery"), "-q", "-A", "lms.celery", "beat", "--loglevel", "WARNING"])
                self.greet()
            return self.watch()
        finally:
            self.end()

    def add(self, name: str, command: list[str], *, needed: bool = False) -> Child:
        child = Child(name, command, needed=needed)
        self.children.append(child)
        child.start()
        return child

    def start_broker(self) -> None:
        folder, address = self.data / "valkey", Path(settings.BROKER_SOCKET)
        broker.make_room(folder=folder, address=address)
        # One that was orphaned by a kill is just ending; two on one file would spoil it.
        if not self.wait_until(lambda: not broker.answers(address), seconds=10):
            raise CannotServe(f"Another broker listens on {address}; stop it first.")
        child = self.add("broker", broker.command(folder=folder, address=address))
        if not self.wait_until(lambda: broker.answers(address) or not child.alive, seconds=60) or not child.alive:
            raise CannotServe(f"The embedded broker did not start; {folder / 'valkey.log'} says why.")

    def prepare(self) -> None:
        """Migrations, reference data, static files, the demo: all in one process, since each start costs seconds."""
        if self.asked_to_stop:
            return
        child = self.add("prepare", [sys.executable, "manage.py", "prepare"])
        self.wait_until(lambda: not child.alive)
        self.children.remove(child)
        if self.asked_to_stop:
            child.signal(signal.SIGTERM)
        elif child.process and child.process.returncode:
            raise CannotServe("The database could not be made ready; the lines above say why. Nothing was started.")

    def wait_until(self, condition: Callable[[], bool], seconds: float = 24 * 3600) -> bool:
        until = time.monotonic() + seconds
        while not self.asked_to_stop and time.monotonic() < until:
            if condition():
                return True
            time.sleep(0.05)
        return False

    def wait_for_web(self, web: Child) -> bool:
        """It answers anything at all: what it says is the tests' business."""
        host = "127.0.0.1" if self.host == "0.0.0.0" else "::1" if self.host == "::" else self.host  # noqa: S104

        def answered() -> bool:
            try:
                with socket.create_connection((host, self.port), timeout=60) as line:
                    line.sendall(b"HEAD /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    return bool(line.recv(8))
            except OSError:
                return not web.alive

        return self.wait_until(answered) and web.alive

    def greet(self) -> None:
        (self.data / "serve.lock").write_text(f"{self.address} (process {os.getpid()})\n", encoding="utf-8")
        say(f"\nServing on {self.address}   (Ctrl-C stops everything)")
        if settings.DEMO:
            say(f"Demo accounts, password {DEMO_PASSWORD}: {', '.join(DEMO_ACCOUNTS)}")
        say(f"Data in {self.data}")
        if self.data.stat().st_mode & 0o077:
            say(f"Others on this machine can read that folder; if they should not: chmod 700 '{self.data}'")
        say("")

    def watch(self) -> int:
        while not self.asked_to_stop:
            for child in self.children:
                if child.alive:
                    continue
                if child.needed:
                    code = child.process.returncode if child.process else "?"
                    say(f"The {child.name} process ended (code {code}), so everything stops.")
                    return 1
                self.revive(child)
            time.sleep(0.2)
        return 0

    def revive(self, child: Child) -> None:
        now = time.monotonic()
        if not child.due_at:
            child.bury()
            child.deaths = 0 if now - child.born_at > 300 else child.deaths + 1
            pause = RESTART_AFTER_SECONDS[min(child.deaths, len(RESTART_AFTER_SECONDS)) - 1] if child.deaths else 1
            child.due_at = now + pause
            code = child.process.returncode if child.process else "?"
            say(f"The {child.name} process died (code {code}); it starts again in {pause} s, no work is lost.")
        elif now >= child.due_at:
            child.due_at = 0
            child.start()

    def end(self) -> None:
        """Web, beat and worker first, the broker last: a worker hands its unfinished message back to it."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        servants = [child for child in self.children if child.name != "broker"]
        working = any(child.alive for child in servants)
        if working:
            say("Stopping ...")
        for step, seconds in ((signal.SIGTERM, WAIT_FOR_WORK_SECONDS), (signal.SIGQUIT, 2)):
            for child in servants:
                child.signal(step)
            if gone(servants, seconds):
                break
        for child in servants:
            child.bury()
        for child in self.children:
            child.signal(signal.SIGTERM)
        gone(self.children, 3)
        for child in self.children:
            child.bury()
        if settings.BROKER_EMBEDDED:
            broker.leave_room(folder=self.data / "valkey", address=Path(settings.BROKER_SOCKET))
        if working:
            say("Stopped.")


def gone(children: list[Child], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while any(child.alive for child in children):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def web_command(host: str, port: int) -> list[str]:
    workers = os.environ.get("WEB_WORKERS") or str(min(2, os.cpu_count() or 1))
    return [
        program("granian"), "lms.wsgi:application", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", workers, "--blocking-threads", os.environ.get("WEB_THREADS") or "4", "--no-ws",
        "--respawn-failed-workers", "--workers-kill-timeout", "5", "--log-level", "warning",
    ]  # fmt: skip


def worker_command() -> list[str]:
    return [
        program("celery"), "-q", "-A", "lms.celery", "worker", "--loglevel", "WARNING",
        "--concurrency", os.environ.get("WORKER_PROCESSES") or "2", "--without-gossip", "--without-mingle",
    ]  # fmt: skip


def main() -> int:
    os.chdir(Path(__file__).resolve().parent.parent)
    try:
        with alone(Path(settings.DATA_DIR)):
            return House(Path(settings.DATA_DIR)).run()
    except (CannotServe, ImproperlyConfigured, broker.BrokerRefused) as refusal:
        say(str(refusal))
        return 1


if __name__ == "__main__":
    sys.exit(main())
