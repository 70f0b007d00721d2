"""Identity numbers as people write them: cleaned, told apart by form, checked, and what they say of a person.

Rules: GB 11643-1999 for the 18 digits, GB/T 2260 for provinces; an unknown area warns and never refuses,
because hundreds of codes were abolished and the people who carry them live on.
"""

import csv
import datetime
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from stdnum.iso7064 import mod_11_2

from .enums import IdKind, Sex

AREA_HISTORY = Path(__file__).with_name("id_area_history.csv")

# First two digits of GB/T 2260: (first province code, last) of each of the eight regions.
REGIONS = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
PROVINCES = frozenset(str(code) for first, last in REGIONS for code in range(first, last + 1))
# Cyrillic and Greek letters and the multiplication sign, typed for the check digit X.
LOOKALIKE_X = str.maketrans({"Х": "X", "х": "X", "Χ": "X", "χ": "X", "×": "X", "*": "X"})
OUTER_MARKS = "'`‘’´\""

EIGHTEEN = re.compile(r"\d{17}[\dX]")
FIFTEEN = re.compile(r"[1-9]\d{14}")
DISABILITY = re.compile(r"(\d{17}[\dX])([1-7])([1-4])(B\d)?")
PASSPORT = re.compile(r"[A-Z0-9]{5,17}")
HKMO = re.compile(r"[HM]\d{8}(\d{2})?")
TAIWAN = re.compile(r"\d{8}|\d{10}[A-Z]?")
OLD_FOREIGN = re.compile(r"[A-Z]{3}\d{12}")
HMT_AREAS = ("810000", "820000", "830000")
# What a spreadsheet leaves of a long number: 5.33528E+17.
SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+?\d{1,2}")

BORDER_LENGTH = 40
ADULT_AT = 14  # PIPL art. 31: below this a guardian decides
IMPLAUSIBLE_AGE = 110


@dataclass(frozen=True)
class Identity:
    """`problem` is empty when the number may be stored; `warnings` are codes, see reasons.py."""

    kind: IdKind
    number: str
    problem: str = ""
    warnings: tuple[str, ...] = ()
    birth_date: datetime.date | None = None
    sex: Sex = Sex.UNKNOWN
    legacy: bool = False
    # Kind and grade of a disability certificate written in place of the ID: "43" is physical, third grade.
    disability: str = ""

    @property
    def proved(self) -> bool:
        """A check digit speaks for the number. Everything else waits for a person's decision."""
        return not self.problem and not self.legacy and self.kind in CHECKED and "id_minor" not in self.warnings


CHECKED = (IdKind.RESIDENT, IdKind.HOUSEHOLD_ONLY, IdKind.HMT_RESIDENCE, IdKind.FOREIGN_PR)
# The number holds the date of birth and the sex.
SAYS_BIRTH = (IdKind.RESIDENT, IdKind.HOUSEHOLD_ONLY, IdKind.RESIDENT_15, IdKind.HMT_RESIDENCE)


def clean_id(text: str) -> str:
    """Full-width digits, hidden characters, spaces, the apostrophe of a text cell; upper case."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(char for char in text if unicodedata.category(char) not in {"Cf", "Cc", "Zs", "Zl", "Zp"})
    # Digits of other scripts are digits to Python; stored as they are they would be another number.
    text = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    return text.strip(OUTER_MARKS).upper()


def read_identity(text: str, *, today: datetime.date, kind: str = "") -> Identity:
    """Read one number. `kind` is what somebody chose in a form; without it the form of the number decides."""
    number = clean_id(text)
    warnings: tuple[str, ...] = ()
    if number[:-1].isdigit() and number[-1:].translate(LOOKALIKE_X) == "X" != number[-1:]:
        number, warnings = number[:-1] + "X", ("id_x_replaced",)
    identity = _as_chosen(number, IdKind(kind), today) if kind else _by_form(number, today)
    return replace(identity, warnings=warnings + identity.warnings)


def _as_chosen(number: str, kind: IdKind, today: datetime.date) -> Identity:  # noqa: PLR0911 - one line a kind
    """A passport may look like a travel permit, and a booklet holds the number of a card: the person's word decides."""
    if kind == IdKind.NONE:
        return _border_pass(number)
    if kind == IdKind.PASSPORT:
        return _unproved(kind, number) if PASSPORT.fullmatch(number) else Identity(kind, number, problem="id_kind")
    identity = _by_form(number, today)
    if identity.problem or identity.kind == kind:
        return identity
    if (kind, identity.kind) in SAME_NUMBER:
        return replace(identity, kind=kind)
    if (kind, identity.kind) == (IdKind.RESIDENT_15, IdKind.RESIDENT):
        # Converted before, by an import: what the old number was worth stays written down.
        return replace(identity, kind=kind, legacy=True, warnings=("id_legacy", *identity.warnings))
    if (kind, identity.kind) == (IdKind.RESIDENT, IdKind.RESIDENT_15):
        return identity
    return replace(identity, problem="id_kind")


