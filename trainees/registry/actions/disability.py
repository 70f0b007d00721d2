"""Disability certificates: who is disabled, of which kind, and from which day on it is proved."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.privacy import masking
from lms.refusals import Refused
from trainees.registry.enums import CertificateKind, Evidence, IdKind
from trainees.registry.identity import DISABILITY, clean_id, read_identity
from trainees.registry.models import DisabilityCertificate, GroupMembership, Trainee
from trainees.registry.reasons import SENTENCES
from trainees.registry.rules import DISABLED, is_soldiers_number

from . import evidence as proof
from .groups import ONE_DAY, end, hold, make_room, refuse_sensitive, told, write

REPLACED = "disability certificate"


@transaction.atomic
def record_disability(
    *,
    by: User | Agent,
    trainee: Trainee,
    number: str,
    issued_on: datetime.date | None = None,
    valid_to: datetime.date | None = None,
    category: str = "",
    grade: str = "",
    kind: str = CertificateKind.RESIDENT,
    evidence: str = Evidence.DOCUMENT,
    evidence_note: str = "",
    document: bytes | None = None,
    reported_on: datetime.date | None = None,
) -> DisabilityCertificate:
    """Put a certificate into the file; the person is disabled from its issue date on, and not before.

    Without an issue date (a roster seldom has one) from `reported_on` (today) on, to be completed and verified. The
    same certificate again is the same record; a date that was missing is filled in.
    """
    trainee = hold(trainee)
    refuse_sensitive(trainee, [DISABLED])
    certificate = _checked(trainee, number, kind, category, grade)
    _check_dates(trainee, issued_on, valid_to)
    known = DisabilityCertificate.objects.live().filter(number_hash=certificate.number_hash).first()
    if known is not None:
        return _again(known, by=by, trainee=trainee, issued_on=issued_on, valid_to=valid_to)
    certificate.issued_on, certificate.valid_to = issued_on, valid_to
    certificate.reported_on = reported_on or timezone.localdate()
    certificate.evidence, certificate.evidence_note = evidence, proof.note(evidence_note)
    certificate.recorded_by = by.label
    proof.check_days(certificate.issued_on or certificate.reported_on, valid_to)
    proof.put_document(certificate, document)
    try:
        with transaction.atomic():
            certificate.save()
    except IntegrityError as error:  # another file took the number at the same moment
        raise _taken() from error
    _told(
        certificate, by=by, event="trainee.disability_recorded",
        changes={"number": [None, str(certificate)], "issued_on": [None, issued_on and str(issued_on)]},
    )  # fmt: skip
    _sync(certificate, by=by)
    return certificate


@transaction.atomic
def correct_disability(
    *,
    by: User | Agent,
    certificate: DisabilityCertificate,
    issued_on: datetime.date | None,
    valid_to: datetime.date | None,
    reason: str,
) -> DisabilityCertificate:
    """Its dates were missing, wrong or have changed; the entry of the group follows. A new pair of eyes is needed."""
    proof.check_reason(reason)
    locked = _held(certificate)
    _check_dates(locked.trainee, issued_on, valid_to)
    proof.check_days(issued_on or locked.reported_on, valid_to)
    before = [locked.issued_on, locked.valid_to]
    if before == [issued_on, valid_to]:
        return locked
    locked.issued_on, locked.valid_to = issued_on, valid_to
    locked.verified_at, locked.verified_by = None, ""
    locked.recorded_by = by.label
    locked.save(update_fields=["issued_on", "valid_to", "verified_at", "verified_by", "recorded_by"])
    _told(
        locked, by=by, event="trainee.disability_corrected", reason=reason,
        changes={
            "issued_on": [before[0] and str(before[0]), issued_on and str(issued_on)],
            "valid_to": [before[1] and str(before[1]), valid_to and str(valid_to)],
        },
    )  # fmt: skip
    _sync(locked, by=by)
    return locked


@transaction.atomic
def void_disability(*, by: User | Agent, certificate: DisabilityCertificate, reason: str) -> DisabilityCertificate:
    """It never was this person's: it goes, and what followed from it."""
    proof.check_reason(reason)
    locked = _held(certificate)
    for membership in locked.memberships.live():
        proof.void(membership, by=by, reason=reason)
        told(membership, by=by, event="trainee.group_voided", reason=reason, changes={"groups": [DISABLED, None]})
    proof.void(locked, by=by, reason=reason)
    _told(locked, by=by, event="trainee.disability_voided", reason=reason, changes={"number": [str(locked), None]})
    return locked


def _again(
    known: DisabilityCertificate,
    *,
    by: User | Agent,
    trainee: Trainee,
    issued_on: datetime.date | None,
    valid_to: datetime.date | None,
) -> DisabilityCertificate:
    if known.trainee_id != trainee.pk:
        raise _taken()
    if issued_on is None or known.issued_on == issued_on:
        return known
    if known.issued_on is not None:
        raise Refused("disability_known", SENTENCES["disability_known"])
    return correct_disability(
        by=by, certificate=known, issued_on=issued_on, valid_to=valid_to or known.valid_to, reason="issue date"
    )


