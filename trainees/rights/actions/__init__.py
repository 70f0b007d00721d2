"""The one door to requests, exports and retention."""

from .emptying import empty_rosters
from .exports import ask_export, drop_expired, make_export, show_password
from .requests import answer, make_copy, record_request, restrict, unrestrict
from .retention import carry_out, confirm, keep_longer, list_due, propose, restart_leftovers, set_rule

__all__ = [
    "answer", "ask_export", "carry_out", "confirm", "drop_expired", "empty_rosters", "keep_longer", "list_due",
    "make_copy", "make_export", "propose", "record_request", "restart_leftovers", "restrict", "set_rule",
    "show_password", "unrestrict",
]  # fmt: skip
