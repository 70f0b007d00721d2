"""An import taken back within a day, where nothing was built on it."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.schedule.actions import lock_class
from courses.schedule.rules import LIVE_STATES
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.jobs.actions import start
from lms.places.models import Division
from lms.privacy import masking
from lms.refusals import Refused
from trainees.attendance.actions import cancel_enrolment
from trainees.attendance.models import Enrolment
from trainees.progress.models import PersonTimeGroup
from trainees.registry import actions as registry
from trainees.registry.models import DisabilityCertificate, GroupMembership, Household, Trainee

from ..enums import UNDO_JOB, ImportState, Verdict
from ..models import RosterImport, RosterRow
from ..traces import fingerprint, hanging_on, plain_facts, seen_in_class
from .judging import judge_again
from .storing import store

WINDOW = datetime.timedelta(days=1)
CHECKED_AT_ONCE = 500
KEPT = (
    "undo_used",
    "undo_corrected",
    "undo_attended",
    "undo_class_over",
    "undo_group",
    "undo_elsewhere",
    "undo_refused",
)


@transaction.atomic
def undo_import(*, by: User | Agent, roster: RosterImport, reason: str, rest: bool = False) -> RosterImport:
    """Take back what was entered within the last day. Where something was built on a row, nothing is taken back,
    unless the rest is asked for: then those rows stay and say why. The work is a job, see imports.py."""
    if not reason.strip():
        raise Refused("reason_missing", _("Say why it is taken back; the reason stays in the log."))
    locked = RosterImport.objects.select_for_update().get(pk=roster.pk)
    if locked.state == ImportState.UNDOING:
        return locked
    if locked.state != ImportState.COMMITTED or not undoable(locked).exists():
        raise Refused("undo_too_late", _("Nothing of this roster was entered within the last day."))
    if not rest and in_the_way(locked):
        raise Refused("undo_blocked", _("Something was built on rows of this roster already. Nothing was taken back."))
    locked.state, locked.undo_reason = ImportState.UNDOING, masking.digits(reason.strip())[:200]
    facts = {"rows": 0, "kept": 0, "day": str(timezone.localdate())}
    locked.notes = [*locked.notes, {"code": "undone", "facts": facts}]
    locked.save(update_fields=["state", "undo_reason", "notes"])
    record_event(
        by=by, event="roster.undo_decided", record=locked, label=locked.sha256[:12], place=locked.place.code,
        reason=reason,
    )  # fmt: skip
    if isinstance(by, User):
        start(by=by, kind=UNDO_JOB, subject=locked.pk)
    return locked


def undoable(roster: RosterImport) -> QuerySet[RosterRow]:
    return roster.rows.filter(committed=True, entered_at__gt=timezone.now() - WINDOW)


def in_the_way(roster: RosterImport) -> dict[int, str]:
    """Row number -> the code of what was built on it. Empty when all of it can be taken back."""
    found: dict[int, str] = {}
    for rows in _in_steps(undoable(roster).order_by("-number"), CHECKED_AT_ONCE):
        found |= _Ground(roster, rows).blocked()
    return found


def undo_batch(roster: RosterImport, rows: list[RosterRow], *, by: User | Agent) -> list[int]:
    """In the caller's transaction, under the roster's lock. Returns the numbers of rows that stay."""
    _hold(roster, rows)
    ground = _Ground(roster, rows)
    blocked = ground.blocked()
    for row in rows:
        if row.number not in blocked:
            try:
                with transaction.atomic():
                    _take_back(ground, row, by)
            except Refused:
                blocked[row.number] = "undo_refused"
    free = [row for row in rows if row.number not in blocked]
    for row in rows:
        _note(row, blocked.get(row.number, ""))
    store(rows)
    judge_again(roster, free)
    # With every step, so that a worker who goes on with the work goes on with the figures.
    roster.notes[-1]["facts"]["rows"] += len(free)
    roster.save(update_fields=["notes"])
    return sorted(blocked)


def _hold(roster: RosterImport, rows: list[RosterRow]) -> None:
    """The class, the households, then the people by key, as everywhere: nobody waits for who waits for them."""
    if roster.training_class:
        lock_class(roster.training_class.pk)
    keys = {row.trainee_id for row in rows if row.trainee_id}
    homes = Household.objects.filter(member_entries__trainee__in=keys).values("pk")
    list(Household.objects.select_for_update(no_key=True).filter(pk__in=homes).order_by("pk").values_list("pk"))
    list(Trainee.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))


def finish_undo(roster: RosterImport, *, by: User | Agent) -> None:
    entered = roster.rows.filter(committed=True).exists()
    roster.state = ImportState.COMMITTED if entered else ImportState.PREVIEW
    if not entered:
        roster.committed_at = None
    facts = roster.notes[-1]["facts"]
    facts["kept"] = undoable(roster).count()
    roster.notes = [note for note in roster.notes if note["code"] != "enrolled" or entered]
    roster.save(update_fields=["state", "committed_at", "notes"])
    record_event(
        by=by, event="roster.undone", record=roster, label=roster.sha256[:12], place=roster.place.code,
        changes={"rows": [facts["rows"] + facts["kept"], facts["kept"]]}, reason=roster.undo_reason,
    )  # fmt: skip


class _Ground:
    """Rows to be taken back, with everything that may stand in the way, asked once for all of them."""

    def __init__(self, roster: RosterImport, rows: list[RosterRow]):
        self.roster, self.rows = roster, rows
        self.done = {row.number: row.done or {} for row in rows}
        keys = {row.trainee_id for row in rows if row.trainee_id}
        opened = {row.trainee_id for row in rows if row.trainee_id and self.done[row.number].get("created")}
        self.people = Trainee.objects.select_related("township", "village", "household").in_bulk(keys)
        self.hanging = hanging_on(opened)
        self.own_groups = _own_groups(roster)
        kept = {pk for done in self.done.values() for pk in done.get("memberships", ())}
        self.memberships = GroupMembership.objects.in_bulk(kept)
        self.counted = set(
            PersonTimeGroup.objects.filter(person_time__trainee__in=keys).values_list("person_time__trainee", "group")
        )
        elsewhere = RosterRow.objects.filter(trainee__in=opened, committed=True).exclude(roster=roster)
        self.elsewhere = set(elsewhere.values_list("trainee", flat=True))
        joined = {row.trainee_id for row in rows if row.trainee_id and self.done[row.number].get("enrolment")}
        self.class_lives = roster.training_class is None or roster.training_class.state in LIVE_STATES
        self.in_class = seen_in_class(roster.training_class, joined) if roster.training_class and joined else set()

    def blocked(self) -> dict[int, str]:
        return {row.number: code for row in self.rows if (code := self._blocked(row))}

    def _blocked(self, row: RosterRow) -> str:
        done, person = self.done[row.number], self.people.get(row.trainee_id or 0)
        if person is None:
            return "undo_used"
        if done.get("enrolment") and not self.class_lives:
            return "undo_class_over"
        if done.get("enrolment") and person.pk in self.in_class:
            return "undo_attended"
        if done.get("created"):
            return self._opened(person, done)
        return self._corrected(person, done) or self._grouped(person, done)

    def _opened(self, person: Trainee, done: dict) -> str:
        if person.pk in self.elsewhere:
            return "undo_elsewhere"
        then = {(name, pk) for name, keys in done.get("traces", {}).items() for pk in keys} | self.own_groups
        now = {(name, pk) for name, keys in self.hanging.get(person.pk, {}).items() for pk in keys}
        if now - then:
            return "undo_used"
        return "undo_corrected" if person.voided_at or fingerprint(person) != done.get("state") else ""

    def _corrected(self, person: Trainee, done: dict) -> str:
        facts = plain_facts(person)
        if (home := done.get("home")) and not registry.may_go_home(person, home):
            return "undo_corrected"
        if person.voided_at or any(facts[key] != now for key, (_then, now) in done.get("changed", {}).items()):
            return "undo_corrected"
        return ""

    def _grouped(self, person: Trainee, done: dict) -> str:
        for pk in done.get("memberships", ()):
            membership = self.memberships.get(pk)
            if membership is None or membership.valid_to or membership.valid_from != self.roster.report_day:
                return "undo_group"
            if (person.pk, membership.group) in self.counted:
                return "undo_group"
        return ""


def _own_groups(roster: RosterImport) -> set[tuple[str, int]]:
    """Memberships that repeats of a new person's row added after the file was opened: they go with their rows."""
    repeats = roster.rows.filter(committed=True, verdict=Verdict.REPEAT)
    return {(GroupMembership._meta.label, pk) for row in repeats for pk in (row.done or {}).get("memberships", ())}


