"""What a file may hold: states of an identity, groups that are kept and groups that follow from elsewhere."""

import re

from .enums import Evidence, IdState
from .identity import SAYS_BIRTH, Identity

# Who is a woman follows from the identity; a second record of it could only contradict the first.
DERIVED_GROUPS = frozenset({"women"})
# Disability and poverty (PIPL art. 28): entered only with the separate consent of art. 29 where that is required.
SENSITIVE_GROUPS = frozenset({"poor_household", "disabled"})
SERIAL_DIGITS = 6
FILE_NUMBER = re.compile(r"\d{6}-\d{1,9}")
POOR, DISABLED = "poor_household", "disabled"
# The codes of the list "poverty_type" under which a household is poor. Lifted and watched households are not:
# what they were before stands in their earlier period.
POOR_TYPES = frozenset({"general_poor", "low_income_poor", "five_guarantee", "not_lifted", "returned"})
LIFTED_TYPES = frozenset({"lifted_enjoying", "lifted_not_enjoying"})
# Form "poverty register", notes A3a and A3b: one main cause, at most two others.
MOST_OTHER_CAUSES = 2
HEAD = "02"  # GB/T 4761-2008: 户主
# What a group is proved with, as the plan's list of groups says; a document that was seen serves any.
USUAL_EVIDENCE = {
    "poor_household": Evidence.OFFICIAL_LIST,
    "left_behind_women": Evidence.VILLAGE_PROOF,
    "disabled": Evidence.DISABILITY,
    "returning_graduate": Evidence.DIPLOMA,
    "migrant_returnee": Evidence.WORK_PROOF,
    "veteran": Evidence.VETERAN_CARD,
    "cadre_leader": Evidence.POST,
    "village_three_committees": Evidence.POST,
    "village_official_graduate": Evidence.POST,
    "entrepreneur_intent": Evidence.DECLARED,
    "ecom_practitioner": Evidence.EMPLOYER,
    "town_station_staff": Evidence.STATION,
    "village_point_staff": Evidence.STATION,
    "agri_enterprise": Evidence.ENTERPRISE,
    "service_enterprise": Evidence.ENTERPRISE,
    "ecom_leader": Evidence.OFFICIAL_LIST,
    "poverty_leader": Evidence.OFFICIAL_LIST,
    "local_trainer": Evidence.SELECTION,
    "coop_member": Evidence.ENTERPRISE,
    "big_grower": Evidence.VILLAGE_PROOF,
    "young_ecom": Evidence.EMPLOYER,
}
# These were claimed falsely elsewhere: somebody's word or a roster does not verify them.
NEEDS_PROOF = frozenset({POOR, DISABLED})
MERE_WORD = frozenset({Evidence.ROSTER, Evidence.DECLARED})
SOLDIERS_NUMBER = re.compile(r"[0-9A-Za-z\u4e00-\u9fff\-－—()（）〔〕\[\]第号字 ]{4,30}")
HOUSEHOLD_NUMBER = re.compile(r"[0-9A-Za-z\-]{4,30}")


def state_of(identity: Identity) -> IdState:
    """A check digit settles an identity; children, old numbers and papers without one wait for review."""
    return IdState.VALID if identity.number and identity.proved else IdState.REVIEW


def says_birth(id_kind: str, id_number: str) -> bool:
    """Sex and birth follow the ID number and are not typed over."""
    return bool(id_number) and id_kind in SAYS_BIRTH


def file_number(county_code: str, serial: int) -> str:
    """530927-000123: county and serial. It depends on nothing that a person could have corrected later."""
    return f"{county_code[:6]}-{serial:0{SERIAL_DIGITS}d}"


def is_household_number(text: str) -> bool:
    return bool(HOUSEHOLD_NUMBER.fullmatch(text))


def is_proof(group: str, evidence: str) -> bool:
    """Whether this kind of evidence is enough to verify the group."""
    return group not in NEEDS_PROOF or evidence not in MERE_WORD


def is_soldiers_number(text: str) -> bool:
    """残疾军人证: no public form of its number; text of 4 to 30 characters."""
    return bool(SOLDIERS_NUMBER.fullmatch(text)) and any(char.isdigit() for char in text)