SAME_NUMBER = {(IdKind.HOUSEHOLD_ONLY, IdKind.RESIDENT)}


def _border_pass(number: str) -> Identity:
    """Whatever the pass says, as long as it is a number: "无" is none."""
    if not any(char.isdigit() for char in number):
        return Identity(IdKind.NONE, "")
    if len(number) > BORDER_LENGTH:
        return Identity(IdKind.NONE, number, problem="id_format")
    return _unproved(IdKind.NONE, number)


def _unproved(kind: IdKind, number: str) -> Identity:
    return Identity(kind, number, warnings=("id_unproved",))


def _by_form(number: str, today: datetime.date) -> Identity:  # noqa: PLR0911 - one line a form
    if not number:
        return Identity(IdKind.NONE, "", problem="id_missing")
    if SCIENTIFIC.fullmatch(number):
        return Identity(IdKind.RESIDENT, number, problem="id_numeric")
    if found := DISABILITY.fullmatch(number):
        identity = _eighteen(found[1], today)
        return replace(identity, disability=found[2] + found[3])
    if EIGHTEEN.fullmatch(number):
        return _eighteen(number, today)
    if FIFTEEN.fullmatch(number):
        return _fifteen(number, today)
    if OLD_FOREIGN.fullmatch(number):
        return _unproved(IdKind.FOREIGN_PR_OLD, number)
    if HKMO.fullmatch(number):
        return _unproved(IdKind.HKMO_PERMIT, number)
    if TAIWAN.fullmatch(number):
        return _unproved(IdKind.TW_PERMIT, number)
    return Identity(IdKind.RESIDENT, number, problem="id_format")


def _eighteen(number: str, today: datetime.date) -> Identity:
    if number.startswith("9"):
        # 2023 card: the form follows the citizen number, but birth and sex must not be read from it.
        problem = "" if mod_11_2.is_valid(number) else "id_checksum"
        return Identity(IdKind.FOREIGN_PR, number, problem=problem)
    kind = IdKind.HMT_RESIDENCE if number.startswith(HMT_AREAS) else IdKind.RESIDENT
    if number.startswith("0"):
        return Identity(kind, number, problem="id_area")
    birth = _date(number[6:14])
    if birth is None:
        return Identity(kind, number, problem="id_date")
    if birth > today:
        return Identity(kind, number, problem="id_future")
    if not mod_11_2.is_valid(number):
        return Identity(kind, number, problem="id_checksum")
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return Identity(kind, number, birth_date=birth, sex=sex, warnings=_doubts(number, birth, today))


def _fifteen(number: str, today: datetime.date) -> Identity:
    """First-generation numbers: 19 is inserted before the year and the check digit appended."""
    body = number[:6] + "19" + number[6:]
    identity = _eighteen(body + mod_11_2.calc_check_digit(body), today)
    return replace(identity, kind=IdKind.RESIDENT_15, legacy=True, warnings=("id_legacy", *identity.warnings))


def _date(digits: str) -> datetime.date | None:
    try:
        return datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _doubts(number: str, birth: datetime.date, today: datetime.date) -> tuple[str, ...]:
    doubts = []
    if number[:2] not in PROVINCES:
        doubts.append("id_area_unknown")
    elif birth.year > _old_areas().get(number[:6], birth.year):
        doubts.append("id_area_old")
    age = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    if age >= IMPLAUSIBLE_AGE:
        doubts.append("id_age")
    elif age < ADULT_AT:
        doubts.append("id_minor")
    return tuple(doubts)


@lru_cache(maxsize=1)
def _old_areas() -> dict[str, int]:
    """Abolished area code -> the year its successor began."""
    with AREA_HISTORY.open(encoding="utf-8") as file:
        return {row["old_code"]: int(row["new_start_year"]) for row in csv.DictReader(file)}
