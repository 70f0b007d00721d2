"""Certificates go along when two files turn out to be one person's. What is printed on them never changes."""

from django.utils import timezone
from django.utils.translation import gettext as _

from lms.audit.actions import record_event
from trainees.merging.tables import Moving

from .enums import CertificateState
from .models import Certificate


def move_certificates(moving: Moving) -> None:
    """Two valid certificates of one class for one person: the surviving file's stays valid, the other is revoked."""
    valid = moving.of_survivor(Certificate).filter(state=CertificateState.VALID)
    held = dict(valid.values_list("training_class", "number"))
    for row in moving.of_loser(Certificate):
        twin = held.get(row.training_class_id) if row.state == CertificateState.VALID else None
        if twin is not None:
            _revoke(moving, row, twin)
        moving.move(row)


def _revoke(moving: Moving, row: Certificate, twin: str) -> None:
    reason = _("The same person holds %(number)s of this class.") % {"number": twin}
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
    later = moving.of_survivor(Certificate).filter(training_class__in=moving.brought).exclude(pk__in=known)
    text = _("The certificate %(number)s was issued after the merge. Revoke it first, if it is not due.")
    return [text % {"number": row.number} for row in later.filter(state=CertificateState.VALID)]
