"""Taking in what was seen: from the trainer's grid, a device, a sheet, in any order and any number of times."""

import datetime
import uuid
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.schedule.actions import lock_class
from courses.schedule.enums import ClassState
from courses.schedule.models import Session, TrainingClass
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.places.models import Division
from lms.places.phones import clean_phone
from lms.privacy import masking
from lms.refusals import Refused
from trainees.attendance.enums import EnrolmentState, ScanKind, ScanRefusal, ScanSource
from trainees.attendance.models import Enrolment, Scan
from trainees.attendance.rules import OPENS_BEFORE_START, Event, Mark, MarkResult, says_present, seen_at
from trainees.registry.actions import register
from trainees.registry.models import Trainee
from trainees.registry.names import clean_name

from .enrolling import enrol
from .presence import derive_presence, events_of


@transaction.atomic
def record_marks(
    *,
    by: User | Agent,
    session: Session,
    marks: Sequence[Mark],
    source: str = ScanSource.GRID,
    device: str = "",
) -> list[MarkResult]:
    """One result per mark, in the order given; a constant number of queries for any number of marks.

    A mark that says what is already known adds nothing. One about somebody unknown or not enrolled, or for a class
    that is not running, is kept as a refused scan. Turning present into absent or back on another day than the
    session's asks for a reason: Refused("correction_needs_reason", trainee_ids=[...]), and nothing is written.
    """
    # The class's row is the lock: two trainers who mark at once come one after the other, and so does closing.
    training_class = lock_class(session.training_class_id)
    session.refresh_from_db()
    now = timezone.now()
    _refuse_too_early(session, now)
    known = {scan.client_uuid: scan for scan in Scan.objects.filter(client_uuid__in=[m.client_uuid for m in marks])}
    desk = _Desk(session, training_class, [mark for mark in marks if mark.client_uuid not in known], now)
    results, scans = [], []
    for mark in marks:
        if mark.client_uuid in known:
            results.append(_had(mark, known[mark.client_uuid]))
            continue
        scan = desk.read(mark, by=by, source=ScanSource(source), device=device)
        if scan is None:
            results.append(MarkResult(mark.client_uuid, mark.trainee_id, "had"))
            continue
        known[mark.client_uuid] = scan
        scans.append(scan)
        results.append(MarkResult(mark.client_uuid, mark.trainee_id, *_outcome(scan)))
    desk.refuse_unexplained()
    Scan.objects.append_many(scans)
    derive_presence(session, {scan.trainee_id for scan in scans if scan.accepted and scan.trainee_id})
    _record(by, training_class, session, scans)
    return results


class _Desk:
    """What must be known to judge a batch of marks, fetched once."""

    def __init__(self, session: Session, training_class: TrainingClass, marks: Sequence[Mark], now: datetime.datetime):
        ids = {mark.trainee_id for mark in marks if mark.trainee_id is not None}
        self.session, self.now = session, now
        self.running = training_class.state == ClassState.OPEN
        self.people = dict(Trainee.objects.filter(pk__in=ids).values_list("pk", "voided_at"))
        self.went_on = self._follow()
        ids |= set(self.went_on.values())
        confirmed = Enrolment.objects.filter(training_class=training_class, state=EnrolmentState.CONFIRMED)
        self.enrolled = set(confirmed.filter(trainee__in=ids).values_list("trainee", flat=True))
        self.events = events_of(session, ids)
        self.unexplained: list[int] = []

    def _follow(self) -> dict[int, int]:
        """A list on a phone may be older than the merge of two files: its marks are for the file in use today."""
        voided = [pk for pk, at in self.people.items() if at is not None]
        went_on = Trainee.objects.surviving(voided) if voided else {}
        self.people |= dict.fromkeys(went_on.values())
        return went_on

    def read(self, mark: Mark, *, by: User | Agent, source: ScanSource, device: str) -> Scan | None:
        """A scan to append, or None when it adds nothing."""
        old = mark.trainee_id
        if old in self.went_on:
            mark = replace(mark, trainee_id=self.went_on[old])
        occurred_at = mark.occurred_at or self.now
        refusal = self._refusal(mark)
        kind = ScanKind(mark.kind)
        if not refusal and not self._adds(mark, kind, source, seen_at(occurred_at, self.now)):
            return None
        unknown = mark.trainee_id not in self.people
        return Scan(
            client_uuid=mark.client_uuid, session=self.session, trainee_id=None if unknown else mark.trainee_id,
            kind=kind, source=source, occurred_at=occurred_at, operator=by.label, device=device,
            accepted=not refusal, refusal=refusal, reason=masking.digits(mark.reason.strip()),
            payload={"trainee_id": old} if unknown or old != mark.trainee_id else {},
        )  # fmt: skip

    def _refusal(self, mark: Mark) -> ScanRefusal | str:
        # Keys of the dict: a file that was voided is known, but nobody signs in by it any more.
        if mark.trainee_id not in self.people or self.people[mark.trainee_id] is not None:
            return ScanRefusal.UNKNOWN_PERSON
        if not self.running:
            return ScanRefusal.CLASS_NOT_RUNNING
        return "" if mark.trainee_id in self.enrolled else ScanRefusal.NOT_ENROLLED

    def _adds(self, mark: Mark, kind: ScanKind, source: ScanSource, at: datetime.datetime) -> bool:
        assert mark.trainee_id is not None  # noqa: S101 - a known person, see _refusal
        trail = self.events[mark.trainee_id]
        place = bisect_right(trail, at, key=lambda event: event.at)
        before = trail[place - 1] if place else None
        if before is not None and before.kind == kind:
            return False
        turned = before is not None and says_present(before.kind) != says_present(kind)
        if turned and not mark.reason.strip() and timezone.localdate(at) != self.session.day:
            self.unexplained.append(mark.trainee_id)
        trail.insert(place, Event(kind, source, at))
        return True

    def refuse_unexplained(self) -> None:
        if self.unexplained:
            text = _("The session was on %(day)s. Say why marks made before are changed now.")
            day = date_format(self.session.day, "DATE_FORMAT")
            raise Refused("correction_needs_reason", text % {"day": day}, trainee_ids=self.unexplained)


