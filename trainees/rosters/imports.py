"""A roster from its file to the people in it: read into verdicts, then entered, each in small committed steps.

Both are generators of progress, run by a job (tasks.py) or straight through by the command import_roster.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol

from django.db import transaction
from django.utils import timezone

from courses.schedule.models import TrainingClass
from lms.access.scope import scope_of
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.jobs.models import Job
from lms.places.models import Division
from lms.refusals import Refused
from trainees.consent.queries import not_enrolable
from trainees.ledgers.rules import ClassFacts
from trainees.registry import actions as registry
from trainees.registry.enums import Evidence
from trainees.registry.models import GroupMembership, Trainee
from trainees.registry.queries import ENTERING
from trainees.registry.reasons import UNREADABLE
from trainees.registry.rules import DERIVED_GROUPS, SENSITIVE_GROUPS

from . import ledger
from .enums import ACCEPTED_VERDICTS, ImportState, Verdict
from .models import RosterImport, RosterRow
from .turns import Turns
from .workbooks import Unreadable

# Rows a transaction: short enough to let others write, long enough to be quick.
BATCH = 100
# What entering may find that the preview did not: somebody else was quicker.
LATE_REFUSALS = frozenset({"id_known", "id_known_other_name", "known_elsewhere"})
# The person is entered, and what they did not agree to is left out.
UNCONSENTED = frozenset({"sensitive_withdrawn", "sensitive_consent_missing", "file_restricted"})
# Values of a row that a new file takes over unchanged.
WRITTEN_AS_THEY_ARE = (
    "name", "id_kind", "id_number", "phone", "sex", "ethnic", "education", "household_number", "village_group",
)  # fmt: skip
Progress = Iterator[tuple[int, int, int]]


class Enrolled(Protocol):
    enrolled: list[Trainee]
    already: list[Trainee]
    waitlisted: list[Trainee]


class Enrol(Protocol):
    """trainees.attendance.actions.enrol"""

    def __call__(
        self, *, by: User | Agent, training_class: TrainingClass, trainees: Iterable[Trainee], source: str
    ) -> Enrolled: ...


def read_import(roster: RosterImport) -> Progress:
    """Read the file into rows with verdicts. Begun again from the start when a worker died."""
    # pandas costs a second and 60 MB: only a worker that reads a roster pays them.
    from .table import read_roster
    from .verdicts import Ground, judge

    if roster.state != ImportState.READING:
        return
    with roster.file.open("rb") as file:
        data = file.read()
    try:
        table = read_roster(data)
    except Unreadable as problem:
        _put_aside(roster, problem)
        return
    roster.rows.all().delete()
    ground = Ground(place=roster.place, today=timezone.localdate())
    classes: Counter[ClassFacts] = Counter()
    done, total, turns = 0, len(table.rows), Turns()
    for rows in judge(table, ground):
        ledger.count_classes(rows, classes)
        for row in rows:
            row.roster = roster
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
        if locked.state != ImportState.READING:  # thrown away meanwhile
            locked.rows.all().delete()
            return
        locked.state = ImportState.PREVIEW
        locked.header_row = table.header.first + 1
        locked.columns = {"sheet": table.sheet, "list": [column.as_json() for column in table.header.columns]}
        locked.notes = [*locked.notes, *table.notes, *outlook]
        locked.save(update_fields=["state", "header_row", "columns", "notes"])


def _put_aside(roster: RosterImport, problem: Unreadable) -> None:
    RosterImport.objects.filter(pk=roster.pk, state=ImportState.READING).update(
        state=ImportState.UNREADABLE, problem=problem.code, notes=[{"code": problem.code, "facts": problem.facts}]
    )
    assert problem.code in UNREADABLE  # noqa: S101 - a code without a sentence would be a silent refusal


def enter_import(roster: RosterImport, *, by: User | Agent, enrol: Enrol) -> Progress:
    """Enter the accepted rows: a hundred people a transaction, each row once, however often this runs.

    `enrol` is the action of the room of attendance, which knows this room and is not known by it.
    """
    accepted = roster.rows.filter(verdict__in=ACCEPTED_VERDICTS)
    turns = Turns()
    total, done, refused, last = accepted.count(), accepted.filter(committed=True).count(), 0, 0
    while True:
        with transaction.atomic():
            locked = RosterImport.objects.select_for_update().get(pk=roster.pk)
            if locked.state != ImportState.COMMITTING:
                return
            waiting = accepted.filter(committed=False, number__gt=last).defer("cells").order_by("number")
            rows = list(waiting[:BATCH])
            if not rows and last:
                last = 0  # from the top again: was a row left behind?
                continue
            if not rows:
                _finish(locked, by=by)
                return
            _enter_batch(locked, rows, by=by, enrol=enrol)
        # Counted here and not asked for: a hundred thousand rows are counted a thousand times otherwise.
        last = rows[-1].number
        done += sum(row.committed for row in rows)
        refused += sum(not row.committed for row in rows)
        turns.give()
        yield done + refused, refused, total


def _finish(roster: RosterImport, *, by: User | Agent) -> None:
    roster.state, roster.committed_at = ImportState.COMMITTED, timezone.now()
    roster.save(update_fields=["state", "committed_at"])
    record_event(
        by=by, event="roster.entered", record=roster, label=roster.sha256[:12], place=roster.place.code,
        changes={"rows": [0, roster.rows.filter(committed=True).count()]},
    )  # fmt: skip


def _enter_batch(roster: RosterImport, rows: list[RosterRow], *, by: User | Agent, enrol: Enrol) -> None:
    # Before any person of theirs, as everywhere: who waits for the other must never wait for each other.
    registry.hold_households(row.values.get("household_number", "") for row in rows)
    people = _known_people(rows)
    groups = _groups_from(people, roster.report_day)
    places = Division.objects.in_bulk(
        {row.values[key] for row in rows for key in ("township", "village") if row.values[key]}
    )
    before = {row.pk: (row.trainee_id, row.verdict, row.warnings) for row in rows}
    opened = _opened(roster, rows, people, places, by=by)
    for row in rows:
        known = people.get(row.values["id_number"])
        try:
            person = _met(roster, row, known) if known else _or_refused(opened[row.pk])
        except Refused as refusal:
            _refuse(row, refusal.code)
            continue
        had = groups.setdefault(person.pk, set() if known else set(row.values["groups"]))
        _add_groups(roster, row, person, had, by=by)
        _add_certificate(roster, row, person, by=by)
        people[row.values["id_number"]] = person
        row.trainee, row.committed = person, True
    _keep_outcomes(rows, before)
    _enrol(roster, [row.trainee for row in rows if row.trainee and row.committed], by=by, enrol=enrol)
    ledger.enter_classes(roster, rows, by=by)


def _keep_outcomes(rows: list[RosterRow], before: dict[int, tuple[int | None, str, list]]) -> None:
    """Only what changed: a statement with a case for every row and column costs more than entering them."""
    RosterRow.objects.filter(pk__in=[row.pk for row in rows if row.committed]).update(committed=True)
    met = [row for row in rows if row.trainee_id != before[row.pk][0]]
    RosterRow.objects.bulk_update(met, ["trainee"])
    judged = [row for row in rows if row.verdict != before[row.pk][1]]
    RosterRow.objects.bulk_update(judged, ["verdict", "reasons"])
    warned = [row for row in rows if row.warnings != before[row.pk][2]]
    RosterRow.objects.bulk_update(warned, ["warnings"])


def _known_people(rows: list[RosterRow]) -> dict[str, Trainee]:
    hashes = {Trainee.hash_id(row.values["id_number"]): row.values["id_number"] for row in rows}
    files = Trainee.objects.live().filter(id_hash__in=hashes).select_related("township").defer("id_number", "phone")
    return {hashes[trainee.id_hash]: trainee for trainee in files}


def _groups_from(people: dict[str, Trainee], day: datetime.date) -> dict[int, set[str]]:
    """What somebody belongs to on the day or later: the roster says nothing new of these groups."""
    groups: dict[int, set[str]] = {}
    memberships = GroupMembership.objects.touching(day, None).filter(trainee__in=people.values())
    for trainee_id, group in memberships.values_list("trainee_id", "group"):
        groups.setdefault(trainee_id, set()).add(group)
    return groups


def _met(roster: RosterImport, row: RosterRow, person: Trainee) -> Trainee:
    """The preview may be hours old: the file may have been opened, renamed or moved since."""
    if not person.township.code.startswith(roster.place.prefix):
        raise Refused("known_elsewhere", "")
    if row.values["name"] not in (person.name, *person.aliases):
        raise Refused("id_known_other_name", "")
    if row.verdict == Verdict.NEW:
        row.verdict = Verdict.MATCHED
    return person


def _opened(
    roster: RosterImport,
    rows: list[RosterRow],
    known: dict[str, Trainee],
    places: dict[int, Division],
    *,
    by: User | Agent,
) -> dict[int, Trainee | Refused]:
    """Files for all who have none, by row; the first row of a number opens it, later ones meet it."""
    first = {row.values["id_number"]: row for row in reversed(rows) if row.values["id_number"] not in known}
    new = sorted(first.values(), key=lambda row: row.number)
    found = _registered(roster, new, places, by=by)
    # The person comes in; what waits for a consent of its own is said beside the row and comes by the next import.
    unconsented = [row for row in new if _waits_for_consent(found[row.pk])]
    for row in unconsented:
        _warn_unconsented(row)
    return found | _registered(roster, unconsented, places, by=by, without=SENSITIVE_GROUPS)


def _registered(
    roster: RosterImport, rows: list[RosterRow], places: dict[int, Division], *, by: User | Agent,
    without: frozenset[str] = frozenset(),
) -> dict[int, Trainee | Refused]:  # fmt: skip
    people = [_person(roster, row, places, set(row.values["groups"]) - without) for row in rows]
    return {row.pk: file for row, file in zip(rows, registry.register_many(by=by, people=people), strict=True)}


def _waits_for_consent(outcome: Trainee | Refused) -> bool:
    return isinstance(outcome, Refused) and outcome.code in UNCONSENTED


def _warn_unconsented(row: RosterRow) -> None:
    warning = {"code": "group_unconsented", "column": "", "value": ""}
    if warning not in row.warnings:
        row.warnings = [*row.warnings, warning]


def _or_refused(outcome: Trainee | Refused) -> Trainee:
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def _person(roster: RosterImport, row: RosterRow, places: dict[int, Division], groups: set[str]) -> registry.NewPerson:
    facts = row.values
    return registry.NewPerson(
        **{key: facts[key] for key in WRITTEN_AS_THEY_ARE},
        groups=groups,
        township=places[facts["township"]],
        village=places[facts["village"]] if facts["village"] else None,
        birth_date=datetime.date.fromisoformat(facts["birth_date"]) if facts["birth_date"] else None,
        groups_from=roster.report_day,
        evidence=Evidence.ROSTER,
        source=f"{roster.file_name[:100]} #{row.number}",
    )


def _add_groups(roster: RosterImport, row: RosterRow, person: Trainee, known: set[str], *, by: User | Agent) -> None:
    for group in row.values["groups"]:
        if group in known | DERIVED_GROUPS:
            continue
        try:
            registry.add_membership(
                by=by, trainee=person, group=group, valid_from=roster.report_day, evidence=Evidence.ROSTER,
                evidence_note=f"{roster.file_name[:100]} #{row.number}",
            )  # fmt: skip
        except Refused as refusal:
            if refusal.code not in UNCONSENTED:
                raise
            _warn_unconsented(row)
            continue
        known.add(group)


def _add_certificate(roster: RosterImport, row: RosterRow, person: Trainee, *, by: User | Agent) -> None:
    """The certificate of somebody known. What does not fit the file is said at the row, and left out."""
    number = row.values.get("disability_number", "")
    if number:
        try:
            registry.record_disability(
                by=by, trainee=person, number=number, evidence=Evidence.ROSTER, reported_on=roster.report_day,
                evidence_note=f"{roster.file_name[:100]} #{row.number}",
            )  # fmt: skip
        except Refused as refusal:
            row.warnings = [*row.warnings, {"code": refusal.code, "column": "", "value": ""}]


def _refuse(row: RosterRow, code: str) -> None:
    row.verdict = Verdict.REFUSED
    row.reasons = [
        *row.reasons,
        {"code": code if code in LATE_REFUSALS else "entry_refused", "column": "", "value": ""},
    ]


def _enrol(roster: RosterImport, people: list[Trainee], *, by: User | Agent, enrol: Enrol) -> None:
    """Enrol this batch and add its figures to the note that the result page shows."""
    if roster.training_class is None or not people:
        return
    # One person without consent keeps nobody else out.
    kept_out = not_enrolable(people, roster.training_class)
    for refusal in kept_out.values():
        _note_not_enrolled(roster, refusal)
    people = [person for person in people if person.pk not in kept_out]
    try:
        with transaction.atomic():
            report = enrol(by=by, training_class=roster.training_class, trainees=people, source=f"roster:{roster.pk}")
    except Refused as refusal:
        _note_not_enrolled(roster, refusal)
        return
    kept = [note for note in roster.notes if note["code"] != "enrolled"]
    before: dict[str, int] = next((note["facts"] for note in roster.notes if note["code"] == "enrolled"), {})
    facts = {key: before.get(key, 0) + len(getattr(report, key)) for key in ("enrolled", "already", "waitlisted")}
    roster.notes = [*kept, {"code": "enrolled", "facts": facts}]
    roster.save(update_fields=["notes"])


def _note_not_enrolled(roster: RosterImport, refusal: Refused) -> None:
    said = {"code": "not_enrolled", "facts": {"text": str(refusal.message)}}
    if said not in roster.notes:
        roster.notes = [*roster.notes, said]
        roster.save(update_fields=["notes"])


def may_work_on(job: Job) -> bool:
    """Whether the starter still holds a role for rosters where this one is from."""
    roster = RosterImport.objects.select_related("place").get(pk=job.subject)
    return scope_of(job.started_by).covers(roster.place.code, *ENTERING)


def read_job(job: Job) -> Progress:
    yield from read_import(RosterImport.objects.select_related("place").get(pk=job.subject))


def commit_job(job: Job, *, enrol: Enrol) -> Progress:
    roster = RosterImport.objects.select_related("place", "training_class").get(pk=job.subject)
    yield from enter_import(roster, by=job.started_by, enrol=enrol)
