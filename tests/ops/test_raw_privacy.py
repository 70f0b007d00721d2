"""After a day's work no log, no log table, no session and no byte of the database holds a person's number in full."""

import json
import logging
import logging.config
import os
import shutil
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.core.files.storage import storages
from django.db import connection
from django.test import override_settings
from django.urls import path

from lms.access.decorators import public
from lms.audit.models import AuditEvent
from lms.jobs.actions import start, work
from lms.jobs.models import Job
from lms.jobs.registry import KINDS, register
from lms.privacy.logs import without_numbers
from lms.privacy.models import FileView
from tests.cast import assemble
from tests.ops.day import DISABILITY, HOUSEHOLD, ID, PHONE, SECRETS, Day, secrets_in
from trainees.registry.models import Household, SearchKey, Trainee
from trainees.rosters.models import RosterRow

pytestmark = pytest.mark.django_db(transaction=True)


@public
def broken(request):
    raise ValueError(f"no parser for {ID} {PHONE} {DISABILITY}")


urlpatterns = [path("broken/", broken)]
handler500 = "lms.ui.views.server_error"


@pytest.fixture
def cast(reload_ground, programme):
    return assemble(programme)


@pytest.fixture
def log():
    """Everything that is logged, at every level, as our own settings write it."""
    lines = StringIO()
    told = logging.StreamHandler(lines)
    facts = dict(site.LOGGING["formatters"]["plain"])
    kind = logging.config.DictConfigurator({"version": 1}).resolve(facts.pop("()"))
    told.setFormatter(kind(facts["format"], style=facts["style"]))
    root = logging.getLogger()
    level = root.level
    root.addHandler(told)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(told)
    root.setLevel(level)


def rows_of(*models) -> str:
    return json.dumps([list(model.objects.values()) for model in models], default=str, ensure_ascii=False)


def test_a_day_leaves_numbers_nowhere(cast, log):
    day = Day(cast)
    day.work()
    # The day was one: people were entered, found, refused, and things went wrong.
    assert day.statuses == {200, 302, 404}
    assert Trainee.objects.by_id_number(SECRETS[1]).count() == 1
    assert RosterRow.objects.filter(committed=True).count() >= 1
    assert (Household.objects.count() >= 1, Job.objects.count() >= 1, FileView.objects.count() >= 1) == (True,) * 3

    assert secrets_in(log.getvalue()) == []
    assert secrets_in(rows_of(AuditEvent, FileView, Job, SearchKey)) == []
    assert [secrets_in(page) for page in day.errors if secrets_in(page)] == []
    sessions = json.dumps([one.get_decoded() for one in Session.objects.all()], default=str, ensure_ascii=False)
    assert secrets_in(sessions) == []
    cookies = [str(client.cookies) for client in day.clients]
    assert secrets_in("".join(cookies)) == []

    assert found_in_database() == []
    assert found_in_files() == []


def needles() -> list[tuple[str, bytes]]:
    return [(secret, secret.encode(code)) for secret in SECRETS for code in ("utf-8", "utf-16-le")]


def found_in_files() -> list[tuple[str, str]]:
    """Sealed files as they lie on the disk: the roster, the plan."""
    folder = Path(storages["sealed"].location)
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert len(files) >= 2
    return [(file.name, secret) for file in files for secret, needle in needles() if needle in file.read_bytes()]


def found_in_database() -> list[tuple[str, str]]:
    if connection.vendor == "sqlite":
        return found_in_sqlite()
    return found_in_dump() + found_in_copy()


def found_in_sqlite() -> list[tuple[str, str]]:
    """The file and its journal, byte by byte, free pages and all."""
    name = connection.settings_dict["NAME"]
    files = [file for file in map(Path, (name, f"{name}-wal", f"{name}-journal")) if file.exists()]
    content = b"".join(file.read_bytes() for file in files)
    assert "岩嘎".encode() in content, "the day's work is in the file"
    return [(str(name), secret) for secret, needle in needles() if needle in content]


def found_in_dump() -> list[tuple[str, str]]:
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"), key=lambda one: int(one.parts[-3]))
    program = programs[-1] if programs else shutil.which("pg_dump")
    if program is None or int(str(programs[-1].parts[-3]) if programs else 0) < connection.pg_version // 10000:
        return []  # found_in_copy() reads the same tables
    facts = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    given = {names[key]: str(value) for key, value in facts.items() if key in names and value}
    dump = subprocess.run([program, "--data-only"], env={**os.environ, **given}, capture_output=True, check=True).stdout
    assert "岩嘎".encode() in dump
    return [("pg_dump", secret) for secret, needle in needles() if needle in dump]


