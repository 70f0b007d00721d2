"""Workbooks and rosters as tests need them."""

import io
import json
from pathlib import Path

from django.apps import apps
from openpyxl import Workbook

from lms.places.models import Division
from tests.cast import TODAY, synthetic_id
from trainees.attendance.actions import enrol
from trainees.merging.journal import plain_row
from trainees.rosters import actions, imports

FOLDER = Path(__file__).parent.parent / "rosters"
FILES = sorted(path.name for path in FOLDER.iterdir() if path.suffix in (".xlsx", ".csv"))
# What a roster leaves of itself, and the log of who did what: they tell of every import.
OF_IMPORTS = {"trainees.RosterImport", "trainees.RosterRow", "lms.Job", "lms.AuditEvent"}
HEADER = ["姓名", "身份证号", "乡镇", "村", "联系电话", "人员类别"]


def expected(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def content(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def workbook(*rows: list, header: list | None = None, merged: tuple[str, ...] = (), sheet: str = "花名册") -> bytes:
    book = Workbook()
    table = book.active
    table.title = sheet
    for row in (header or HEADER, *rows):
        table.append(row)
    for cells in merged:
        table.merge_cells(cells)
    return saved(book)


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def line(n: int, **facts) -> list:
    """One right row, with these cells changed: name, id_number, township, village, phone, groups."""
    cells = {
        "name": f"艾{'嘎那惹社搞'[n % 5]}", "id_number": synthetic_id(n), "township": "勐省镇", "village": "回珠村",
        "phone": f"138001380{n:02d}", "groups": "",
    }  # fmt: skip
    return list({**cells, **facts}.values())


def bring(
    by, data: bytes, *, name: str = "roster.xlsx", place: Division | None = None, training_class=None, report_day=TODAY
):
    """A roster read as far as its preview."""
    place = place or Division.objects.get(code="530927000000")
    roster = actions.start_import(
        by=by, data=data, file_name=name, place=place, report_day=report_day, training_class=training_class
    )
    for _progress in imports.read_import(roster):
        pass
    roster.refresh_from_db()
    return roster


def enter(by, roster):
    """The accepted rows of a preview, entered."""
    roster = actions.commit_import(by=by, roster=roster)
    for _progress in imports.enter_import(roster, by=by, enrol=enrol):
        pass
    roster.refresh_from_db()
    return roster


def codes(roster) -> dict[int, list[str]]:
    """Row number -> codes of its reasons."""
    return {row.number: [reason["code"] for reason in row.reasons] for row in roster.rows.all() if row.reasons}


def warnings(roster) -> dict[int, list[str]]:
    return {row.number: [said["code"] for said in row.warnings] for row in roster.rows.all() if row.warnings}


def every_table() -> dict[str, list]:
    """Every row there is, but for those that tell of imports."""
    return {
        model._meta.label: [plain_row(row) for row in model._base_manager.order_by("pk")]
        for model in apps.get_models()
        if model._meta.label not in OF_IMPORTS
    }
