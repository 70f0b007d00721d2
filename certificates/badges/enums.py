from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ..enums import CertificateKind

# What Open Badges 3.0 calls each kind. A trainer's is a “Certificate” and never a “Certification” or “License”: the
# centre's own word, no vocational qualification.
ACHIEVEMENT_TYPES = {
    CertificateKind.COMPLETION: "CertificateOfCompletion",
    CertificateKind.ATTENDANCE: "Course",
    CertificateKind.TRAINER: "Certificate",
    CertificateKind.AWARD: "Award",
}


class BadgeFormat(TextChoices):
    JSON = "json", _("The credential (JSON)")
    SVG = "svg", _("A picture that carries it (SVG)")
    PNG = "png", _("A picture that carries it (PNG)")


class BadgeVerdict(TextChoices):
    """What a badge that somebody sends in is worth."""

    VALID = "valid", _("This badge is genuine and valid.")
    EXPIRED = "expired", _("This badge is genuine, but its time is over.")
    REPLACED = "replaced", _("This badge is genuine, but a newer certificate took its place.")
    REVOKED = "revoked", _("This badge is genuine, but the certificate was revoked.")
    NOT_OURS = "not_ours", _("This badge was altered, or it is not one of this centre.")
    UNLISTED = "unlisted", _("This badge is signed by the centre, but the register does not hold it.")
    UNREADABLE = "unreadable", _("There is no Open Badge in this file.")
