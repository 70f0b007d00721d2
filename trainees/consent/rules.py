"""Who may say yes, and in which form it proves anything."""

import datetime

from django.utils.translation import gettext_lazy as _

from lms.refusals import Refused
from trainees.registry.identity import ADULT_AT

from .enums import Channel

# What a scan of a signed sheet may be, by its first bytes: the name of a file proves nothing.
SCANS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def age_on(day: datetime.date, birth: datetime.date | None) -> int | None:
    if birth is None:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def is_child(day: datetime.date, birth: datetime.date | None) -> bool:
    age = age_on(day, birth)
    return age is not None and age < ADULT_AT


def scan_type(data: bytes) -> str:
    """The media type of a scan, or nothing when it is neither a PDF nor a picture."""
    return next((kind for head, kind in SCANS.items() if data.startswith(head)), "")


def check_form(*, channel: Channel, witness: str, guardian: str, scanned: bool, child: bool) -> None:
    """Refuses a consent that would prove nothing."""
    if channel == Channel.PAPER and not scanned:
        raise Refused(
            "scan_missing", _("Add the photograph or scan of the signed paper: without it nothing proves the consent.")
        )
    if channel == Channel.WITNESS and not witness:
        raise Refused(
            "witness_missing", _("Write who was the witness: somebody who cannot read consents before a witness.")
        )
    if child and not guardian:
        raise Refused("guardian_missing", _("The person is under 14: a guardian consents. Write the guardian's name."))
