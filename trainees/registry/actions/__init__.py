"""The one door for every change of the registry."""

from .accounts import link_account
from .files import accept_identity, correct_trainee, facts_of, raise_if_known, register, set_identity
from .groups import add_membership, end_membership
from .opening import NewPerson, register_many

__all__ = [
    "NewPerson", "accept_identity", "add_membership", "correct_trainee", "end_membership", "facts_of", "link_account",
    "raise_if_known", "register", "register_many", "set_identity",
]  # fmt: skip
