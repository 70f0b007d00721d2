"""Long work beside people who wait: SQLite lets one write at a time."""

import time

from django.db import connection

# Whoever waits for SQLite's lock looks again every tenth of a second after the first quarter of one.
WORK_SECONDS = 0.2
PAUSE_SECONDS = 0.1


class Turns:
    """Called between two transactions; others get theirs after a fifth of a second of work."""

    def __init__(self) -> None:
        self.since = time.monotonic()

    def give(self) -> None:
        if connection.vendor == "sqlite" and time.monotonic() - self.since > WORK_SECONDS:
            time.sleep(PAUSE_SECONDS)
            self.since = time.monotonic()
