"""How a certificate number is made of a scheme, and read back from what people type. No database here.

A scheme is a line of parts, `{county}-{year}-{serial:5}-{check}`. It ends in the serial and the check character;
all that stands before them is the series, and serials are counted within a series.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _
from stdnum.iso7064 import mod_37_36

from lms.refusals import Refused

from .enums import CertificateKind

# The numbers of the first programme, and of every programme that has decided nothing else.
DEFAULT_SCHEME = "{county}-{year}-{serial:5}-{check}"
LONGEST = 60
SCHEME = re.compile(r"(?P<series>.+)-\{serial:(?P<digits>[3-8])\}-\{check\}")
PART = re.compile(r"\{(\w+)\}")
PARTS = ("county", "year", "class", "kind")
LITERALS = re.compile(r"[A-Z0-9.-]*")
DASHES = re.compile(r"[\s\-‐‑‒–—―−－﹣ー_.·]+")
PLAIN = re.compile(r"[0-9A-Z]{8,60}")
# The first sound of 结业, 参训, 讲师 and 获奖.
LETTERS = {
    CertificateKind.COMPLETION: "J",
    CertificateKind.ATTENDANCE: "C",
    CertificateKind.TRAINER: "S",
    CertificateKind.AWARD: "H",
}


@dataclass(frozen=True)
class Scheme:
    """A scheme taken apart: what makes the series, and how many digits a serial has at least."""

    series: str
    digits: int


@dataclass(frozen=True)
class Facts:
    """What the parts of a series stand for. `class_code` is the contest's code for an award."""

    county_name: str
    county_code: str
    year: int
    class_code: str
    kind: str


def read_scheme(text: str) -> Scheme:
    """Refuses, in words, what could not number anything."""
    found = SCHEME.fullmatch(text)
    if found is None:
        raise Refused(
            "scheme_end",
            _(
                "A scheme ends in the serial and the check character, with something before them that names the "
                "series: {county}-{year}-{serial:5}-{check}. The serial has 3 to 8 digits."
            ),
        )
    series = found["series"]
    unknown = [part for part in PART.findall(series) if part not in PARTS]
    if unknown:
        raise Refused(
            "scheme_part",
            _("There is no part {%(part)s}. The parts are {county}, {year}, {class} and {kind}.")
            % {"part": unknown[0]},
        )
    if not LITERALS.fullmatch(PART.sub("", series)) or series[0] in ".-" or series[-1] in ".-":
        raise Refused(
            "scheme_letters",
            _(
                "Between its parts a number has capital letters A to Z, digits, hyphens and dots, and it begins "
                "with none of the last two: people type it, and the check character covers letters and digits."
            ),
        )
    if _longest(found) > LONGEST:
        raise Refused("scheme_long", _("Numbers of this scheme could be longer than 60 characters. Leave a part out."))
    return Scheme(series, int(found["digits"]))


def _longest(found: re.Match[str]) -> int:
    """A county has 8 characters, a year 4, a class number up to 30, a kind 1, a long serial 8."""
    lengths = {"county": 8, "year": 4, "class": 30, "kind": 1}
    series = found["series"]
    return len(PART.sub("", series)) + sum(lengths[part] for part in PART.findall(series)) + len("-12345678-K")


def county_part(name: str, code: str) -> str:
    """CY530927: the initials of the county's first two characters and its six-digit code."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries take 55 MB: a printer pays only where it issues too

    initials = "".join(lazy_pinyin(name[:2], style=Style.FIRST_LETTER)).upper()
    return f"{initials[:2]:X<2}{code[:6]}"


def series_of(scheme: Scheme, facts: Facts) -> str:
    """CY530927-2018: what the numbers of one series have in common."""
    parts = {
        "county": county_part(facts.county_name, facts.county_code),
        "year": str(facts.year),
        "class": facts.class_code.upper(),
        "kind": LETTERS[CertificateKind(facts.kind)],
    }
    series = PART.sub(lambda part: parts[part[1]], scheme.series)
    if not LITERALS.fullmatch(series):
        raise Refused(
            "series_letters",
            _(
                "The number %(code)s cannot stand in a certificate number, which has capital letters, digits, "
                "hyphens and dots only. A manager chooses a scheme without {class}."
            )
            % {"code": facts.class_code},
        )
    return series


def number_of(series: str, serial: int, digits: int = 5) -> str:
    """CY530927-2018-00001-K; the last character finds every single typing error (ISO 7064, MOD 37,36)."""
    number = f"{series}-{serial:0{digits}d}"
    return f"{number}-{mod_37_36.calc_check_digit(plain(number))}"


def plain(number: str) -> str:
    """Its letters and digits alone, as the register looks numbers up: what stands between them is often mistyped."""
    return DASHES.sub("", number)


def as_typed(text: str) -> str:
    """The plain form of a number, or of a piece of one, as people type it."""
    return plain(unicodedata.normalize("NFKC", text[:120])).upper()


def read_number(text: str) -> str:
    """The plain form of a number as people type it, whichever scheme it is of; '' when it cannot be one."""
    typed = as_typed(text)
    return typed if PLAIN.fullmatch(typed) and mod_37_36.is_valid(typed) else ""
