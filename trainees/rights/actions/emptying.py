"""Rows of rosters that became nobody: refused, left out, taken back. No file takes them along."""

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, TruncDate

from lms.accounts.models import Agent
from lms.audit.actions import record_event
from lms.audit.models import AuditEvent
from trainees.rights import queries, rules, wiping
from trainees.rights.enums import RetentionKind
from trainees.rosters.enums import ImportState
from trainees.rosters.models import RosterImport, RosterRow

EMPTIED = "roster.emptied"
AT_WORK = (ImportState.READING, ImportState.COMMITTING, ImportState.UNDOING)


def empty_rosters(today: datetime.date) -> int:
    """Every night, each roster once, by the product itself: nobody would know better whom such a row means.

    The file as it was sent holds the same rows and goes with them; who came in keeps the own row. Returns how many
    rosters lost something.
    """
    until = rules.months_before(today, queries.period_of(RetentionKind.ROSTER))
    day = TruncDate(Coalesce("committed_at", "created_at"))
    old = RosterImport.objects.annotate(day=day).filter(day__lte=until).exclude(state__in=AT_WORK)
    done = set(AuditEvent.objects.filter(event=EMPTIED).values_list("record_id", flat=True))
    todo = [pk for pk in old.order_by("pk").values_list("pk", flat=True) if str(pk) not in done]
    for pk in todo:
        _empty(pk)
    return len(todo)


@transaction.atomic
def _empty(pk: int) -> None:
    roster = RosterImport.objects.select_for_update(of=("self",)).select_related("place").get(pk=pk)
    emptied = _empty_rows(roster.rows.filter(trainee=None))
    stored, storage = roster.file.name, roster.file.storage
    if stored:
        RosterImport.objects.filter(pk=pk).update(file="")
        transaction.on_commit(lambda: storage.delete(stored))
    record_event(
        by=Agent("retention"), event=EMPTIED, record=roster, label=roster.sha256[:12], place=roster.place.code,
        changes={"rows": [emptied, 0]},
    )  # fmt: skip


def _empty_rows(rows: QuerySet[RosterRow]) -> int:
    emptied = wiping.wipe_rows("trainees.RosterRow", rows)
    # What says nothing any more cannot be decided or entered either.
    rows.filter(committed=False).update(skipped=True, chosen=False, candidates=[])
    return emptied
