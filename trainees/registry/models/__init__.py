"""A person's file: the person, the household, the dated groups; and the words it is found by."""

from .groups import GroupMembership
from .households import Household
from .people import OFFICE, Trainee, place_name
from .search import SearchKey

__all__ = ["OFFICE", "GroupMembership", "Household", "SearchKey", "Trainee", "place_name"]
