"""The hand-over register is written here, and nowhere else. A row is never changed: the next one corrects it."""

import datetime
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.enums import Collector, HandOverState
from certificates.models import Certificate, HandOver, HandOverProof, HandOverScan
from lms.accounts.models import Agent, User
from lms.audit.actions import event_row, record_event, record_events
from lms.privacy import masking
from lms.refusals import Refused
from trainees.registry.actions import refuse_restricted
from trainees.registry.documents import TYPES, document_type
from trainees.registry.models import Trainee
from trainees.registry.names import clean_name

from . import queries, rules


@dataclass(frozen=True, kw_only=True)
class Collected:
    """Who took the paper, on which day and from whom. Empty `handed_over_by`: whoever writes it down."""

    on: datetime.date
    collector: Collector = Collector.SELF
    receiver: str = ""
    relation: str = ""
    handed_over_by: str = ""
    note: str = ""

    def columns(self, by: User | Agent) -> dict:
        """The columns of a record, clean; what makes no sense together is refused."""
        other = self.collector == Collector.OTHER
        receiver, relation = (clean_name(self.receiver)[:50], str(self.relation)) if other else ("", "")
        rules.check_collector(self.collector, receiver=receiver, relation=relation)
        return {
            "state": HandOverState.COLLECTED,
            "collected_on": self.on,
            "collector": self.collector,
            "receiver": receiver,
            "relation": relation,
            "handed_over_by": (clean_name(self.handed_over_by) or getattr(by, "name", "") or by.label)[:150],
            "note": masking.digits(self.note.strip())[:200],
        }


@dataclass
class Done:
    """`before`: what was recorded already, perhaps by a colleague a moment ago; nothing was written for it."""

    new: list[HandOver] = field(default_factory=list)
    before: list[HandOver] = field(default_factory=list)


@transaction.atomic
def hand_over(
    *, by: User | Agent, certificates: Iterable[Certificate], collected: Collected, scan: bytes | None = None
) -> Done:
    """These people have their certificates. All or nothing; what was recorded before is told, not written again.

    Refused where nothing would be new, and for whatever cannot be: a revoked paper, a day before its issue or after
    today, a person of another place.
    """
    locked = _locked(certificates)
    if not locked:
        raise Refused("nobody_ticked", _("Tick who collected the certificate; nothing was saved."))
    columns, last, done = collected.columns(by), _last_of(locked), Done()
    for certificate in locked:
        rules.refuse_stranger(by, certificate)
        known = last.get(certificate.pk)
        if known is not None and known.state == HandOverState.COLLECTED:
            done.before.append(known)
            continue
        refuse_restricted(certificate.trainee)
        rules.refuse_ended(certificate)
        rules.check_day(certificate, collected.on, today=timezone.localdate())
        done.new.append(_next(by, certificate, known, columns))
    if not done.new:
        raise Refused(
            "already_handed_over",
            _("This was recorded before: %(numbers)s. Correct that record if it is wrong.")
            % {"numbers": "、".join(row.certificate.number for row in done.before[:5])},
        )
    _append(by, done.new, "certificate.handed_over")
    if scan is not None:
        _prove(by, done.new, scan)
    return done


@transaction.atomic
def correct(*, by: User | Agent, certificate: Certificate, collected: Collected, reason: str) -> HandOver:
    """The standing record was wrong: this one takes its place, and says why. The scans of the old one prove it too."""
    reason = _reason(reason)
    (locked,) = _locked([certificate])
    rules.refuse_stranger(by, locked)
    standing = _standing(locked)
    refuse_restricted(locked.trainee)
    columns = collected.columns(by)
    rules.check_day(locked, collected.on, today=timezone.localdate())
    if all(getattr(standing, name) == value for name, value in columns.items()):
        raise Refused("nothing_changed", _("Nothing differs from what was recorded; nothing was saved."))
    row = _next(by, locked, standing, {**columns, "reason": reason})
    _append(by, [row], "certificate.hand_over_corrected")
    HandOverProof.objects.append_many(
        HandOverProof(scan_id=scan, hand_over=row, recorded_by=by.label)
        for scan in standing.proofs.values_list("scan", flat=True)
    )
    return row


@transaction.atomic
def withdraw(*, by: User | Agent, certificate: Certificate, reason: str) -> HandOver:
    """The certificate was not handed over after all."""
    reason = _reason(reason)
    (locked,) = _locked([certificate])
    rules.refuse_stranger(by, locked)
    row = _next(by, locked, _standing(locked), {"state": HandOverState.WITHDRAWN, "reason": reason})
    _append(by, [row], "certificate.hand_over_withdrawn")
    return row


@transaction.atomic
def add_scan(*, by: User | Agent, certificates: Iterable[Certificate], content: bytes) -> HandOverScan:
    """The signed sheet, for everybody whose signature stands on it."""
    locked = _locked(certificates)
    if not locked:
        raise Refused("nobody_ticked", _("Tick whose signatures stand on the scan; nothing was saved."))
    for certificate in locked:
        rules.refuse_stranger(by, certificate)
    last = _last_of(locked)
    return _prove(by, [_collected(certificate, last.get(certificate.pk)) for certificate in locked], content)


