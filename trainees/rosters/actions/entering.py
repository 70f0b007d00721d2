"""Rows become people: each once, however often and by however many workers this runs."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from django.db import transaction
from django.utils import timezone

from courses.schedule.actions import lock_class
from courses.schedule.models import TrainingClass
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.places.models import Division
from lms.refusals import Refused
from trainees.attendance.enums import EnrolmentState
from trainees.consent.queries import not_enrolable
from trainees.registry import actions as registry
from trainees.registry.enums import Evidence
from trainees.registry.models import Trainee
from trainees.registry.rules import DERIVED_GROUPS, DISABLED, SENSITIVE_GROUPS

from .. import ledger
from ..enums import Decision, ImportState, Verdict
from ..matching import groups_from, offers_of
from ..models import RosterImport, RosterRow
from ..traces import fingerprint, hanging_on, plain_facts
from .judging import judge_again
from .storing import store

# What entering may find that the preview did not: somebody else was quicker.
LATE_REFUSALS = frozenset({"id_known", "id_known_other_name", "known_elsewhere"})
# The person is entered, and what they did not agree to is left out.
UNCONSENTED = frozenset({"sensitive_withdrawn", "sensitive_consent_missing", "file_restricted"})
# The household or the certificate of the same row may have said so already.
SAID_ALREADY = frozenset({"group_known", "group_overlaps"})
# Values of a row that a new file takes over unchanged.
FACTS = (
    "name", "id_number", "id_kind", "phone", "sex", "ethnic", "education", "household_number", "village_group",
)  # fmt: skip


class Enrolled(Protocol):
    enrolled: list[Trainee]
    already: list[Trainee]
    waitlisted: list[Trainee]


class Enrol(Protocol):
    """trainees.attendance.actions.enrol"""

    def __call__(
        self, *, by: User | Agent, training_class: TrainingClass, trainees: Iterable[Trainee], source: str
    ) -> Enrolled: ...


@dataclass
class Batch:
    """A hundred rows and the files they meet."""

    roster: RosterImport
    rows: list[RosterRow]
    by: User | Agent
    people: dict[int, Trainee] = field(default_factory=dict)
    by_number: dict[str, Trainee] = field(default_factory=dict)
    groups: dict[int, set[str]] = field(default_factory=dict)
    places: dict[int, Division] = field(default_factory=dict)
    # ID number -> the file opened for it, or why none was.
    opened: dict[str, Trainee | Refused] = field(default_factory=dict)
    at: datetime.datetime = field(default_factory=timezone.now)
    # Files that this roster opened: a repeat may add its groups to them and to no others.
    own: set[int] = field(default_factory=set)

    def meets(self, row: RosterRow) -> Trainee | None:
        if row.verdict in (Verdict.MATCHED, Verdict.CHANGED):
            return self.people.get(row.trainee_id or 0)
        return self.by_number.get(row.values["id_number"])

    def learn(self, person: Trainee, number: str) -> None:
        self.people[person.pk] = person
        if number:
            self.by_number[number] = person


def enter_batch(roster: RosterImport, rows: list[RosterRow], *, by: User | Agent, enrol: Enrol) -> None:
    """In the caller's transaction, under the roster's lock."""
    # Classes and households before any person of theirs, as everywhere: nobody waits for who waits for them.
    _hold_classes(roster, rows)
    registry.hold_households(row.values.get("household_number", "") for row in rows)
    batch = _gather(roster, rows, by)
    _open_files(batch)
    held = [row for row in rows if not _enter(batch, row)]
    entered = [row for row in rows if row.committed]
    _enrol(batch, entered, enrol)
    _remember(entered)
    store(rows)
    ledger.enter_classes(roster, rows, by=by)
    if waiting := [row for row in held if row.verdict != Verdict.REFUSED]:
        judge_again(roster, waiting, remark="changed_meanwhile")


def _hold_classes(roster: RosterImport, rows: list[RosterRow]) -> None:
    known = ledger.known_classes(rows)
    if roster.training_class:
        known.add(roster.training_class.pk)
    for pk in sorted(known):
        lock_class(pk)


def _gather(roster: RosterImport, rows: list[RosterRow], by: User | Agent) -> Batch:
    hashes = {Trainee.hash_id(row.values["id_number"]): row.values["id_number"] for row in rows} | {"": ""}
    del hashes[""]
    keys = {row.trainee_id for row in rows if row.trainee_id}
    # Locked, so that nobody corrects a file between the comparison with what was shown and the writing.
    files = Trainee.objects.live().select_for_update(of=("self",)).select_related("township", "village", "household")
    # Whoever takes a number after this look is met in register_many.
    keys.update(Trainee.objects.holding(hashes).values_list("pk", flat=True))
    # By one query: two would hold the files in an order of their own.
    met = files.filter(pk__in=keys).order_by("pk")
    people = {one.pk: one for one in met}
    by_number = {hashes[one.id_hash]: one for one in people.values() if one.id_hash in hashes}
    opened = roster.rows.filter(committed=True, verdict=Verdict.NEW, trainee__in=people)
    places = {row.values[key] for row in rows for key in ("township", "village") if row.values[key]}
    return Batch(
        roster=roster, rows=rows, by=by, people=people, by_number=by_number,
        groups=groups_from(people, roster.report_day),
        places=Division.objects.in_bulk(places), own=set(opened.values_list("trainee", flat=True)),
    )  # fmt: skip


def _open_files(batch: Batch) -> None:
    """Files for all who have none, together; the first row of a number opens it, later ones meet it."""
    first: dict[str, RosterRow] = {}
    for row in batch.rows:
        if row.verdict in (Verdict.NEW, Verdict.REPEAT) and batch.meets(row) is None:
            first.setdefault(row.values["id_number"], row)
    found = _registered(batch, list(first.values()))
    # The person comes in; what waits for a consent of its own is said beside the row and comes by the next import.
    waiting = [row for number, row in first.items() if _is_unconsented(found[number])]
    for row in waiting:
        _warn_unconsented(row)
    batch.opened = found | _registered(batch, waiting, unconsented=True)


def _registered(batch: Batch, rows: list[RosterRow], *, unconsented: bool = False) -> dict[str, Trainee | Refused]:
    people = [_person(batch, row) for row in rows]
    if unconsented:
        people = [
            replace(person, groups=set(person.groups) - SENSITIVE_GROUPS, household_number="") for person in people
        ]
    files = registry.register_many(by=batch.by, people=people)
    return {row.values["id_number"]: file for row, file in zip(rows, files, strict=True)}


def _person(batch: Batch, row: RosterRow) -> registry.NewPerson:
    said = row.values
    return registry.NewPerson(
        **{key: said[key] for key in FACTS},
        groups=set(row.values["groups"]),
        township=batch.places[said["township"]],
        village=batch.places[said["village"]] if said["village"] else None,
        birth_date=datetime.date.fromisoformat(said["birth_date"]) if said["birth_date"] else None,
        groups_from=batch.roster.report_day,
        evidence=Evidence.ROSTER,
        source=_source(batch, row),
    )


def _is_unconsented(outcome: Trainee | Refused) -> bool:
    return isinstance(outcome, Refused) and outcome.code in UNCONSENTED


def _warn_unconsented(row: RosterRow) -> None:
    _warn(row, "group_unconsented")


def _warn(row: RosterRow, code: str) -> None:
    warning = {"code": code, "column": "", "value": ""}
    if warning not in row.warnings:
        row.warnings = [*row.warnings, warning]


def _enter(batch: Batch, row: RosterRow) -> bool:
    """False when the row is left: refused late, or no longer what the preview showed."""
    row.chosen, row.version = False, row.version + 1
    person, done = batch.meets(row), {}
    try:
        if person is None and row.verdict in (Verdict.NEW, Verdict.REPEAT):
            person = _opened(batch, row)
            # Whichever of two equal rows comes first opens the file.
            row.verdict, done = Verdict.NEW, {"created": True}
        elif person is None or not _as_shown(batch, row, person):
            return False
        elif row.verdict in (Verdict.REPEAT, Verdict.CHANGED):
            person, done = _written(batch, row, person)
        elif row.verdict == Verdict.NEW:
            row.verdict = Verdict.MATCHED
    except Refused as refusal:
        _refuse(row, refusal.code)
        return False
    batch.learn(person, row.values["id_number"])
    row.trainee, row.committed, row.entered_at, row.done = person, True, batch.at, done
    # Counted and cleared when the whole entering is done.
    row.chosen = True
    return True


def _written(batch: Batch, row: RosterRow, person: Trainee) -> tuple[Trainee, dict]:
    """All of the row or nothing: a row that is refused has changed no file."""
    known = set(batch.groups.get(person.pk, ()))
    try:
        with transaction.atomic():
            if row.verdict == Verdict.REPEAT:
                return person, _repeated(batch, row, person)
            return _brought_up(batch, row, person)
    except Refused:
        batch.groups[person.pk] = known
        raise


def _as_shown(batch: Batch, row: RosterRow, person: Trainee) -> bool:
    """The preview may be hours old: the file may have been opened, renamed, moved or corrected since."""
    if not person.township.code.startswith(batch.roster.place.prefix):
        return False
    known_name = row.values["name"] in (person.name, *person.aliases)
    if row.verdict == Verdict.REPEAT:
        return known_name
    if not known_name and row.decision != Decision.ALIAS:
        return False
    new = [{**offer, "take": None} for offer in offers_of(row, person, batch.groups.get(person.pk, set()))]
    return new == [{**offer, "take": None} for offer in row.offers or []]


def _opened(batch: Batch, row: RosterRow) -> Trainee:
    outcome = batch.opened[row.values["id_number"]]
    if isinstance(outcome, Refused):
        raise outcome
    batch.own.add(outcome.pk)
    batch.groups[outcome.pk] = set(row.values["groups"])
    _certificate(batch, row, outcome)
    return outcome


def _certificate(batch: Batch, row: RosterRow, person: Trainee) -> int | None:
    """The key of the certificate that this row brought; none when the file held it before.

    What does not fit the file is said, and left out.
    """
    number = row.values.get("disability_number", "")
    if not number:
        return None
    before = set(person.disability_certificates.live().values_list("pk", flat=True))
    try:
        certificate = registry.record_disability(
            by=batch.by, trainee=person, number=number, evidence=Evidence.ROSTER, reported_on=batch.roster.report_day,
            evidence_note=_source(batch, row),
        )  # fmt: skip
    except Refused as refusal:
        _warn(row, "group_unconsented" if refusal.code in UNCONSENTED else refusal.code)
        return None
    return None if certificate.pk in before else certificate.pk


def _repeated(batch: Batch, row: RosterRow, person: Trainee) -> dict:
    """Groups that only the second of two rows names belong to the person too, who is new anyway."""
    if person.pk not in batch.own:
        return {}
    known = batch.groups.setdefault(person.pk, set()) | DERIVED_GROUPS
    added = _added_groups(batch, row, person, [group for group in row.values["groups"] if group not in known])
    return {"memberships": added} if added else {}


def _brought_up(batch: Batch, row: RosterRow, person: Trainee) -> tuple[Trainee, dict]:
    """Write what was ticked into the known file, and keep what stood there."""
    taken = [offer for offer in row.offers or [] if offer["take"]]
    reason, before = _source(batch, row), plain_facts(person)
    done: dict = {}
    if any(offer["field"] == "id_number" for offer in taken):
        done["identity"] = {key: getattr(person, key) for key in ("id_kind", "id_state", "id_note")}
        person = registry.set_identity(
            by=batch.by, trainee=person, id_kind=row.values["id_kind"], id_number=row.values["id_number"],
            reason=reason,
        )  # fmt: skip
    if changes := _changes(batch, taken):
        home = registry.home_of(person)
        person = _corrected(batch, row, person, changes)
        done["home"] = registry.moved(person, home)
    after = plain_facts(person)
    done["changed"] = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
    groups = [offer["new"] for offer in taken if offer["field"] == "group"]
    if DISABLED in groups and (certificate := _certificate(batch, row, person)):
        # The certificate writes the entry of the group itself.
        done["certificate"] = certificate
        groups.remove(DISABLED)
    done["memberships"] = _added_groups(batch, row, person, groups)
    return person, {key: value for key, value in done.items() if value}


def _corrected(batch: Batch, row: RosterRow, person: Trainee, changes: dict) -> Trainee:
    """A household waits for the person's consent as the group does; the other facts do not wait for it."""
    reason, day = _source(batch, row), batch.roster.report_day
    try:
        return registry.correct_trainee(by=batch.by, trainee=person, changes=changes, reason=reason, household_from=day)
    except Refused as refusal:
        if refusal.code not in UNCONSENTED or "household_number" not in changes:
            raise
    _warn_unconsented(row)
    rest = {key: value for key, value in changes.items() if key != "household_number"}
    return registry.correct_trainee(by=batch.by, trainee=person, changes=rest, reason=reason)


