"""Two clerks at one roster, on the real database with connections of their own."""

import threading
import time

import pytest
from django.db import connection, transaction

from courses.schedule.actions import lock_class
from tests.cast import SETUP, assemble, make_programme, synthetic_id
from tests.trainees.rosters import bring, line, workbook
from tests.trainees.test_attendance_concurrency import at_once
from trainees.attendance.actions import enrol
from trainees.registry.models import GroupMembership, Trainee
from trainees.rosters import actions, imports
from trainees.rosters.enums import Decision, ImportState, Verdict
from trainees.rosters.models import RosterImport

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reload_ground")]


@pytest.fixture
def cast(transactional_db):
    return assemble(make_programme())


def run(work):
    for _progress in work:
        pass


def entering(roster):
    return lambda: run(imports.enter_import(RosterImport.objects.get(pk=roster.pk), by=SETUP, enrol=enrol))


def test_one_row_mended_by_two_is_mended_once(cast):
    roster = bring(SETUP, workbook(line(1)))
    results = at_once(*[
        lambda phone=phone: actions.edit_row(
            by=cast.clerk, roster=roster, number=2, version=0, texts={"phone": phone}
        )[0].values["phone"]
        for phone in ("13900000001", "13900000002", "13900000003")
    ])  # fmt: skip
    assert sorted(results)[1:] == ["row_changed", "row_changed"]
    assert (roster.rows.get().values["phone"], roster.rows.get().version) == (sorted(results)[0], 1)


def test_two_rows_that_become_one_person_at_once_are_one_new_and_one_repeat(cast):
    roster = bring(SETUP, workbook(line(1, id_number=None), line(1, id_number=None)))
    at_once(*[
        lambda number=number: actions.edit_row(
            by=cast.clerk, roster=roster, number=number, version=0, texts={"id_number": synthetic_id(1)}
        )
        for number in (2, 3)
    ])  # fmt: skip
    assert dict(roster.rows.values_list("number", "verdict")) == {2: Verdict.NEW, 3: Verdict.REPEAT}


def test_two_clerks_choose_different_rows_at_once(cast):
    roster = bring(SETUP, workbook(*[line(n) for n in range(1, 9)]))

    def choose(numbers):
        actions.commit_import(by=SETUP, roster=roster, numbers=numbers)
        entering(roster)()

    at_once(lambda: choose([2, 3, 4, 5]), lambda: choose([4, 5, 6, 7]))
    entering(roster)()
    roster.refresh_from_db()
    entered = set(roster.rows.filter(committed=True).values_list("number", flat=True))
    # Whoever came while the first choice was being entered waits for the next press; nothing is entered twice.
    assert entered in ({2, 3, 4, 5}, {4, 5, 6, 7}, {2, 3, 4, 5, 6, 7})
    assert (roster.state, Trainee.objects.live().count()) == (ImportState.COMMITTED, len(entered))


def test_mending_while_entering_starts_is_either_or(cast):
    roster = bring(SETUP, workbook(line(1)))
    results = at_once(
        lambda: actions.edit_row(by=SETUP, roster=roster, number=2, version=0, texts={"name": "艾后来"})[0].number,
        lambda: actions.commit_import(by=SETUP, roster=roster).state,
    )
    entering(roster)()
    name = Trainee.objects.get().name
    assert (results[0], name) in {(2, "艾后来"), ("roster_busy", line(1)[0])}


def test_two_rosters_with_the_same_news_write_it_once(cast):
    person = cast.person(name=line(5)[0], id_number=synthetic_id(5), phone="")
    rosters = [bring(SETUP, workbook(line(5, groups="残疾人"), line(n))) for n in (30, 40)]
    for roster in rosters:
        actions.commit_import(by=SETUP, roster=roster)
    at_once(*[entering(roster) for roster in rosters])
    person.refresh_from_db()
    assert (person.phone, GroupMembership.objects.filter(trainee=person).count()) == ("13800138005", 1)
    # The one that came second finds nothing of what it showed: it waits, known by now, and changes nothing.
    rows = [roster.rows.get(number=2) for roster in rosters]
    assert [row.verdict for row in rows if not row.committed] == [Verdict.MATCHED]


def test_a_roster_read_by_two_workers_keeps_its_rows(cast):
    roster = bring(SETUP, workbook(line(1), line(2)))
    stale = RosterImport.objects.get(pk=roster.pk)
    stale.state = ImportState.READING
    run(imports.read_import(stale))
    assert roster.rows.count() == 2


def test_a_decision_made_twice_at_once_is_made_once(cast):
    person = cast.person(name=line(5)[0], phone=line(5)[4], id_number=synthetic_id(800))
    roster = bring(SETUP, workbook(line(5)))
    results = at_once(
        lambda: actions.decide_row(
            by=cast.clerk, roster=roster, number=2, version=0, decision=Decision.SAME, trainee=person
        )[0].decision,
        lambda: actions.decide_row(
            by=cast.manager, roster=roster, number=2, version=0, decision=Decision.OTHER
        )[0].decision,
    )  # fmt: skip
    assert sorted(results)[1] in ("same", "row_changed")
    assert "row_changed" in results
    assert roster.rows.get().decision in ("same", "other")


def test_taking_back_by_two_workers_takes_back_once(cast, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 3)
    training_class = cast.training_class(capacity=30)
    roster = bring(SETUP, workbook(*[line(n) for n in range(40, 52)]), training_class=training_class)
    actions.commit_import(by=SETUP, roster=roster)
    entering(roster)()
    actions.undo_import(by=SETUP, roster=roster, reason="test")
    work = [lambda: run(imports.take_back(RosterImport.objects.get(pk=roster.pk), by=SETUP)) for _ in range(2)]
    at_once(*work)
    roster.refresh_from_db()
    assert (roster.state, roster.rows.filter(committed=True).count()) == (ImportState.PREVIEW, 0)
    assert (Trainee.objects.live().count(), roster.notes[-1]["facts"]["rows"]) == (0, 12)
    assert set(training_class.enrolments.values_list("state", flat=True)) == {"cancelled"}


def somebody_waits() -> None:
    """Until PostgreSQL has a session that waits for a lock."""
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("Nobody waits.")


def test_who_waits_for_a_class_holds_nobody(cast):
    person = cast.person(name=line(5)[0], id_number=synthetic_id(5), phone="")
    training_class = cast.training_class(capacity=30)
    roster = bring(SETUP, workbook(line(5), line(6)), training_class=training_class)
    actions.commit_import(by=SETUP, roster=roster)
    worker = threading.Thread(target=lambda: at_once(entering(roster)))
    with transaction.atomic():
        lock_class(training_class.pk)
        worker.start()
        # SQLite has no locks of rows: there the roster waits for the whole transaction, and comes in after it.
        if connection.features.has_select_for_update:
            somebody_waits()
            # Enrolling holds the class and asks for the people: the roster that waits must not hold them.
            assert Trainee.objects.select_for_update(nowait=True).get(pk=person.pk) == person
    worker.join(timeout=60)
    assert training_class.enrolments.count() == 2
