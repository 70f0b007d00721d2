"""By which scheme a programme numbers, and what its next numbers look like."""

import datetime
from dataclasses import dataclass

from lms.programme.models import Programme

from .. import numbers
from ..enums import CertificateKind
from ..models import NumberScheme

# What holds where nothing was decided: a trainer qualification ends after two years, everything else never.
TRAINER_MONTHS = 24


def default_months(kind: str) -> int | None:
    return TRAINER_MONTHS if kind == CertificateKind.TRAINER else None


def scheme_of(programme: Programme, kind: str) -> NumberScheme:
    """The last decision; where there is none, an unsaved row with what holds then (version 0)."""
    decided = NumberScheme.objects.filter(programme=programme, kind=kind).order_by("-version").first()
    return decided or NumberScheme(
        programme=programme, kind=kind, version=0, pattern=numbers.DEFAULT_SCHEME, valid_months=default_months(kind)
    )


@dataclass(frozen=True)
class Shown:
    """One kind on the page of schemes, with an example of its numbers."""

    kind: CertificateKind
    scheme: NumberScheme
    example: str


def example_of(programme: Programme, kind: str, pattern: str, day: datetime.date) -> str:
    """The first number of a class by this scheme; refuses what is no scheme."""
    scheme = numbers.read_scheme(pattern)
    facts = numbers.Facts(
        county_name=programme.county.name,
        county_code=programme.county.code,
        year=day.year,
        class_code=f"{day.year}-B1-01" if kind != CertificateKind.AWARD else f"DS{day.year}",
        kind=kind,
    )
    return numbers.number_of(numbers.series_of(scheme, facts), 1, scheme.digits)


def schemes_of(programme: Programme, day: datetime.date) -> list[Shown]:
    """Every kind with the scheme that holds."""
    decided = {scheme.kind: scheme for scheme in programme.number_schemes.order_by("version")}
    shown = []
    for kind in CertificateKind:
        scheme = decided.get(kind) or NumberScheme(
            programme=programme, kind=kind, version=0, pattern=numbers.DEFAULT_SCHEME, valid_months=default_months(kind)
        )
        shown.append(Shown(kind, scheme, example_of(programme, kind, scheme.pattern, day)))
    return shown
