"""Keys are changed while people work: nothing is lost, nothing is guessed, and the old key can go afterwards."""

import datetime
import io
import json
import threading

import pytest
from cryptography.fernet import Fernet
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection, connections

from certificates import actions as certificates
from lms.audit.models import AuditEvent
from lms.jobs.actions import work
from lms.jobs.models import Job
from lms.privacy import crypto
from lms.privacy.crypto import KeyLost
from lms.privacy.locked import Locked, opened
from lms.rotation import actions as rotation
from lms.rotation.queries import places, rows_of
from tests.cast import SETUP, TODAY, assemble, client_of, synthetic_id
from tests.certificates.classes import enter_centre, finished_class
from tests.trainees.papers import picture
from tests.trainees.rosters import bring, line, workbook
from trainees.profiles import actions as profiles
from trainees.profiles.models import Profile
from trainees.registry import actions as registry
from trainees.registry.enums import Evidence
from trainees.registry.models import GroupMembership, Household, SearchKey, Trainee
from trainees.rosters import actions as rosters
from trainees.rosters.enums import READ_JOB
from trainees.rosters.models import RosterImport, RosterRow

pytestmark = pytest.mark.django_db

OLD = "t1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
NEW = "t2:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
SCAN = b"%PDF-1.4\n%%EOF\n"
OTHER = "t3:" + "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU="


def run(*words: str) -> tuple[int, dict]:
    told = io.StringIO()
    try:
        call_command("rotate_keys", "--json", *words, stdout=told, stderr=io.StringIO())
    except SystemExit as end:
        return end.code, json.loads(told.getvalue())
    return 0, json.loads(told.getvalue())


def figures(facts: dict, what: str) -> dict:
    return {one["where"]: one[what] for one in facts["places"] if one[what]}


def raw(model, field: str = "phone") -> dict:
    place = next(one for one in places() if one.label == f"{model._meta.label}.{field}")
    return dict(row for rows in rows_of(place, batch=100) for row in rows)


@pytest.fixture
def county(cast):
    """Something in each kind of place: columns, JSON, a file."""
    trainee = cast.person(
        name="岩嘎", id_number="533528198506159964", phone="13912345678", household_number="5309271234567890"
    )
    roster = bring(cast.clerk, workbook(line(1), line(2)))
    return {"trainee": trainee, "roster": roster}


def read_all(county) -> list:
    trainee = Trainee.objects.select_related("household").get(pk=county["trainee"].pk)
    roster = RosterImport.objects.get(pk=county["roster"].pk)
    with roster.file.open() as file:
        content = file.read()
    rows = [(row.cells, row.values) for row in roster.rows.all()]
    return [trainee.id_number, trainee.phone, trainee.household.number, rows, content]


def test_everything_gets_the_first_key_and_the_old_one_can_go(county, settings):
    before = read_all(county)
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    code, facts = run("--batch", "1")
    assert (code, facts["key"]) == (0, {"name": "t2", "fingerprint": crypto.ring()[0].fingerprint})
    assert figures(facts, "rewritten") == {
        "trainees.Household.number": 1, "trainees.RosterImport.file": 1, "trainees.RosterRow.cells": 2,
        "trainees.RosterRow.values": 2, "trainees.Trainee.id_number": 1, "trainees.Trainee.phone": 1,
    }  # fmt: skip
    settings.FIELD_KEYS = NEW
    assert read_all(county) == before
    code, facts = run("--check")
    assert (code, figures(facts, "lost")) == (0, {})
    assert figures(facts, "opened")["trainees.RosterImport.file"] == {"t2": 1}
    event = AuditEvent.objects.get(event="keys.rotated")
    assert (event.actor, event.record_label) == ("rotate_keys", "t2")
    assert event.changes["trainees.RosterRow.cells"] == [None, 2]


def test_a_second_run_finds_nothing_to_do(county, settings):
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    run()
    values, files = raw(Trainee), raw(RosterImport, "file")
    assert figures(run()[1], "rewritten") == {}
    assert (raw(Trainee), raw(RosterImport, "file")) == (values, files)


def test_the_old_file_is_gone_and_its_name_grows_only_once(county, settings):
    folder = storages["sealed"]
    for ring in (f"{NEW},{OLD}", f"{OTHER},{NEW}", f"{OLD},{OTHER}"):
        settings.FIELD_KEYS = ring
        run()
    (name,) = raw(RosterImport, "file").values()
    assert folder.listdir("rosters")[1] == [name.removeprefix("rosters/")]
    assert name.count(".key-") == 1


def test_a_run_that_was_stopped_goes_on(cast, settings):
    for _ in range(5):
        cast.person()
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    seen = []

    def stop(done):
        seen.append(done.rewritten)
        if done.place.label == "trainees.Trainee.phone" and done.rewritten == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(by=SETUP, batch=2, tell=stop)
    assert figures(run("--check")[1], "opened")["trainees.Trainee.phone"] == {"t1": 1, "t2": 4}
    assert figures(run()[1], "rewritten") == {"trainees.Trainee.phone": 1}


