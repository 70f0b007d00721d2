"""A person's file: the person, the household, the dated groups."""

from .groups import GroupMembership
from .households import Household
from .people import OFFICE, Trainee, place_name

__all__ = ["OFFICE", "GroupMembership", "Household", "Trainee", "place_name"]
