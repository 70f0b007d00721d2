"""One row of the preview: mended, decided, set aside. The cells of the file stay as they came."""

import re
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.refusals import Refused
from trainees.registry.models import Trainee
from trainees.registry.quotes import masked

from ..enums import Decision
from ..headers import ID_NUMBER
from ..matching import OTHER_NAME, key_of_offers
from ..models import RosterImport, RosterRow
from ..verdicts import MASKS
from .judging import header_of, judge_again, open_roster, written

BREAKS = re.compile(r"[\r\n]")
# What a clerk may write in the preview, in the words of header_aliases.csv.
EDITABLE = (
    "name", "id_number", "phone", "township", "village", "group", "groups", "sex", "birth", "ethnic", "education",
    "household_no", "is_poor", "is_disabled", "disability_no",
)  # fmt: skip


@transaction.atomic
def edit_row(
    *, by: User | Agent, roster: RosterImport, number: int, version: int, texts: dict[str, str]
) -> list[RosterRow]:
    """Write other texts in the place of cells and judge the row anew. Returns it and the rows it bears upon."""
    locked = open_roster(roster)
    row = _row(locked, number, version)
    header = header_of(locked)
    now = written(row, header)
    stood = written(RosterRow(cells=row.cells), header)
    differing = {
        key: text for key, text in texts.items()
        if not _same(text, now.get(key, "")) or (key == ID_NUMBER and _was_number(row))
    }  # fmt: skip
    if not differing:
        return [row]
    edits = {**(row.edits or {}), **differing}
    row.edits = {
        key: text for key, text in edits.items() if not _same(text, stood.get(key, "")) or key in row.number_fields
    } or None  # fmt: skip
    changed = judge_again(locked, [row])
    record_event(
        by=by, event="roster.row_edited", record=row, label=_label(row), place=locked.place.code,
        changes={key: [_masked(key, now.get(key, "")), _masked(key, text)] for key, text in differing.items()},
    )  # fmt: skip
    return _first(row, changed)


@transaction.atomic
def decide_row(
    *, by: User | Agent, roster: RosterImport, number: int, version: int, decision: str,
    trainee: Trainee | None = None,
) -> list[RosterRow]:  # fmt: skip
    """Say who this is. Remembered on the row until it speaks of other people; no decision asks again."""
    locked = open_roster(roster)
    row = _row(locked, number, version)
    before = row.decision
    named = OTHER_NAME in {said["code"] for said in row.reasons} or before in (Decision.ALIAS, Decision.WRONG)
    fitting = (Decision.ALIAS, Decision.WRONG) if named else (Decision.SAME, Decision.OTHER)
    if decision not in (*fitting, Decision.NONE) or not row.candidates:
        raise Refused("nothing_to_decide", _("There is nothing of this kind to decide about this row."))
    person = _candidate(locked, row, decision, trainee)
    row.decision, row.trainee = decision, person
    changed = judge_again(locked, [row])
    record_event(
        by=by, event="roster.row_decided", record=row, label=_label(row), place=locked.place.code,
        changes={"decision": [before, decision], "file": [None, person.file_number if person else None]},
    )  # fmt: skip
    return _first(row, changed)


def _candidate(roster: RosterImport, row: RosterRow, decision: str, trainee: Trainee | None) -> Trainee | None:
    """The file that is meant: one of the candidates, and within the roster's place."""
    if decision not in (Decision.SAME, Decision.ALIAS):
        return None
    within = Trainee.objects.live().filter(pk__in=row.candidates, township__code__startswith=roster.place.prefix)
    person = within.filter(pk=trainee.pk).first() if trainee else None
    if decision == Decision.ALIAS:
        person = within.first()
    if person is None:
        raise Refused("candidate_gone", _("This file is no longer one of those the row may speak of. Look again."))
    return person


@transaction.atomic
def take_offers(
    *, by: User | Agent, roster: RosterImport, number: int, offers_key: str, taken: Iterable[int]
) -> list[RosterRow]:
    """Which of the new values go into the file, by their position among exactly these offers. The others stay out."""
    locked = open_roster(roster)
    row = _row(locked, number)
    if offers_key != key_of_offers(row.offers):
        raise _changed()
    wanted = set(taken)
    offers = [{**offer, "take": at in wanted} for at, offer in enumerate(row.offers or [])]
    differing = [new["field"] for new, old in zip(offers, row.offers or [], strict=True) if new["take"] != old["take"]]
    if differing:
        row.offers = offers
        row.save(update_fields=["offers"])
        record_event(
            by=by, event="roster.row_taken", record=row, label=_label(row), place=locked.place.code,
            changes={"taken": [None, [offer["field"] for offer in offers if offer["take"]]]},
        )  # fmt: skip
    return [row]


@transaction.atomic
def skip_rows(*, by: User | Agent, roster: RosterImport, numbers: Iterable[int], skip: bool) -> list[RosterRow]:
    """Leave rows out of the entering, or bring them back. Rows that repeat them become the first of their kind."""
    locked = open_roster(roster)
    rows = list(locked.rows.select_for_update().filter(number__in=list(numbers), committed=False, skipped=not skip))
    if not rows:
        return []
    for row in rows:
        row.skipped = skip
    changed = judge_again(locked, rows)
    record_event(
        by=by, event="roster.rows_skipped" if skip else "roster.rows_brought_back", record=locked,
        label=locked.sha256[:12], place=locked.place.code, changes={"rows": [[], [row.number for row in rows]]},
    )  # fmt: skip
    return changed


def _same(one: str, other: str) -> bool:
    """A field of a form holds no line breaks and loses the spaces around: that alone is no change."""
    return BREAKS.sub("", one).strip() == BREAKS.sub("", other).strip()


def _was_number(row: RosterRow) -> bool:
    """Sent with a form, the same digits are text: somebody has compared them with the document."""
    return ID_NUMBER in row.number_fields and ID_NUMBER not in (row.edits or {})


def _row(roster: RosterImport, number: int, version: int | None = None) -> RosterRow:
    row = roster.rows.select_for_update(of=("self",)).filter(number=number).first()
    if row is None or row.committed:
        raise Refused("row_entered", _("This row has been entered; correct the person's file instead."))
    if row.skipped:
        raise Refused("row_skipped", _("This row is left out. Bring it back first."))
    if version is not None and row.version != version:
        raise _changed()
    return row


def _changed() -> Refused:
    return Refused("row_changed", _("Somebody changed this row in the meantime. This is how it stands now."))


def _first(row: RosterRow, changed: list[RosterRow]) -> list[RosterRow]:
    return [row, *(other for other in changed if other.pk != row.pk)]


def _label(row: RosterRow) -> str:
    return f"{row.roster.sha256[:12]} #{row.number}"


def _masked(key: str, text: str) -> str:
    return MASKS.get(key, masked)(text)[:60]
