"""What a badge that somebody sends in is worth: its signature first, then the register. Nothing of it is kept."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from lms.paper.badge_keys import read_ring

from ..enums import CertificateState
from ..models import Badge
from . import baking, proofs, queries, rules
from .enums import BadgeVerdict


@dataclass(frozen=True)
class Judged:
    verdict: BadgeVerdict
    badge: Badge | None = None
    # Whether it is of the certificate with the number that was asked for; None when none was.
    belongs: bool | None = None


def judge(content: bytes, *, number: str = "") -> Judged:
    """`number`: in the form it is stored, or ''. What the page then shows comes from the register alone."""
    document = baking.credential_in(content) if len(content) <= rules.BYTES else None
    if document is None:
        return Judged(BadgeVerdict.UNREADABLE)
    if not proofs.is_signed_by(document, read_ring(settings.BADGE_KEYS)):
        return Judged(BadgeVerdict.NOT_OURS)
    badge = queries.badge_by_id(document.get("id"))
    if badge is None:
        return Judged(BadgeVerdict.UNLISTED)
    return Judged(_standing(badge), badge, rules.belongs_to(badge, number) if number else None)


def _standing(badge: Badge) -> BadgeVerdict:
    certificate = badge.certificate
    if certificate.state == CertificateState.REVOKED:
        return BadgeVerdict.REVOKED
    if certificate.state == CertificateState.REPLACED:
        return BadgeVerdict.REPLACED
    if certificate.valid_until and certificate.valid_until < timezone.localdate():
        return BadgeVerdict.EXPIRED
    return BadgeVerdict.VALID
