"""The one door for every change of a certificate or a print run."""

from .awards import give_award
from .certificates import issue, record_printing, revoke
from .designs import load_default_designs, lock_designs, publish_design, withdraw_design
from .printing import (
    Paper,
    forget_files,
    keep_part,
    order_class,
    order_selection,
    settle,
)
from .reissuing import reissue, renew
from .reopening import certificates_in_the_way, reopen_class
from .schemes import set_scheme

__all__ = [
    "Paper",
    "certificates_in_the_way",
    "forget_files",
    "give_award",
    "issue",
    "keep_part",
    "load_default_designs",
    "lock_designs",
    "order_class",
    "order_selection",
    "publish_design",
    "record_printing",
    "reissue",
    "renew",
    "reopen_class",
    "revoke",
    "set_scheme",
    "settle",
    "withdraw_design",
]