def _taken() -> Refused:
    return Refused("disability_taken", SENTENCES["disability_taken"])


def _checked(trainee: Trainee, text: str, kind: str, category: str, grade: str) -> DisabilityCertificate:
    """Not saved; what the number says of the person, the category and the grade must agree with what is known."""
    number = clean_id(text)
    if kind == CertificateKind.SOLDIER:
        if not is_soldiers_number(number):
            raise Refused("soldier_number", _("The number of a soldier's certificate has 4 to 30 characters."))
        return _certificate(trainee, number, kind)
    found = DISABILITY.fullmatch(number)
    if found is None:
        raise Refused("disability_number", SENTENCES["disability_number"])
    identity = read_identity(found[1], today=timezone.localdate())
    if identity.problem:
        raise Refused(identity.problem, SENTENCES[identity.problem])
    if trainee.id_kind == IdKind.RESIDENT and trainee.id_number and trainee.id_number != found[1]:
        raise Refused("disability_other_person", SENTENCES["disability_other_person"])
    if category and category != found[2]:
        raise Refused(
            "disability_category", _("The category differs from the 19th character of the number. Compare both.")
        )
    if grade and grade != found[3]:
        raise Refused("disability_grade", _("The grade differs from the 20th character of the number. Compare both."))
    certificate = _certificate(trainee, number, kind)
    certificate.holder_hash = Trainee.hash_id(found[1])
    certificate.category, certificate.grade = found[2], found[3]
    return certificate


def _certificate(trainee: Trainee, number: str, kind: str) -> DisabilityCertificate:
    return DisabilityCertificate(
        trainee=trainee, kind=kind, number=number, number_hash=DisabilityCertificate.hash_number(number)
    )


def _check_dates(trainee: Trainee, issued_on: datetime.date | None, valid_to: datetime.date | None) -> None:
    proof.check_days(issued_on, valid_to)
    if issued_on and issued_on > timezone.localdate():
        raise Refused("issued_in_future", _("The issue date lies in the future; compare it with the certificate."))
    if issued_on and trainee.birth_date and issued_on < trainee.birth_date:
        raise Refused("issued_before_birth", _("The issue date lies before the person's birth; compare both."))


def _sync(certificate: DisabilityCertificate, *, by: User | Agent) -> None:
    """One entry of the group from the issue date on, in place of what was claimed for these days.

    Without that date nothing better is known than what the file claims: a claim keeps its days, and waits.
    """
    trainee, start, last = certificate.trainee, certificate.issued_on or certificate.reported_on, certificate.valid_to
    reason = REPLACED + (f", {start}" if certificate.issued_on else "")
    for stale in certificate.memberships.live():
        proof.void(stale, by=by, reason=reason)
    if certificate.issued_on is None and trainee.memberships.as_of(start).filter(group=DISABLED).exists():
        return
    start, last = _between_others(certificate, start, last, reason=reason)
    if last and last < start:
        return
    make_room(by=by, trainee=trainee, group=DISABLED, start=start, end_day=last, reason=reason)
    membership = GroupMembership(
        trainee=trainee, group=DISABLED, valid_from=start, valid_to=last, certificate=certificate,
        evidence=certificate.evidence, evidence_note=certificate.evidence_note, recorded_by=certificate.recorded_by,
    )  # fmt: skip
    write(membership)
    told(membership, by=by, event="trainee.group_added", changes={"valid_from": [None, str(start)]})


def _between_others(
    certificate: DisabilityCertificate, start: datetime.date, last: datetime.date | None, *, reason: str
) -> tuple[datetime.date, datetime.date | None]:
    """A renewed certificate begins where the older one ends: each vouches for its own days."""
    others = certificate.trainee.memberships.touching(start, last).filter(group=DISABLED, certificate__isnull=False)
    for other in others.exclude(certificate=certificate).order_by("valid_from"):
        if other.valid_from < start:
            end(other, valid_to=start - ONE_DAY, reason=reason)
        else:
            return start, other.valid_from - ONE_DAY
    return start, last


def _held(certificate: DisabilityCertificate) -> DisabilityCertificate:
    hold(certificate.trainee)
    locked = DisabilityCertificate.objects.select_related("trainee__township").get(pk=certificate.pk)
    if locked.voided_at is not None:
        raise Refused("entry_voided", _("This entry was voided already."))
    return locked


def _told(certificate: DisabilityCertificate, *, by: User | Agent, event: str, changes: dict, reason: str = "") -> None:
    trainee = certificate.trainee
    record_event(
        by=by, event=event, record=trainee, label=trainee.file_number, place=trainee.township.code, changes=changes,
        reason=masking.digits(reason)[:300],
    )  # fmt: skip
