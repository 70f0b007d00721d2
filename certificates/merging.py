"""Certificates go along when two files turn out to be one person's. What is printed on them never changes, and neither
does a chain of re-issues: each paper keeps pointing at the one whose place it took."""

from django.utils import timezone
from django.utils.translation import gettext as _

from courses.schedule.enums import ClassState
from lms.audit.actions import record_event
from trainees.merging.journal import Step, steps_of
from trainees.merging.models import Merge
from trainees.merging.tables import Moving

from .enums import CertificateKind, CertificateState
from .models import Certificate

Claim = tuple[str, int | None, int | None]


def move_certificates(moving: Moving) -> None:
    """Of two valid certificates for the same thing the surviving file's stays valid, the other is revoked.

    One of attendance gives way to one of completion of the same class, whichever file holds which.
    """
    valid = moving.of_survivor(Certificate).filter(state=CertificateState.VALID)
    held = {claim_of(row): row for row in valid}
    for row in moving.of_loser(Certificate):
        if row.state == CertificateState.VALID:
            _settle(moving, row, held)
        moving.move(row)


def claim_of(row: Certificate) -> Claim:
    """What a person can hold one valid certificate for."""
    return str(row.kind), row.training_class_id, row.entry_id


def _settle(moving: Moving, row: Certificate, held: dict[Claim, Certificate]) -> None:
    kind, training_class, entry = claim_of(row)
    twin = held.get((kind, training_class, entry))
    if twin is None and kind == CertificateKind.ATTENDANCE:
        twin = held.get((CertificateKind.COMPLETION, training_class, entry))
    if twin is not None:
        _revoke(moving, row, twin)
        return
    less = held.get((CertificateKind.ATTENDANCE, training_class, entry))
    if kind == CertificateKind.COMPLETION and less is not None:
        _revoke(moving, less, row)


def _revoke(moving: Moving, row: Certificate, twin: Certificate) -> None:
    text = (
        _("The same person holds %(number)s of this class.")
        if row.training_class_id
        else _("The same person holds %(number)s for this entry.")
    )
    reason = text % {"number": twin.number}
    moving.journal.change(
        row, state=CertificateState.REVOKED.value, revoked_on=timezone.localdate(), revoke_reason=reason
    )
    record_event(
        by=moving.by, event="certificate.revoked", record=row, label=row.number, reason=reason,
        place=row.place_code,
        changes={"state": [CertificateState.VALID.value, CertificateState.REVOKED.value]},
    )  # fmt: skip


def issued_since(moving: Moving, known: set[int]) -> list[str]:
    """A certificate for what both files did together would be left without it."""
    later = moving.of_survivor(Certificate).exclude(pk__in=known).filter(state=CertificateState.VALID)
    later = later.filter(training_class__in=moving.brought) | later.filter(entry__in=_entries_brought(moving))
    text = _("The certificate %(number)s was issued after the merge. Revoke it first, if it is not due.")
    return [*(text % {"number": row.number} for row in later), *_of_reopened(moving)]


def _of_reopened(moving: Moving) -> list[str]:
    """A certificate that would be valid again, of a class that runs again: nothing there is proved any more."""
    revived = [
        step.pk for step in _steps(moving, "certificates.Certificate")
        if step.columns.get("state", [""])[0] == CertificateState.VALID
    ]  # fmt: skip
    rows = Certificate.objects.filter(pk__in=revived, training_class__isnull=False).order_by("pk")
    text = _("The certificate %(number)s would be valid again, and class %(code)s is not closed. Close it first.")
    return [
        text % {"number": row.number, "code": row.class_code}
        for row in rows.exclude(training_class__state=ClassState.CLOSED)
    ]


def _entries_brought(moving: Moving) -> list[int]:
    """The entries that go back to the losing file when the merge is undone."""
    return [step.pk for step in _steps(moving, "trainees.Entry")]


def _steps(moving: Moving, label: str) -> list[Step]:
    merge = Merge.objects.standing().filter(survivor=moving.survivor, loser=moving.loser).first()
    return [step for step in steps_of(merge.snapshot) if step.label == label] if merge else []