@dataclass(frozen=True)
class WalkIn:
    """`registered`: a file was opened; otherwise the person had one already."""

    trainee: Trainee
    registered: bool
    result: MarkResult


@transaction.atomic
def walk_in(
    *,
    by: User | Agent,
    session: Session,
    name: str,
    township: Division,
    id_number: str = "",
    phone: str = "",
    client_uuid: uuid.UUID,
) -> WalkIn:
    """Somebody nobody expected: a file if there is none, a place in the class, present. All or nothing, once.

    Found by ID number, or by phone and name together. Refused with class_full when no place is left.
    """
    training_class = lock_class(session.training_class_id)
    if training_class.state != ClassState.OPEN:
        text = _("Only a running class takes people in; this one is: %(state)s.")
        raise Refused("class_not_running", text % {"state": training_class.get_state_display()})
    _refuse_too_early(session, timezone.now())
    earlier = Scan.objects.filter(client_uuid=client_uuid, trainee__isnull=False).select_related("trainee").first()
    if earlier is not None and earlier.trainee is not None:
        return WalkIn(earlier.trainee, False, MarkResult(client_uuid, earlier.trainee.pk, "had"))
    if not id_number.strip() and not phone.strip():
        raise Refused("id_or_phone_missing", _("Write the ID number, or the phone number if there is no card at hand."))
    trainee, registered = _find_or_register(
        by=by, name=name, township=township, id_number=id_number, phone=phone, source=f"walk-in {training_class.code}"
    )
    if not registered:
        # Whoever knows a number reaches a known person this way, so the person's own history says who did.
        record_event(
            by=by, event="walk_in.matched", record=trainee, label=trainee.file_number, place=trainee.township.code,
            changes={"class": [None, training_class.code]},
        )  # fmt: skip
    report = enrol(by=by, training_class=training_class, trainees=[trainee], source="walk-in")
    if report.waitlisted or _still_waits(training_class, trainee):
        text = _("The class is full: %(capacity)s places. The centre can raise the number of places.")
        raise Refused("class_full", text % {"capacity": training_class.capacity})
    mark = Mark(trainee_id=trainee.pk, kind=ScanKind.SIGN_IN, client_uuid=client_uuid, reason=_("walk-in"))
    result = record_marks(by=by, session=session, marks=[mark])[0]
    return WalkIn(trainee, registered, result)


def _find_or_register(
    *, by: User | Agent, name: str, township: Division, id_number: str, phone: str, source: str
) -> tuple[Trainee, bool]:
    if not id_number.strip():
        # A phone alone is shared by a family; with the name it is one person.
        same_phone = Trainee.objects.live().filter(phone_hash=Trainee.hash_phone(clean_phone(phone)))
        for trainee in same_phone:
            if _is_called(trainee, name):
                return trainee, False
    try:
        return register(by=by, name=name, township=township, id_number=id_number, phone=phone, source=source), True
    except Refused as refusal:
        if refusal.code != "id_known":
            raise
        trainee = refusal.facts["trainee"]
        if not _is_called(trainee, name):
            # Says neither whose number it is nor that anybody is known by it.
            text = _("This name and this number do not go together. Check both on the card, or ask the centre.")
            raise Refused("id_of_another_name", text) from refusal
        return trainee, False


def _is_called(trainee: Trainee, name: str) -> bool:
    return clean_name(name) in {trainee.name, *trainee.aliases}


def _still_waits(training_class: TrainingClass, trainee: Trainee) -> bool:
    return training_class.enrolments.filter(trainee=trainee).exclude(state=EnrolmentState.CONFIRMED).exists()


def _refuse_too_early(session: Session, now: datetime.datetime) -> None:
    start = session.start
    if now < start - OPENS_BEFORE_START:
        text = _("The session begins on %(day)s at %(time)s; marking opens one hour before.")
        local = timezone.localtime(start)
        values = {"day": date_format(local, "DATE_FORMAT"), "time": date_format(local, "TIME_FORMAT")}
        raise Refused("session_not_yet", text % values)


def _had(mark: Mark, scan: Scan) -> MarkResult:
    """A mark sent before: refused stays refused, taken is not taken twice."""
    if scan.accepted:
        return MarkResult(mark.client_uuid, mark.trainee_id, "had")
    return MarkResult(mark.client_uuid, mark.trainee_id, *_outcome(scan))


def _outcome(scan: Scan) -> tuple[str, str]:
    return ("taken", "") if scan.accepted else ("refused", scan.refusal)


def _record(by: User | Agent, training_class: TrainingClass, session: Session, scans: Sequence[Scan]) -> None:
    if not scans:
        return
    kinds = [scan.kind for scan in scans if scan.accepted]
    changes = {str(kind): [0, kinds.count(kind)] for kind in ScanKind if kind in kinds}
    if len(kinds) < len(scans):
        changes["refused"] = [0, len(scans) - len(kinds)]
    record_event(
        by=by, event="attendance.marked", record=session, label=training_class.code,
        place=training_class.venue.division.code, changes=changes,
        reason=next((scan.reason for scan in scans if scan.reason), ""),
    )  # fmt: skip