def test_values_of_before_fingerprints_are_taken_along(cast, settings):
    trainee = cast.person(phone="13912345678")
    bare = Fernet(OLD.partition(":")[2]).encrypt(b"13912345678").decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE trainees_trainee SET phone = %s WHERE id = %s", [bare, trainee.pk])
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    assert Trainee.objects.get().phone == "13912345678"
    assert run("--check")[0] == 1
    run()
    settings.FIELD_KEYS = NEW
    assert Trainee.objects.get().phone == "13912345678"


def test_a_value_changed_between_reading_and_writing_keeps_the_change(cast, settings):
    trainee, other = cast.person(phone="13912345678"), cast.person(phone="13900000001")
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    place = next(one for one in places() if one.label == "trainees.Trainee.phone")
    (read,) = rows_of(place, batch=10)
    registry.correct_trainee(by=cast.clerk, trainee=trainee, changes={"phone": "13988887777"})
    done = rotation.Rotated(place)
    rotation._rotate_values(done, read)
    assert done.rewritten == 1
    assert dict(Trainee.objects.values_list("pk", "phone")) == {trainee.pk: "13988887777", other.pk: "13900000001"}


def test_a_file_thrown_away_meanwhile_stays_away(county, cast, settings, django_capture_on_commit_callbacks):
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    place = next(one for one in places() if one.label == "trainees.RosterImport.file")
    (rows,) = rows_of(place, batch=10)
    with storages["sealed"].open(rows[0][1], "rb") as sealed:
        data = sealed.read()
    with django_capture_on_commit_callbacks(execute=True):
        rosters.discard_import(by=cast.clerk, roster=county["roster"])
    assert rotation._replace(rows[0][1], data) == 0
    assert storages["sealed"].listdir("rosters")[1] == []
    assert figures(run()[1], "missing") == {}


def test_rows_that_share_a_scan_keep_it(cast, settings):
    """A corrected entry rests on the scan of the one before, a merged profile on the photo of the other file."""
    trainee, other = cast.person(), cast.person(id_number=synthetic_id(91))
    first = registry.add_membership(
        by=cast.clerk, trainee=trainee, group="rural_youth", valid_from=TODAY, evidence=Evidence.DOCUMENT,
        document=SCAN,
    )  # fmt: skip
    second = registry.correct_membership(
        by=cast.clerk, membership=first, valid_from=TODAY - datetime.timedelta(days=9), valid_to=None, reason="day"
    )
    profiles.set_photo(by=cast.clerk, trainee=trainee, content=picture())
    photo = Profile.objects.get().photo.name
    Profile.objects.create(trainee=other, photo=photo, recorded_by="x")
    for ring in (f"{NEW},{OLD}", f"{OTHER},{NEW}"):
        settings.FIELD_KEYS = ring
        code, facts = run("--batch", "1")
        assert (code, figures(facts, "missing")) == (0, {})
        assert figures(facts, "rewritten")["trainees.GroupMembership.document"] == 2
        assert figures(facts, "rewritten")["trainees.Profile.photo"] == 2
    settings.FIELD_KEYS = OTHER
    rows = GroupMembership.objects.filter(pk__in=[first.pk, second.pk])
    assert [row.document.read() for row in rows] == [SCAN, SCAN]
    assert len({profile.photo.read() for profile in Profile.objects.all()}) == 1
    folder = storages["sealed"]
    assert (len(folder.listdir("evidence")[1]), figures(run()[1], "rewritten")) == (1, {})


@pytest.mark.real_time
@pytest.mark.django_db(transaction=True)
def test_people_work_while_keys_are_changed(reload_ground, programme, settings):
    cast = assemble(programme)
    people = [cast.person() for _ in range(8)]
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    last: dict[int, str] = {}
    stop, errors = threading.Event(), []

    def write():
        try:
            for n in range(400):
                person = people[n % len(people)]
                phone = f"139{n:08d}"
                registry.correct_trainee(by=cast.clerk, trainee=person, changes={"phone": phone})
                last[person.pk] = phone
                if stop.is_set() and n >= len(people):
                    return
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(3):
        rotation.rotate(by=SETUP, batch=1)
    stop.set()
    writer.join()
    assert errors == []
    settings.FIELD_KEYS = NEW
    assert dict(Trainee.objects.values_list("pk", "phone")) == last
    assert run("--check")[0] == 0


# --- A key is lost ---------------------------------------------------------------------------------------------


def test_a_lost_key_is_reported_and_never_guessed(county, settings):
    old = crypto.ring()[0].fingerprint
    values, files = raw(Trainee), raw(RosterImport, "file")
    settings.FIELD_KEYS = NEW
    for words in ((), ("--check",)):
        code, facts = run(*words)
        assert code == 3
        lost = figures(facts, "lost")
        assert lost["trainees.Trainee.phone"] == [{"fingerprint": old, "count": 1}]
        assert lost["trainees.RosterRow.cells"] == [{"fingerprint": old, "count": 2}]
        assert lost["trainees.RosterImport.file"] == [{"fingerprint": old, "count": 1}]
    assert (raw(Trainee), raw(RosterImport, "file")) == (values, files)
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    assert run()[0] == 0


