"""The one door for every change of the registry."""

from .accounts import link_account
from .files import accept_identity, correct_trainee, facts_of, raise_if_known, register, set_identity
from .groups import add_membership, end_membership
from .search import index_new, index_people, rebuild_search

__all__ = [
    "accept_identity", "add_membership", "correct_trainee", "end_membership", "facts_of", "index_new",
    "index_people", "link_account", "raise_if_known", "rebuild_search", "register", "set_identity",
]  # fmt: skip
