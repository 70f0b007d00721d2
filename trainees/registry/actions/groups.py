"""Groups a person belongs to, each with its days and its evidence. Live entries of a group never share a day."""

import datetime
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.places.queries import code_names
from lms.refusals import Refused
from trainees.registry import gates, rules
from trainees.registry.models import DisabilityCertificate, GroupMembership, Trainee

from . import evidence as proof
from .limits import refuse_restricted

ONE_DAY = datetime.timedelta(days=1)


def hold(trainee: Trainee, *, even_restricted: bool = False) -> Trainee:
    """The person's row, held until the transaction ends: two entries of one person are written one after the other.
    What is restricted is stored and nothing else, so it is refused here, once for every action that holds a person.

    SQLite has no such lock and needs none: there the whole transaction is alone in writing.
    """
    people = Trainee.objects.select_for_update(of=("self",), no_key=True).select_related("township")
    held = people.get(pk=trainee.pk)
    if not even_restricted:
        refuse_restricted(held)
    return held


@transaction.atomic
def add_membership(
    *,
    by: User | Agent,
    trainee: Trainee,
    group: str,
    valid_from: datetime.date,
    evidence: str,
    evidence_note: str = "",
    evidence_number: str = "",
    document: bytes | None = None,
    valid_to: datetime.date | None = None,
) -> GroupMembership:
    """The person belongs to a group from a day on. An entry that holds on one of these days stays as it is."""
    if not checked_groups([group]):
        raise Refused("group_derived", _("This group follows from the identity; there is nothing to enter."))
    proof.check_days(valid_from, valid_to)
    trainee = hold(trainee)
    refuse_sensitive(trainee, [group])
    _refuse_overlap(trainee, group, valid_from, valid_to)
    membership = GroupMembership(
        trainee=trainee, group=group, valid_from=valid_from, valid_to=valid_to, evidence=evidence,
        evidence_note=proof.note(evidence_note), recorded_by=by.label,
    )  # fmt: skip
    _put_number(membership, evidence_number)
    proof.put_document(membership, document)
    write(membership)
    told(membership, by=by, event="trainee.group_added", changes={"valid_from": [None, str(valid_from)]})
    return membership


@transaction.atomic
def end_membership(
    *, by: User | Agent, membership: GroupMembership, valid_to: datetime.date, reason: str
) -> GroupMembership:
    """The last day on which the person belonged; earlier classes still count the group."""
    locked = _held(membership)
    if locked.valid_to is not None:
        raise Refused("membership_ended", _("This membership has ended already."))
    _refuse_following(locked)
    proof.check_days(locked.valid_from, valid_to)
    end(locked, valid_to=valid_to, reason=reason)
    told(
        locked, by=by, event="trainee.group_ended", reason=reason,
        changes={"groups": [locked.group, None], "valid_to": [None, str(valid_to)]},
    )  # fmt: skip
    return locked


@transaction.atomic
def void_membership(*, by: User | Agent, membership: GroupMembership, reason: str) -> GroupMembership:
    """It was never true. The entry stays as history and holds on no day."""
    proof.check_reason(reason)
    locked = _held(membership)
    _refuse_following(locked)
    proof.void(locked, by=by, reason=reason)
    told(locked, by=by, event="trainee.group_voided", reason=reason, changes={"groups": [locked.group, None]})
    return locked


@transaction.atomic
def correct_membership(
    *,
    by: User | Agent,
    membership: GroupMembership,
    valid_from: datetime.date,
    valid_to: datetime.date | None,
    reason: str,
    evidence: str = "",
    evidence_note: str = "",
) -> GroupMembership:
    """Other days or another evidence: the old entry is voided, the new one waits to be verified."""
    old = void_membership(by=by, membership=membership, reason=reason)
    proof.check_days(valid_from, valid_to)
    _refuse_overlap(old.trainee, old.group, valid_from, valid_to)
    new = GroupMembership(
        trainee=old.trainee, group=old.group, valid_from=valid_from, valid_to=valid_to,
        evidence=evidence or old.evidence, evidence_note=proof.note(evidence_note) or old.evidence_note,
        recorded_by=by.label,
    )  # fmt: skip
    _put_number(new, old.evidence_number)
    proof.same_document(new, old)
    write(new)
    told(
        new, by=by, event="trainee.group_corrected", reason=reason,
        changes={
            "valid_from": [str(old.valid_from), str(valid_from)],
            "valid_to": [_day(old.valid_to), _day(valid_to)],
            "evidence": [old.evidence, new.evidence],
        },
    )  # fmt: skip
    return new


@transaction.atomic
def attach_document(*, by: User | Agent, membership: GroupMembership, document: bytes) -> GroupMembership:
    """The scan comes later than the entry. What was verified was verified without it, and is looked at again."""
    locked = _held(membership)
    if locked.voided_at is not None:
        raise Refused("entry_voided", _("This entry was voided already."))
    if locked.document:
        raise Refused("document_there", _("There is a document already. Correct the entry to replace it."))
    proof.put_document(locked, document)
    locked.save(update_fields=["document", "document_type"])
    told(locked, by=by, event="trainee.group_document", changes={"document": [None, locked.document_type]})
    return locked


