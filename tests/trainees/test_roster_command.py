import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from lms.audit.models import AuditEvent
from tests.trainees.rosters import FILES, FOLDER, every_table, expected, line, workbook
from trainees.registry.models import Trainee
from trainees.rosters.models import RosterImport

pytestmark = pytest.mark.django_db


def run(path: Path, *options: str) -> tuple[int, dict]:
    out = io.StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("import_roster", str(path), "--json", *options, stdout=out, stderr=io.StringIO())
    return left.value.code, json.loads(out.getvalue())


@pytest.mark.parametrize("name", FILES)
def test_the_four_rosters(cast, name):
    right = expected(name)
    code, report = run(FOLDER / name)
    assert code == (3 if right["refused"] else 0)
    assert (report["rows"], report["accepted"]) == (right["rows"], right["rows"] - len(right["refused"]))
    assert [{"row": line["row"], "reason": line["reason"]} for line in report["refused"]] == right["refused"]
    assert report["persons"] == {"created": right["persons"], "matched": 0}
    assert Trainee.objects.count() == right["persons"]


@pytest.mark.parametrize("name", FILES)
def test_a_second_run_changes_nothing(cast, name):
    """Not a row of any table, but for the roster's own and the log that says it came again."""
    right = expected(name)
    run(FOLDER / name)
    stood, logged = every_table(), AuditEvent.objects.count()
    code, report = run(FOLDER / name)
    assert (code, report["rows"]) == (3 if right["refused"] else 0, right["rows"])
    assert [{"row": line["row"], "reason": line["reason"]} for line in report["refused"]] == right["refused"]
    assert report["persons"] == {"created": 0, "matched": right["persons"]}
    assert every_table() == stood
    assert [event.event for event in AuditEvent.objects.order_by("pk")[logged:]] == [
        "roster.uploaded", "roster.decided", "roster.entered",
    ]  # fmt: skip


def test_the_four_rosters_one_after_the_other_and_all_of_them_again(cast):
    """Townships report the same people twice: who is in two files has one file here, and again nothing changes."""
    for name in FILES:
        run(FOLDER / name)
    stood = every_table()
    for name in reversed(FILES):
        assert run(FOLDER / name)[1]["persons"]["created"] == 0
    assert every_table() == stood


def test_values_are_masked(cast):
    _code, report = run(FOLDER / "02-勐省镇上报花名册.xlsx")
    assert report["refused"][1] == {
        "row": 20, "column": "公民身份号码", "value": "533528********9981", "reason": "id_checksum"
    }  # fmt: skip


def test_a_dry_run_writes_nothing(cast, tmp_path):
    code, report = run(FOLDER / "02-勐省镇上报花名册.xlsx", "--dry-run")
    assert (code, report["rows"], report["accepted"], report["persons"]["created"]) == (3, 58, 53, 53)
    assert Trainee.objects.count() == RosterImport.objects.count() == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_people_are_enrolled_in_a_class(cast):
    training_class = cast.training_class()
    run(FOLDER / "03-创业基础班.csv", "--class", training_class.code)
    assert training_class.enrolments.count() == 45


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_what_to_mend_is_written_as_a_workbook(cast, tmp_path, options):
    out = tmp_path / "out.xlsx"
    run(FOLDER / "02-勐省镇上报花名册.xlsx", "--errors", str(out), *options)
    table = load_workbook(out)["Sheet1"]
    assert [row for row in range(4, 64) if table.cell(row, 13).value] == [14, 20, 32, 40, 44]


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
@pytest.mark.parametrize(("data", "error"), [(b"", "empty"), (b"%PDF", "wrong_type"), (b"a,b\n1,2\n", "no_header")])
def test_what_cannot_be_read_leaves_with_2(cast, tmp_path, data, error, options):
    path = tmp_path / "roster.xlsx"
    path.write_bytes(data)
    code, report = run(path, *options)
    assert (code, report["error"]) == (2, error)
    assert Trainee.objects.count() == 0


def test_a_missing_file_and_one_too_large(cast, tmp_path, settings):
    assert run(tmp_path / "none.xlsx")[0] == 2
    path = tmp_path / "roster.xlsx"
    path.write_bytes(workbook(line(1)))
    settings.UPLOAD_MAX_BYTES = 100
    assert run(path)[1]["error"] == "too_large"


def test_an_unknown_class_is_a_mistake(cast):
    with pytest.raises(CommandError, match="no class"):
        call_command("import_roster", str(FOLDER / FILES[0]), "--class", "nothing")


def test_in_words(cast):
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("import_roster", str(FOLDER / "04-重复上报.xlsx"), stdout=out)
    assert out.getvalue() == "70 rows, 70 accepted, 0 refused; 60 new persons, 0 known.\n"
