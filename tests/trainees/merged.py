"""What the tests of merging say again and again."""

import datetime
from typing import Any

from django.apps import apps

from tests.cast import TODAY
from trainees.merging.journal import plain_row
from trainees.merging.tables import TABLES
from trainees.progress.actions import close_and_count, recount

DAY = datetime.timedelta(days=1)
# Rebuilt rows are new rows: what they say counts, not when they were made or under which key.
REBUILT = {
    "trainees.Presence": {"id", "derived_at"}, "trainees.PersonTime": {"id"}, "trainees.MatchKey": {"id"},
    "trainees.SearchKey": {"id"},
}  # fmt: skip
# What was decided and done is history and stays; it is no part of the two files.
HISTORY = {"trainees.DuplicatePair", "trainees.Merge"}


def dump() -> dict[str, list]:
    """Every row of every table with a trainee key, as plain values."""
    found = {}
    for label in sorted({model for model, _column in TABLES} - HISTORY):
        rows = [plain_row(row) for row in apps.get_model(label)._base_manager.order_by("pk")]
        for row in rows:
            for name in REBUILT.get(label, ()):
                del row[name]
        found[label] = sorted(rows, key=repr) if label in REBUILT else rows
    return found


def closed_class(cast, present: dict, **facts: Any):
    """A class that is over; `present` maps a trainee to the number of its sessions attended."""
    training_class = cast.training_class(people=list(present), start=TODAY - 5 * DAY, **facts)
    for trainee, sessions in present.items():
        if sessions:
            cast.mark(training_class, [trainee], sessions=sessions)
    return close_and_count(by=cast.clerk, training_class=training_class)


def ledger_is_clean(cast) -> bool:
    return recount(by=cast.manager, programme=cast.programme, check=True).differences == []
