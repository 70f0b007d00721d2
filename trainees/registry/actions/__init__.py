"""The one door for every change of the registry."""

from .accounts import link_account
from .files import accept_identity, correct_trainee, facts_of, raise_if_known, register, set_identity
from .groups import add_membership, end_membership
from .takeback import void_file, withdraw_identity, withdraw_membership

__all__ = [
    "accept_identity", "add_membership", "correct_trainee", "end_membership", "facts_of", "link_account",
    "raise_if_known", "register", "set_identity", "void_file", "withdraw_identity", "withdraw_membership",
]  # fmt: skip