def _changes(batch: Batch, taken: list[dict]) -> dict:
    changes: dict = {}
    for offer in taken:
        if offer["field"] == "place":
            township, village = offer["new"]
            changes["township"] = batch.places[township]
            changes["village"] = batch.places[village] if village else None
        elif offer["field"] == "birth_date":
            changes["birth_date"] = datetime.date.fromisoformat(offer["new"])
        elif offer["field"] not in ("group", "id_number"):
            changes[offer["field"]] = offer["new"]
    return changes


def _added_groups(batch: Batch, row: RosterRow, person: Trainee, groups: list[str]) -> list[int]:
    added = []
    for group in groups:
        try:
            added.append(_added_group(batch, row, person, group))
        except Refused as refusal:
            if refusal.code in UNCONSENTED:
                _warn_unconsented(row)
            elif refusal.code not in SAID_ALREADY:
                raise
    return added


def _added_group(batch: Batch, row: RosterRow, person: Trainee, group: str) -> int:
    membership = registry.add_membership(
        by=batch.by, trainee=person, group=group, valid_from=batch.roster.report_day, evidence=Evidence.ROSTER,
        evidence_note=_source(batch, row),
    )  # fmt: skip
    batch.groups.setdefault(person.pk, set()).add(group)
    return membership.pk


