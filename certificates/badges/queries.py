"""Badges by their addresses, and the bits of the status lists."""

import re
import uuid

from lms.places.enums import StationLevel
from lms.places.models import Station

from ..enums import CertificateState
from ..models import Badge, Certificate
from ..rules import TOKEN

PUBLIC_ID = re.compile(r"urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
HELD = Badge.objects.select_related("certificate__trainee__township")


def badge_of(certificate: Certificate) -> Badge | None:
    return HELD.filter(certificate=certificate).first()


def badge_by_token(token: str) -> Badge | None:
    return HELD.filter(token=token).first() if TOKEN.fullmatch(token) else None


def badge_by_id(identifier: object) -> Badge | None:
    """By the `id` of a credential that somebody sends in."""
    found = PUBLIC_ID.fullmatch(identifier) if isinstance(identifier, str) else None
    return HELD.filter(public_id=uuid.UUID(found[1])).first() if found else None


def ended_bits(number: int) -> list[int]:
    """The places of a status list that say revoked: of every certificate that is no longer valid."""
    ended = Badge.objects.filter(status_list=number).exclude(certificate__state=CertificateState.VALID)
    return sorted(ended.values_list("status_index", flat=True))


def has_list(number: int) -> bool:
    """The first is there before its first badge, so that its address always answers."""
    return number == 1 or Badge.objects.filter(status_list=number).exists()


def centre() -> Station | None:
    """The county centre as it is named today: a profile of the issuer is asked for outside any certificate."""
    return Station.objects.filter(level=StationLevel.COUNTY, closed_on__isnull=True).order_by("code").first()