def _take_back(ground: _Ground, row: RosterRow, by: User | Agent) -> None:
    done, reason = ground.done[row.number], ground.roster.undo_reason
    person = ground.people[row.trainee_id or 0]
    if pk := done.get("enrolment"):
        cancel_enrolment(by=by, enrolment=Enrolment.objects.get(pk=pk), reason=reason)
    for pk in done.get("memberships", ()):
        registry.void_membership(by=by, membership=ground.memberships[pk], reason=reason)
    if pk := done.get("certificate"):
        registry.void_disability(by=by, certificate=DisabilityCertificate.objects.get(pk=pk), reason=reason)
    if identity := done.get("identity"):
        person = registry.withdraw_identity(by=by, trainee=person, reason=reason, **identity)
    changed = dict(done.get("changed", {}))
    if home := done.get("home"):
        registry.put_back_home(by=by, trainee=person, home=home, reason=reason)
        changed.pop("household_number", None)
    if changed:
        registry.correct_trainee(by=by, trainee=person, changes=_facts(changed), reason=reason)
    if done.get("created"):
        registry.void_file(by=by, trainee=person, reason=reason)


def _facts(changed: dict) -> dict:
    """The values that stood before, as correct_trainee takes them."""
    facts = {key: before for key, (before, _after) in changed.items()}
    for key in ("township", "village"):
        if facts.get(key):
            facts[key] = Division.objects.get(pk=facts[key])
    if facts.get("birth_date"):
        facts["birth_date"] = datetime.date.fromisoformat(facts["birth_date"])
    return facts


def _note(row: RosterRow, kept: str) -> None:
    row.warnings = [said for said in row.warnings if said["code"] not in KEPT]
    row.version += 1
    if kept:
        row.warnings = [{"code": kept, "column": "", "value": ""}, *row.warnings]
        return
    if (row.done or {}).get("created"):
        row.trainee = None  # a row that met a known person still means that one
    row.committed, row.entered_at, row.done = False, None, None


def _in_steps(rows: QuerySet[RosterRow], size: int) -> Iterator[list[RosterRow]]:
    """By number downwards: who came last, and waits in a class for a place, goes first."""
    last: int | None = None
    while step := list((rows if last is None else rows.filter(number__lt=last))[:size]):
        yield step
        last = step[-1].number
