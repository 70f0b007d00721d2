"""The one door for every change of the registry."""

from .accounts import link_account
from .files import accept_identity, correct_trainee, facts_of, raise_if_known, register, set_identity
from .groups import add_membership, end_membership
from .rosters import commit_import, discard_import, start_import

__all__ = [
    "accept_identity", "add_membership", "commit_import", "correct_trainee", "discard_import", "end_membership",
    "facts_of", "link_account", "raise_if_known", "register", "set_identity", "start_import",
]  # fmt: skip