def test_a_damaged_value_is_lost_even_with_its_key(cast):
    trainee = cast.person()
    (value,) = raw(Trainee).values()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE trainees_trainee SET phone = %s WHERE id = %s", [value[:-8] + "AAAAAAA=", trainee.pk])
    code, facts = run("--check")
    assert (code, figures(facts, "lost")) == (
        3, {"trainees.Trainee.phone": [{"fingerprint": crypto.ring()[0].fingerprint, "count": 1}]}
    )  # fmt: skip


def test_words_for_people(county, settings, capsys):
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    call_command("rotate_keys")
    told = capsys.readouterr().out.splitlines()
    assert told[0] == f"First key: t2 ({crypto.ring()[0].fingerprint})"
    assert "  trainees.RosterRow.cells: 2 re-encrypted" in told
    call_command("rotate_keys", new_key="k9")
    name, _, key = capsys.readouterr().out.strip().partition(":")
    assert (name, Fernet(key).decrypt(Fernet(key).encrypt(b"x"))) == ("k9", b"x")


def test_pages_say_what_cannot_be_read_and_show_the_rest(county, cast, settings):
    client, trainee = client_of(cast.clerk), county["trainee"]
    fingerprint = crypto.ring()[0].fingerprint
    settings.FIELD_KEYS = NEW
    for address in ("/trainees/", f"/trainees/{trainee.file_number}/", f"/trainees/{trainee.file_number}/edit/"):
        answer = client.get(address)
        html = answer.content.decode()
        assert answer.status_code == 200, address
        assert ("（缺少密钥）" in html, fingerprint in html, 'role="alert"' in html) == (True, True, True), address
    client.post(f"/trainees/{trainee.file_number}/unmask/", {"reason": "回访"})
    assert client.get(f"/trainees/{trainee.file_number}/").status_code == 200
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    assert 'role="alert"' not in client.get("/trainees/").content.decode()


def test_what_has_no_shape_without_its_key_is_a_page_of_its_own(county, cast, settings):
    settings.FIELD_KEYS = NEW
    answer = client_of(cast.clerk).get(f"/rosters/{county['roster'].pk}/")
    assert (answer.status_code, "密钥" in answer.content.decode()) == (503, True)


def test_saving_a_file_keeps_what_could_not_be_read(county, cast, settings):
    trainee = county["trainee"]
    before, keys = raw(Trainee), set(SearchKey.objects.values_list("kind", "key"))
    settings.FIELD_KEYS = NEW
    registry.correct_trainee(by=cast.clerk, trainee=trainee, changes={"village_group": "3组"}, reason="asked")
    assert raw(Trainee) == before
    registry.rebuild_search()
    assert set(SearchKey.objects.values_list("kind", "key")) == keys
    registry.correct_trainee(by=cast.clerk, trainee=trainee, changes={"phone": "13900009999"}, reason="asked")
    assert AuditEvent.objects.latest("pk").changes == {"phone": ["（缺少密钥）", "139****9999"]}
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    fresh = Trainee.objects.get(pk=trainee.pk)
    assert (fresh.id_number, fresh.phone) == ("533528198506159964", "13900009999")


def test_no_certificate_carries_a_remark_for_a_number(cast, settings):
    enter_centre(cast)
    training_class = finished_class(cast, 1)
    settings.FIELD_KEYS = NEW
    with pytest.raises(KeyLost):
        certificates.issue(by=cast.clerk, training_class=training_class)
    assert training_class.certificates.count() == 0


def test_a_job_says_that_the_key_is_missing(cast, settings, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks():
        roster = rosters.start_import(
            by=cast.clerk, data=workbook(line(1)), file_name="r.xlsx", place=cast.programme.county, report_day=TODAY
        )
    settings.FIELD_KEYS = NEW
    job = Job.objects.get(kind=READ_JOB, subject=str(roster.pk))
    work(job.pk)
    job.refresh_from_db()
    assert (job.state, "FIELD_KEYS" in job.message) == ("failed", True)
    assert RosterRow.objects.count() == 0


def test_opened_gives_the_text_or_says_which_key_is_missing(cast, settings):
    trainee = cast.person(phone="13912345678", id_number=synthetic_id(90))
    assert opened(trainee.phone) == "13912345678"
    fingerprint = crypto.ring()[0].fingerprint
    settings.FIELD_KEYS = NEW
    locked = Trainee.objects.get().phone
    assert isinstance(locked, Locked)
    with pytest.raises(KeyLost) as lost:
        opened(locked)
    assert (lost.value.fingerprint, Household.objects.count()) == (fingerprint, 0)
