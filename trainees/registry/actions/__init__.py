"""The one door for every change of the registry."""

from .accounts import link_account
from .disability import correct_disability, record_disability, void_disability
from .files import accept_identity, correct_trainee, facts_of, raise_if_known, register, set_identity
from .groups import (
    add_membership,
    attach_document,
    correct_membership,
    end_membership,
    verify_membership,
    void_membership,
)
from .households import (
    correct_household,
    household_numbered,
    leave_poverty,
    open_household,
    set_poverty,
    verify_period,
    void_period,
)
from .limits import lift_limit, refuse_restricted, set_limit
from .members import (
    follow_household,
    hold_household,
    hold_households,
    join_household,
    leave_household,
    sync_poverty,
    void_member,
)
from .moving import home_of, may_go_home, moved, put_back_home
from .opening import NewPerson, register_many
from .search import index_new, index_people, rebuild_search
from .takeback import void_file, withdraw_identity

__all__ = [
    "NewPerson", "accept_identity", "add_membership", "attach_document", "correct_disability", "correct_household",
    "correct_membership", "correct_trainee", "end_membership", "facts_of", "follow_household", "hold_household",
    "hold_households", "home_of", "household_numbered", "index_new", "index_people", "join_household",
    "leave_household", "leave_poverty", "lift_limit", "link_account", "may_go_home", "moved", "open_household",
    "put_back_home", "raise_if_known", "rebuild_search", "record_disability", "refuse_restricted", "register",
    "register_many", "set_identity", "set_limit", "set_poverty", "sync_poverty", "verify_membership", "verify_period",
    "void_disability", "void_file", "void_member", "void_membership", "void_period", "withdraw_identity",
]  # fmt: skip
