"""Who may have a badge, and what stands in the way. No database here."""

import hashlib

from django.contrib.auth.models import AnonymousUser
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.accounts.models import User
from lms.refusals import Refused

from ..enums import CertificateState
from ..models import Badge, Certificate
from ..numbers import plain

# The W3C's least length, 16 KiB: a shorter list would tell whose bit is asked for.
LIST_BITS = 131_072
# A list is half full at most: then a free place is found at once, and a set bit points at nobody.
LIST_BADGES = LIST_BITS // 2
BYTES = 1024 * 1024  # of a file to check: ten times what we hand out


def is_holder(user: User | AnonymousUser, certificate: Certificate) -> bool:
    return certificate.trainee.user_id is not None and certificate.trainee.user_id == user.pk


def why_ended(certificate: Certificate) -> str:
    """Why there is no badge of this certificate any more; '' while it is valid."""
    if certificate.state == CertificateState.VALID:
        return ""
    if certificate.state == CertificateState.REVOKED and certificate.revoked_on:
        day = date_format(certificate.revoked_on, "DATE_FORMAT")
        return _("The certificate was revoked on %(day)s, so its badge is handed out no longer.") % {"day": day}
    newer = getattr(certificate, "replaced_by", None)
    if newer:
        return _(
            "Certificate %(number)s took the place of this one on %(day)s, so this badge is handed out no longer. "
            "Make the badge of the newer one."
        ) % {"number": newer.number, "day": date_format(certificate.replaced_on or newer.issued_on, "DATE_FORMAT")}
    return _("A newer certificate took the place of this one, so its badge is handed out no longer.")


def why_ended_in_public(certificate: Certificate) -> str:
    """The same for whoever has the link: without the newer certificate's number."""
    if certificate.state == CertificateState.REPLACED:
        return _("A newer certificate took the place of this one, so its badge is handed out no longer.")
    return why_ended(certificate)


def refuse_ended(certificate: Certificate) -> None:
    why = why_ended(certificate)
    if why:
        raise Refused("badge_ended", why)


def number_hash(number: str, salt: str) -> str:
    """Open Badges 3.0, IdentityHash: the algorithm, then the digest of identity and salt.

    The number and nothing else of the person: of an ID number or a telephone a computer tries all in a minute.
    """
    return "sha256$" + hashlib.sha256((number + salt).encode()).hexdigest()


def belongs_to(badge: Badge, number: str) -> bool:
    """`number`: in its plain form, as `numbers.read_number` gives it."""
    return plain(badge.certificate.number) == number
