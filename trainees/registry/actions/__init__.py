"""The one door for every change of the registry."""

from .accounts import link_account
from .files import accept_identity, correct_trainee, facts_of, raise_if_known, register, set_identity
from .groups import add_membership, end_membership
from .limits import lift_limit, refuse_restricted, set_limit

__all__ = [
    "accept_identity", "add_membership", "correct_trainee", "end_membership", "facts_of", "lift_limit",
    "link_account", "raise_if_known", "refuse_restricted", "register", "set_identity", "set_limit",
]  # fmt: skip
