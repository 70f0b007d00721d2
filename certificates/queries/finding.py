"""How a certificate is found, and what stands around it."""

from django.utils.translation import gettext as _

from lms.places.enums import StationLevel
from lms.places.models import Station
from lms.programme.models import Programme
from lms.refusals import Refused

from .. import numbers, rules
from ..models import Certificate
from ..models.certificates import PLAIN_NUMBER


def find_by_token(token: str) -> Certificate | None:
    return Certificate.objects.filter(token=token).first() if rules.TOKEN.fullmatch(token) else None


def find_by_number(text: str) -> Certificate | None:
    """By a number as people type it, of whichever scheme."""
    plain = numbers.read_number(text)
    return Certificate.objects.alias(plain=PLAIN_NUMBER).filter(plain=plain).first() if plain else None


def issuer_of(programme: Programme) -> Station:
    """The county centre: its registered name is the issuer's."""
    county = programme.county
    centres = Station.objects.filter(
        level=StationLevel.COUNTY, division__code__startswith=county.prefix, closed_on__isnull=True
    )
    centre = centres.order_by("code").first()
    if centre is None:
        raise Refused(
            "no_issuer",
            _(
                "No county centre is entered among the stations of %(county)s. Enter it with its full registered name: "
                "the certificates name it as their issuer."
            )
            % {"county": county},
        )
    return centre


def chain_of(certificate: Certificate) -> list[Certificate]:
    """The certificate with all it replaced and all that replaced it, the oldest first."""
    chain = [certificate]
    while before := chain[0].replaces:
        chain.insert(0, before)
    while after := Certificate.objects.filter(replaces=chain[-1]).first():
        chain.append(after)
    return chain


def current_of(certificate: Certificate) -> Certificate:
    """The last of its chain."""
    return chain_of(certificate)[-1]


def changed_since(certificate: Certificate) -> list[str]:
    """What the file says otherwise today than the paper does: "name", "id_number"."""
    trainee = certificate.trainee
    if trainee.anonymised_at:
        return []
    return [fact for fact in ("name", "id_number") if getattr(certificate, fact) != getattr(trainee, fact)]
