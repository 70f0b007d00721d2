"""What a file may hold: states of an identity, groups that are kept and groups that follow from elsewhere."""

import re

from .enums import IdState
from .identity import Identity

# Who is a woman follows from the identity; a second record of it could only contradict the first.
DERIVED_GROUPS = frozenset({"women"})
SERIAL_DIGITS = 6
FILE_NUMBER = re.compile(r"\d{6}-\d{1,9}")
HOUSEHOLD_NUMBER = re.compile(r"[0-9A-Za-z\-]{4,30}")


def state_of(identity: Identity) -> IdState:
    """A check digit settles an identity; children, old numbers and papers without one wait for review."""
    return IdState.VALID if identity.number and identity.proved else IdState.REVIEW


def file_number(county_code: str, serial: int) -> str:
    """530927-000123: county and serial. It depends on nothing that a person could have corrected later."""
    return f"{county_code[:6]}-{serial:0{SERIAL_DIGITS}d}"


def is_household_number(text: str) -> bool:
    return bool(HOUSEHOLD_NUMBER.fullmatch(text))
