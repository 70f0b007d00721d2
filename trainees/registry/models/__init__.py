"""A person's file: the person, the household, the dated groups and what they follow from."""

from .disability import DisabilityCertificate
from .groups import GroupMembership
from .homes import place_name
from .households import Household, HouseholdPeriod
from .members import HouseholdMember
from .people import OFFICE, Trainee, in_use
from .search import SearchKey

__all__ = [
    "OFFICE", "DisabilityCertificate", "GroupMembership", "Household", "HouseholdMember", "HouseholdPeriod",
    "SearchKey", "Trainee", "in_use", "place_name",
]  # fmt: skip