@transaction.atomic
def verify_membership(
    *,
    by: User | Agent,
    membership: GroupMembership,
    evidence: str = "",
    evidence_number: str = "",
    evidence_note: str = "",
) -> GroupMembership:
    """A second person of the centre compared it with its proof, named here where the entry has only somebody's word.

    What follows from a certificate verifies the certificate with it.
    """
    locked = _held(membership)
    if locked.voided_at is not None:
        raise Refused("entry_voided", _("This entry was voided already."))
    if locked.verified_at is not None:
        raise Refused("entry_verified", _("This entry is verified already."))
    proof.check_second_pair(locked, by=by)
    before = locked.evidence
    locked.evidence = evidence or before
    proof.check_proof(locked.group, locked.evidence)
    undated = locked.trainee.disability_certificates.live().filter(issued_on=None)
    if locked.group == rules.DISABLED and undated.exists():
        raise Refused("issue_date_missing", _("Enter the issue date of the certificate first: it says from when on."))
    locked.evidence_note = proof.note(evidence_note) or locked.evidence_note
    if evidence_number.strip():
        _put_number(locked, evidence_number)
    locked.verified_at, locked.verified_by = timezone.now(), by.label
    locked.save()
    if locked.certificate is not None:
        DisabilityCertificate.objects.filter(pk=locked.certificate.pk, verified_at=None).update(
            verified_at=locked.verified_at, verified_by=by.label, evidence=locked.evidence
        )
    told(
        locked, by=by, event="trainee.group_verified", reason=locked.evidence_note,
        changes={"evidence": [before, locked.evidence], "verified_by": [None, by.label]},
    )  # fmt: skip
    return locked


# --- For the other actions of the registry: certificates and households write entries too ----------------------------


def write(membership: GroupMembership) -> None:
    """Insert; the database knows too that nobody belongs twice from one day on or twice for ever."""
    try:
        with transaction.atomic():
            membership.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("group_known", _("This person already belongs to this group.")) from error


def end(membership: GroupMembership, *, valid_to: datetime.date | None, reason: str) -> None:
    membership.valid_to, membership.end_reason = valid_to, proof.short(reason)
    membership.save(update_fields=["valid_to", "end_reason"])


def make_room(
    *, by: User | Agent, trainee: Trainee, group: str, start: datetime.date, end_day: datetime.date | None, reason: str
) -> None:
    """What is known from a certificate or a household takes the place of what was merely claimed for the same days.

    A claim that begins earlier keeps its earlier days: they stay a claim, to be looked at.
    """
    claims = trainee.memberships.touching(start, end_day).filter(group=group, certificate=None, period=None)
    for claim in claims:
        if claim.valid_from < start:
            end(claim, valid_to=start - ONE_DAY, reason=reason)
        else:
            proof.void(claim, by=by, reason=reason)
        told(
            claim, by=by, event="trainee.group_replaced", reason=reason,
            changes={"valid_to": [None, _day(claim.valid_to)], "voided": [False, claim.voided_at is not None]},
        )  # fmt: skip


def told(membership: GroupMembership, *, by: User | Agent, event: str, changes: dict, reason: str = "") -> None:
    trainee = membership.trainee
    record_event(
        by=by, event=event, record=trainee, label=trainee.file_number, place=trainee.township.code, reason=reason[:300],
        changes={"groups": [None, membership.group], **changes},
    )  # fmt: skip


def refuse_sensitive(trainee: Trainee | None, groups: Iterable[str]) -> None:
    """Poverty and disability are not entered against the person's will, nor where a room above says not yet."""
    if not rules.SENSITIVE_GROUPS.intersection(groups):
        return
    if trainee is not None and trainee.sensitive_withdrawn_at:
        raise Refused(
            "sensitive_withdrawn",
            _(
                "This person withdrew the consent to sensitive data, so poverty and disability are not entered. "
                "Record a new consent first."
            ),
        )
    gates.pass_sensitive_group(trainee)


def checked_groups(groups: Iterable[str]) -> list[str]:
    """Sorted codes without those that follow from the identity."""
    wanted = sorted(set(groups) - rules.DERIVED_GROUPS)
    unknown = set(wanted) - code_names("trainee_group").keys() if wanted else set()
    if unknown:
        raise Refused("group_unknown", _("This group is not in the list of groups."), groups=sorted(unknown))
    return wanted


def _held(membership: GroupMembership) -> GroupMembership:
    hold(membership.trainee)
    entries = GroupMembership.objects.select_related("trainee__township", "certificate")
    return entries.get(pk=membership.pk)


def _refuse_following(membership: GroupMembership) -> None:
    if membership.certificate_id is not None:
        raise Refused(
            "group_follows_certificate",
            _("This follows from the disability certificate. Correct the dates of the certificate instead."),
        )
    if membership.period_id is not None:
        raise Refused(
            "group_follows_household",
            _("This follows from the household. Correct its members or its periods on the household's page."),
        )


def _refuse_overlap(trainee: Trainee, group: str, start: datetime.date, end_day: datetime.date | None) -> None:
    others = trainee.memberships.touching(start, end_day).filter(group=group)
    known = others.first()
    if known is None:
        return
    if known.valid_to is None:
        raise Refused("group_known", _("This person already belongs to this group."))
    raise Refused(
        "group_overlaps",
        _("From %(first)s to %(last)s this person belonged to this group already. Choose days outside that time.")
        % {"first": known.valid_from, "last": known.valid_to},
    )


def _put_number(membership: GroupMembership, number: str) -> None:
    number = " ".join(number.split())
    if len(number) > 60:
        raise Refused("evidence_number_long", _("The number of the evidence has at most 60 characters."))
    membership.evidence_number = number
    membership.evidence_hash = GroupMembership.hash_evidence(number.upper())


def _day(day: datetime.date | None) -> str | None:
    return str(day) if day else None