def found_in_copy() -> list[tuple[str, str]]:
    found, everything = [], b""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            with cursor.copy(f"COPY {connection.ops.quote_name(table)} TO STDOUT") as copy:
                content = b"".join(bytes(part) for part in copy)
            everything += content
            found += [(table, secret) for secret, needle in needles() if needle in content]
    assert "岩嘎".encode() in everything
    return found


def test_what_the_needles_would_find(cast):
    """The search itself works: a number in clear is found."""
    trainee = cast.person(name="岩嘎")
    Trainee.objects.filter(pk=trainee.pk).update(village_group=f"{PHONE}组", source=HOUSEHOLD)
    assert {secret for _where, secret in found_in_database()} == {PHONE, HOUSEHOLD}


@override_settings(ROOT_URLCONF=__name__)
def test_a_page_that_breaks_tells_no_number(client, log, cast):
    client.raise_request_exception = False
    answer = client.get("/broken/")
    assert (answer.status_code, secrets_in(answer.content.decode())) == (500, [])
    told = log.getvalue()
    assert ("no parser for" in told, "Traceback" in told, secrets_in(told)) == (True, True, [])


def test_a_job_that_breaks_tells_no_number(cast, log):
    def handler(job):
        raise ValueError(f"no parser for {ID} {PHONE}")
        yield

    register("breaks", label="Breaks", handler=handler, address=lambda job: "/")
    try:
        job = start(by=cast.clerk, kind="breaks", subject=1)
        work(job.pk)
        job.refresh_from_db()
        assert (job.state, job.message) == ("failed", "ValueError")
        assert ("no parser for" in log.getvalue(), secrets_in(log.getvalue())) == (True, [])
    finally:
        del KINDS["breaks"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (f"id {ID}.", f"id {ID[:6]}********{ID[-4:]}."),
        (PHONE, "139****9876"),
        ("139 1234 9876", "139****9876"),
        ("0883-7121234", "0883-*****34"),
        ("2018-06-15 12:00:00,123 WARNING 10.0.0.1:8000", "2018-06-15 12:00:00,123 WARNING 10.0.0.1:8000"),
        ("530927-000123 4000 58", "530927-000123 4000 58"),
    ],
)
def test_a_line_of_the_log(written, kept):
    assert without_numbers(written) == kept


def test_sensitive_fields_lie_encrypted_or_hashed():
    """A sensitive field that is plain text would be readable in every backup: each one is named with its reason."""
    plain = {
        f"{model._meta.label}.{name}"
        for model in apps.get_models()
        for name, kind in getattr(model, "field_classes", {}).items()
        if kind == "sensitive" and name != "*"
        and not type(model._meta.get_field(name)).__name__.startswith("Encrypted")
        and not name.endswith("_hash")
    }  # fmt: skip
    assert plain - READABLE.keys() == set()


READABLE = {
    "lms.User.password": "a salted hash",
    "trainees.GroupMembership.group": "counted and filtered in the database; hidden from those it is not for",
    "trainees.GroupMembership.evidence_note": "words; long numbers in it are masked by the action",
    "trainees.RosterImport.file": "the name of a sealed file",
    "certificates.ListFile.file": "the name of a sealed file",
    "certificates.HandOverScan.file": "the name of a sealed file",
    "trainees.PersonTimeGroup.group": "the ledger's copy of the group on the day",
    "trainees.DisabilityCertificate.kind": "one of two words, in a rule of the database",
    "trainees.DisabilityCertificate.category": "one digit, in a rule of the database; the number is encrypted",
    "trainees.DisabilityCertificate.grade": "as above",
    "trainees.DisabilityCertificate.issued_on": "from this day on the group holds, which the database compares",
    "trainees.DisabilityCertificate.valid_to": "as above",
    "trainees.DisabilityCertificate.evidence_note": "words; long numbers in it are masked by the action",
    "trainees.DisabilityCertificate.document": "the name of a sealed file",
    "trainees.GroupMembership.document": "the name of a sealed file",
    "trainees.HouseholdPeriod.poverty_type": "filtered in the database; the household's number is encrypted",
    "trainees.HouseholdPeriod.main_cause": "a code of a household whose number is encrypted",
    "trainees.HouseholdPeriod.other_causes": "as above",
    "trainees.HouseholdPeriod.evidence_note": "words; long numbers in it are masked by the action",
    "trainees.HouseholdPeriod.document": "the name of a sealed file",
    "trainees.Profile.political": "a code, kept for cadres alone",
    "trainees.Profile.photo": "the name of a sealed file",
    "trainees.ConsentSheet.file": "the name of a sealed file",
    "trainees.Export.file": "the name of a sealed file",
    "trainees.RightsRequest.copy": "the name of a sealed file",
    "trainees.RosterRow.row_key": "a keyed hash",
}
