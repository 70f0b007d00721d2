"""Judging rows again after a clerk changed something: by the rules of reading, together with all rows that share
their ID number."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.refusals import Refused

from ..cells import Roster, Row
from ..enums import OPEN_STATES
from ..headers import Column, Header
from ..models import RosterImport, RosterRow
from ..verdicts import Ground, judge

JUDGED = (
    "values", "row_key", "verdict", "reasons", "warnings", "candidates", "decision", "offers", "trainee_id",
)  # fmt: skip
STORED = ("edits", "skipped", "chosen", "version", "trainee", *(name for name in JUDGED if name != "trainee_id"))


def open_roster(roster: RosterImport) -> RosterImport:
    """The roster under its lock, which every change of its rows takes first: two clerks never cross."""
    locked = RosterImport.objects.select_for_update().get(pk=roster.pk)
    if locked.state not in OPEN_STATES:
        raise Refused(
            "roster_busy", _("This roster is just being worked on, or was thrown away. Open it again in a moment.")
        )
    return locked


def header_of(roster: RosterImport) -> Header:
    columns = tuple(
        Column(column["index"], column["title"], column["field"], column["used"])
        for column in roster.columns.get("list", [])
    )
    return Header(max(roster.header_row - 1, 0), max(roster.header_row - 1, 0), columns)


def written(row: RosterRow, header: Header) -> dict[str, str]:
    """Field -> the text that counts: what was mended, else what stood in the file."""
    stood = {
        column.field: row.cells[column.index]
        for column in header.columns
        if column.used and column.index < len(row.cells)
    }
    return {**stood, **(row.edits or {})}


def judge_again(roster: RosterImport, rows: Iterable[RosterRow], *, remark: str = "") -> list[RosterRow]:
    """These rows, changed and not yet saved, and the rows that share an ID number with them, before or after. All
    are saved; returned are those that are not entered."""
    ground = Ground(place=roster.place, today=timezone.localdate(), report_day=roster.report_day)
    touched = {row.number: row for row in rows}
    keys = {row.row_key for row in touched.values()} | {
        RosterRow.key_of(roster.training_class_id, judged.values["id_number"])
        for judged in _judged(roster, [row for row in touched.values() if not row.skipped], ground)
    }
    sharing = roster.rows.filter(row_key__in=keys - {""}).exclude(number__in=touched)
    group = sorted([*touched.values(), *sharing], key=lambda row: row.number)
    # A row set aside is not there: what repeats it is the first of its kind.
    present = {row.number: row for row in group if not row.skipped}
    for judged in _judged(roster, list(present.values()), ground):
        _write(roster, present[judged.number], judged, remark=remark if judged.number in touched else "")
    changed = [row for row in group if not row.committed]
    for row in changed:
        row.version += 1
    RosterRow.objects.bulk_update(changed, STORED)
    return changed


def _judged(roster: RosterImport, rows: list[RosterRow], ground: Ground) -> list[RosterRow]:
    header = header_of(roster)
    table = Roster(header, [_as_read(row, header) for row in rows], from_1904=roster.columns.get("from_1904", False))
    earlier = {row.number: row for row in rows}
    return [row for step in judge(table, ground, earlier) for row in step]


def _as_read(row: RosterRow, header: Header) -> Row:
    cells: dict[str, object] = dict(written(row, header))
    for key in row.number_fields:
        if key not in (row.edits or {}) and key in cells:
            cells[key] = _number(str(cells[key]))
    return Row(row.number, cells, row.cells)


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def _write(roster: RosterImport, row: RosterRow, judged: RosterRow, *, remark: str) -> None:
    if row.committed:
        return
    judged.row_key = RosterRow.key_of(roster.training_class_id, judged.values["id_number"])
    for name in JUDGED:
        setattr(row, name, getattr(judged, name))
    if remark:
        row.warnings = [{"code": remark, "column": "", "value": ""}, *row.warnings]