def _source(batch: Batch, row: RosterRow) -> str:
    return f"{batch.roster.file_name[:100]} #{row.number}"


def _refuse(row: RosterRow, code: str) -> None:
    row.verdict = Verdict.REFUSED
    said = {"code": code if code in LATE_REFUSALS else "entry_refused", "column": "", "value": ""}
    row.reasons = [*row.reasons, said]


def _enrol(batch: Batch, entered: list[RosterRow], enrol: Enrol) -> None:
    """Enrol these people, and add the figures to the note that the result page shows."""
    roster, people = batch.roster, [row.trainee for row in entered if row.trainee]
    if roster.training_class is None or not people:
        return
    # One person without consent keeps nobody else out.
    kept_out = not_enrolable(people, roster.training_class)
    for refusal in kept_out.values():
        _note(roster, {"code": "not_enrolled", "facts": {"text": str(refusal.message)}})
    people = [person for person in people if person.pk not in kept_out]
    known = roster.training_class.enrolments.filter(trainee__in=people)
    before_us = dict(known.values_list("trainee", "state"))
    try:
        with transaction.atomic():
            report = enrol(
                by=batch.by, training_class=roster.training_class, trainees=people, source=f"roster:{roster.pk}"
            )
    except Refused as refusal:
        _note(roster, {"code": "not_enrolled", "facts": {"text": str(refusal.message)}})
        return
    _keep_enrolments(roster.training_class, entered, report, before_us)
    before: dict[str, int] = next((note["facts"] for note in roster.notes if note["code"] == "enrolled"), {})
    facts = {key: before.get(key, 0) + len(getattr(report, key)) for key in ("enrolled", "already", "waitlisted")}
    roster.notes = [note for note in roster.notes if note["code"] != "enrolled"]
    _note(roster, {"code": "enrolled", "facts": facts})