# --- Rows -------------------------------------------------------------------------------------------------------
def _locked(certificates: Iterable[Certificate]) -> list[Certificate]:
    """One desk at a time, always in the same order; revoking waits for the same rows."""
    rows = Certificate.objects.select_for_update(of=("self",)).select_related(
        "trainee__township", "training_class__venue__division"
    )
    return list(rows.filter(pk__in=[each.pk for each in certificates]).order_by("pk"))


def _last_of(certificates: Sequence[Certificate]) -> dict[int, HandOver]:
    rows = HandOver.objects.filter(certificate__in=[each.pk for each in certificates], corrected_by__isnull=True)
    of = {each.pk: each for each in certificates}
    found = {row.certificate_id: row for row in rows}
    for pk, row in found.items():
        row.certificate = of[pk]
    return found


def _standing(certificate: Certificate) -> HandOver:
    return _collected(certificate, queries.last_of(certificate))


def _collected(certificate: Certificate, last: HandOver | None) -> HandOver:
    if last is None or last.state != HandOverState.COLLECTED:
        raise Refused(
            "not_handed_over",
            _("%(number)s is not recorded as handed over. Record that first.") % {"number": certificate.number},
        )
    last.certificate = certificate
    return last


def _next(by: User | Agent, certificate: Certificate, last: HandOver | None, columns: dict) -> HandOver:
    turn = last.turn + 1 if last else 1
    return HandOver(certificate=certificate, turn=turn, corrects=last, recorded_by=by.label, **columns)


def _append(by: User | Agent, rows: Sequence[HandOver], event: str) -> None:
    try:
        with transaction.atomic():
            HandOver.objects.append_many(rows)
    except IntegrityError as error:
        raise Refused(
            "recorded_meanwhile",
            _("Somebody recorded one of these at this moment. Look at the page and go on from there."),
        ) from error
    record_events(
        event_row(
            by=by, event=event, record=row.certificate, label=row.certificate.number, place=row.certificate.place_code,
            reason=row.reason, changes=_changes(row),
        )
        for row in rows
    )  # fmt: skip


def _changes(row: HandOver) -> dict:
    if row.state == HandOverState.WITHDRAWN:
        return {"state": [HandOverState.COLLECTED.value, HandOverState.WITHDRAWN.value]}
    changes = {
        "collected_on": [None, row.collected_on.isoformat() if row.collected_on else None],
        "collector": [None, str(row.collector)],
    }
    return changes | ({"receiver": [None, masking.name(row.receiver)]} if row.receiver else {})


def _reason(text: str) -> str:
    reason = masking.digits(text.strip())[:200]
    if not reason:
        raise Refused("reason_missing", _("Say what was wrong with the record; nothing was changed."))
    return reason


# --- Scans ------------------------------------------------------------------------------------------------------
def _prove(by: User | Agent, rows: Sequence[HandOver], content: bytes) -> HandOverScan:
    kind = document_type(content)
    if not kind:
        raise Refused("scan_unreadable", _("The scan is neither a PDF nor a JPEG or PNG picture. Save it as one."))
    scan = _kept(by, content, kind)
    known = set(scan.proofs.values_list("hand_over", flat=True))
    HandOverProof.objects.append_many(
        HandOverProof(scan=scan, hand_over=row, recorded_by=by.label) for row in rows if row.pk not in known
    )
    record_events(
        event_row(
            by=by, event="certificate.hand_over_scanned", record=row.certificate, label=row.certificate.number,
            place=row.certificate.place_code, changes={"scan": [None, str(scan)]},
        )
        for row in rows
        if row.pk not in known
    )  # fmt: skip
    return scan


def _kept(by: User | Agent, content: bytes, kind: str) -> HandOverScan:
    """The same bytes from the same desk are the same scan."""
    sha256 = hashlib.sha256(content).hexdigest()
    known = HandOverScan.objects.filter(sha256=sha256, recorded_by=by.label).exclude(file="").first()
    if known is not None:
        return known
    scan = HandOverScan(media_type=TYPES[kind], sha256=sha256, recorded_by=by.label)
    scan.file.save(f"{sha256[:12]}.scan", ContentFile(content), save=False)
    scan.save()
    return scan


def forget_scans(*, by: User | Agent, trainee: Trainee) -> int:
    """When a person goes: a scan that shows nobody else any more is emptied. In the caller's transaction."""
    theirs = HandOverScan.objects.filter(proofs__hand_over__certificate__trainee=trainee).exclude(file="")
    others = HandOverProof.objects.exclude(hand_over__certificate__trainee=trainee).exclude(
        hand_over__certificate__trainee__anonymised_at__isnull=False
    )
    left = [scan for scan in theirs.distinct() if not others.filter(scan=scan).exists()]
    for scan in left:
        name, storage = str(scan.file), scan.file.storage
        transaction.on_commit(lambda name=name, storage=storage: storage.delete(name))  # type: ignore[misc]
        HandOverScan.objects.filter(pk=scan.pk).update(file="")
        record_event(by=by, event="certificate.hand_over_scan_deleted", record=scan, label=str(scan))
    return len(left)
