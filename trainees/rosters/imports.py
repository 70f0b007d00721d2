"""A roster from its file to the people in it: read into verdicts, then entered, each in small committed steps.

Both are generators of progress, run by a job (tasks.py) or straight through by the command import_roster.
"""

from collections import Counter
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Subquery
from django.utils import timezone

from lms.access.scope import scope_of
from lms.accounts.models import Agent, User
from lms.jobs.models import Job
from trainees.ledgers.rules import ClassFacts
from trainees.registry.queries import ENTERING
from trainees.registry.reasons import UNREADABLE

from . import actions, ledger
from .actions.entering import Enrol
from .enums import ImportState
from .models import RosterImport, RosterRow
from .turns import Turns
from .workbooks import Unreadable

# Rows a transaction: short enough to let others write, long enough to be quick.
BATCH = 100
Progress = Iterator[tuple[int, int, int]]


def read_import(roster: RosterImport) -> Progress:
    """Read the file into rows with verdicts. Begun again from the start when a worker died."""
    # pandas costs a second and 60 MB: only a worker that reads a roster pays them.
    from .table import read_roster
    from .verdicts import Ground, judge

    # Asked anew: another worker may have read it since this one was given the job.
    if not RosterImport.objects.filter(pk=roster.pk, state=ImportState.READING).exists():
        return
    with roster.file.open("rb") as file:
        data = file.read()
    try:
        table = read_roster(data)
    except Unreadable as problem:
        _put_aside(roster, problem)
        return
    roster.rows.all().delete()
    ground = Ground(place=roster.place, today=timezone.localdate(), report_day=roster.report_day)
    classes: Counter[ClassFacts] = Counter()
    done, total, turns = 0, len(table.rows), Turns()
    for rows in judge(table, ground):
        ledger.count_classes(rows, classes)
        for row in rows:
            row.roster = roster
            row.row_key = RosterRow.key_of(roster.training_class_id, row.values["id_number"])
        # A worker taken for dead may still write its last step: the same rows, so whoever is second gives way.
        RosterRow.objects.bulk_create(rows, ignore_conflicts=True)
        done += len(rows)
        turns.give()
        yield done, 0, total
    outlook = []
    for note in ledger.outlook(roster, classes):
        outlook.append(note)
        turns.give()
    with transaction.atomic():
        locked = RosterImport.objects.select_for_update().get(pk=roster.pk)
        if locked.state == ImportState.DISCARDED:  # thrown away meanwhile
            locked.rows.all().delete()
        if locked.state != ImportState.READING:
            return
        locked.state = ImportState.PREVIEW
        locked.header_row = table.header.first + 1
        locked.columns = {
            "sheet": table.sheet, "list": [column.as_json() for column in table.header.columns],
            "from_1904": table.from_1904,
        }  # fmt: skip
        locked.notes = [*locked.notes, *_entered_before(locked), *table.notes, *outlook]
        locked.save(update_fields=["state", "header_row", "columns", "notes"])


def _entered_before(roster: RosterImport) -> list[dict]:
    """Rows with the same class and ID number that came with another roster; the same whole file has its own note."""
    if any(said["code"] == "same_file" for said in roster.notes):
        return []
    keys = roster.rows.exclude(row_key="").values("row_key")
    known = RosterRow.objects.filter(committed=True, row_key__in=Subquery(keys), roster__place__code__startswith=(
        roster.place.prefix
    )).exclude(roster=roster)  # fmt: skip
    rows = known.values("row_key").distinct().count()
    numbers = known.order_by("roster").values_list("roster", flat=True).distinct()
    facts = {"rows": rows, "numbers": ", ".join(map(str, numbers[:10]))}
    return [{"code": "same_rows", "facts": facts}] if rows else []


def _put_aside(roster: RosterImport, problem: Unreadable) -> None:
    RosterImport.objects.filter(pk=roster.pk, state=ImportState.READING).update(
        state=ImportState.UNREADABLE, problem=problem.code, notes=[{"code": problem.code, "facts": problem.facts}]
    )
    assert problem.code in UNREADABLE  # noqa: S101 - a code without a sentence would be a silent refusal


def enter_import(roster: RosterImport, *, by: User | Agent, enrol: Enrol) -> Progress:
    """Enter the chosen rows: a hundred people a transaction, each row once, however often this runs.

    `enrol` is the action of the room of attendance.
    """
    chosen = roster.rows.filter(chosen=True)
    total, done, left, last = chosen.count(), chosen.filter(committed=True).count(), 0, 0
    turns = Turns()
    while True:
        with transaction.atomic():
            locked = RosterImport.objects.select_for_update().get(pk=roster.pk)
            if locked.state != ImportState.COMMITTING:
                return
            waiting = chosen.filter(committed=False, number__gt=last).defer("cells").order_by("number")
            rows = list(waiting[:BATCH])
            if not rows and last:
                last = 0  # from the top again: was a row left behind?
                continue
            if not rows:
                actions.finish_entering(locked, by=by)
                return
            actions.enter_batch(locked, rows, by=by, enrol=enrol)
        # Counted here and not asked for: a hundred thousand rows are counted a thousand times otherwise.
        last = rows[-1].number
        done += sum(row.committed for row in rows)
        left += sum(not row.committed for row in rows)
        turns.give()
        yield done + left, left, total


def take_back(roster: RosterImport, *, by: User | Agent) -> Progress:
    """Take back what was entered within the last day, from the last row upwards, in steps like the entering."""
    total, taken, kept, above = actions.undoable(roster).count(), 0, 0, None
    while True:
        with transaction.atomic():
            locked = RosterImport.objects.select_for_update().get(pk=roster.pk)
            if locked.state != ImportState.UNDOING:
                return
            waiting = actions.undoable(locked).order_by("-number")
            rows = list((waiting if above is None else waiting.filter(number__lt=above))[:BATCH])
            if not rows:
                actions.finish_undo(locked, by=by)
                return
            stay = actions.undo_batch(locked, rows, by=by)
        above, kept, taken = rows[-1].number, kept + len(stay), taken + len(rows) - len(stay)
        yield taken + kept, kept, total


def may_work_on(job: Job) -> bool:
    """Whether the starter still holds a role for rosters where this one is from."""
    roster = RosterImport.objects.select_related("place").get(pk=job.subject)
    return scope_of(job.started_by).covers(roster.place.code, *ENTERING)


def read_job(job: Job) -> Progress:
    yield from read_import(RosterImport.objects.select_related("place").get(pk=job.subject))


def commit_job(job: Job, *, enrol: Enrol) -> Progress:
    roster = RosterImport.objects.select_related("place", "training_class").get(pk=job.subject)
    yield from enter_import(roster, by=job.started_by, enrol=enrol)


def undo_job(job: Job) -> Progress:
    roster = RosterImport.objects.select_related("place", "training_class").get(pk=job.subject)
    yield from take_back(roster, by=job.started_by)