def _keep_enrolments(
    training_class: TrainingClass, entered: list[RosterRow], report: Enrolled, before: dict[int, str]
) -> None:
    """Which enrolments these rows made: none where the person was in the class, or waited for it, before."""
    joined = {person.pk for person in (*report.enrolled, *report.waitlisted)}
    made = dict(training_class.enrolments.filter(trainee__in=joined).values_list("trainee", "pk"))
    for row in entered:
        if before.get(row.trainee_id or 0) in (None, EnrolmentState.CANCELLED) and row.trainee_id in made:
            row.done = {**(row.done or {}), "enrolment": made.pop(row.trainee_id)}


def _note(roster: RosterImport, note: dict) -> None:
    if note not in roster.notes:
        roster.notes = [*roster.notes, note]
        roster.save(update_fields=["notes"])


def _remember(entered: list[RosterRow]) -> None:
    """How each opened file stands right now: whatever differs later was built on it."""
    opened = {row.trainee_id for row in entered if row.trainee_id and (row.done or {}).get("created")}
    traces = hanging_on(opened)
    people = Trainee.objects.select_related("township", "village", "household").in_bulk(opened)
    for row in entered:
        if row.trainee_id in opened and (row.done or {}).get("created"):
            row.done = {
                **(row.done or {}), "traces": traces.get(row.trainee_id, {}),
                "state": fingerprint(people[row.trainee_id]),
            }  # fmt: skip


def finish_entering(roster: RosterImport, *, by: User | Agent) -> None:
    entered = roster.rows.filter(chosen=True, committed=True).count()
    roster.rows.filter(chosen=True).update(chosen=False)
    roster.state, roster.committed_at = ImportState.COMMITTED, timezone.now()
    roster.save(update_fields=["state", "committed_at"])
    record_event(
        by=by, event="roster.entered", record=roster, label=roster.sha256[:12], place=roster.place.code,
        changes={"rows": [0, entered]},
    )  # fmt: skip
