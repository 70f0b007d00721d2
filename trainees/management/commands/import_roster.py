import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from courses.schedule.models import TrainingClass
from lms.accounts.models import Agent
from lms.places.queries import county
from lms.refusals import Refused
from trainees.attendance.actions import enrol
from trainees.ledgers.rules import ClassFacts
from trainees.registry.reasons import sentence
from trainees.rosters import actions, imports, ledger
from trainees.rosters.enums import ACCEPTED_VERDICTS, LEFT_VERDICTS, ImportState, Verdict
from trainees.rosters.models import RosterImport, RosterRow
from trainees.rosters.workbooks import Unreadable

# A ledger's classes: what is expected, and what became of each.
CLASS_NOTES = ("class_known", "class_new", "class_refused", "class_not_chosen", "class_entered")
ALL_ACCEPTED, UNREADABLE, SOME_REFUSED = 0, 2, 3


class Command(BaseCommand):
    help = (
        "Bring in a roster (.xlsx, .csv): read it, enter what is accepted, say what is refused and why. "
        "Exit code 0: all rows accepted; 3: some refused; 2: the file cannot be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--class", dest="class_code", metavar="CODE", help="enrol the people in this class")
        parser.add_argument("--dry-run", action="store_true", help="only say what would become of each row")
        parser.add_argument("--errors", type=Path, metavar="OUT.xlsx", help="write the workbook with what to mend")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        self.as_json = options["json"]
        training_class = self._class(options["class_code"])
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            self._unreadable("no_file", f"{options['file']}: {error.strerror}")
        if len(data) > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
            self._unreadable("too_large", sentence("too_large", limit=limit))
        try:
            run = self._only_read if options["dry_run"] else self._enter
            rows, facts = run(data, options["file"].name, training_class)
        except Unreadable as problem:
            self._unreadable(problem.code, sentence(problem.code, **problem.facts))
        except Refused as refusal:
            raise CommandError(str(refusal.message), returncode=1) from refusal
        if options["errors"]:
            from trainees.rosters.returned import refused_workbook  # openpyxl and numpy: only when asked for

            written = {key: facts[key] for key in ("sheet", "header_row", "columns")}
            options["errors"].write_bytes(refused_workbook(data, rows, **written))
        held = [] if options["dry_run"] else [row for row in rows if _held(row)]
        self._report(rows, facts["notes"], held=held)

    def _class(self, code: str | None) -> TrainingClass | None:
        if not code:
            return None
        found = TrainingClass.objects.filter(code=code).first()
        if found is None:
            raise CommandError(f"There is no class {code}.", returncode=1)
        return found

    def _only_read(self, data: bytes, name: str, training_class: TrainingClass | None) -> tuple[list[RosterRow], dict]:
        from trainees.rosters.table import read_roster  # pandas: only when a roster is read
        from trainees.rosters.verdicts import Ground, judge  # as above

        table = read_roster(data)
        ground = Ground(place=county(), today=timezone.localdate())
        rows = [row for step in judge(table, ground) for row in step]
        columns = [column.as_json() for column in table.header.columns]
        classes: Counter[ClassFacts] = Counter()
        ledger.count_classes(rows, classes)
        roster = RosterImport(file_name=name, place=ground.place, training_class=training_class)
        notes = list(ledger.outlook(roster, classes))
        return rows, {"sheet": table.sheet, "header_row": table.header.first + 1, "columns": columns, "notes": notes}

    def _enter(self, data: bytes, name: str, training_class: TrainingClass | None) -> tuple[list[RosterRow], dict]:
        """The same functions as the pages and their jobs, one after the other: no broker is needed."""
        by = Agent("import_roster")
        first = training_class.sessions.order_by("day").first() if training_class else None
        roster = actions.start_import(
            by=by, data=data, file_name=name, place=county(), training_class=training_class,
            report_day=first.day if first else timezone.localdate(),
        )  # fmt: skip
        for _progress in imports.read_import(roster):
            pass
        roster.refresh_from_db()
        if roster.state == ImportState.UNREADABLE:
            raise Unreadable(roster.problem, **roster.notes[0]["facts"])
        roster = actions.commit_import(by=by, roster=roster)
        for _progress in imports.enter_import(roster, by=by, enrol=enrol):
            pass
        return list(roster.rows.order_by("number")), _facts(roster)

    def _unreadable(self, code: str, said: str) -> None:
        if self.as_json:
            self.stdout.write(json.dumps({"error": code, "message": said}, ensure_ascii=False))
        else:
            self.stderr.write(said)
        raise SystemExit(UNREADABLE)

    def _report(self, rows: list[RosterRow], notes: list[dict], *, held: list[RosterRow]) -> None:
        refused = [
            {
                "row": row.number,
                "column": reason.get("column", ""),
                "value": reason.get("value", ""),
                "reason": reason["code"],
            }
            for row in rows
            # What waits for a clerk's decision is not entered either; the preview of the roster is there for it.
            if row.verdict in LEFT_VERDICTS
            for reason in row.reasons[:1]
        ]
        refused += [{"row": row.number, "column": "", "value": "", "reason": "changed_meanwhile"} for row in held]
        report: dict[str, Any] = {
            "rows": len(rows),
            "accepted": sum(row.verdict in ACCEPTED_VERDICTS for row in rows) - len(held),
            "refused": refused,
            "persons": {
                "created": sum(row.verdict == Verdict.NEW for row in rows),
                "matched": sum(row.verdict in (Verdict.MATCHED, Verdict.CHANGED) for row in rows),
            },
        }
        classes = [note for note in notes if note["code"] in CLASS_NOTES]
        if classes:
            report["classes"] = [
                {"outcome": note["code"].removeprefix("class_"), **note["facts"]} for note in classes
            ]  # fmt: skip
        if self.as_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
        else:
            self._say(report)
            for note in classes:
                self.stdout.write(f"  {sentence(note['code'], **note['facts'])}")
        raise SystemExit(SOME_REFUSED if refused else ALL_ACCEPTED)

    def _say(self, report: dict) -> None:
        self.stdout.write(
            f"{report['rows']} rows, {report['accepted']} accepted, {len(report['refused'])} refused; "
            f"{report['persons']['created']} new persons, {report['persons']['matched']} known."
        )
        for line in report["refused"]:
            self.stdout.write(f"  row {line['row']}, {line['column']} {line['value']}: {sentence(line['reason'])}")


def _held(row: RosterRow) -> bool:
    """Accepted, and yet left: somebody changed the person's file between the reading and the entering."""
    return row.verdict in ACCEPTED_VERDICTS and not row.committed


def _facts(roster: RosterImport) -> dict:
    return {
        "sheet": roster.columns.get("sheet", ""),
        "header_row": roster.header_row,
        "columns": roster.columns.get("list", []),
        "notes": roster.notes,
    }
