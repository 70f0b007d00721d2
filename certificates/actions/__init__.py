"""Certificates are issued, revoked and printed here, and nowhere else."""

from .certificates import issue, record_printing, revoke
from .designs import load_default_designs, lock_designs, publish_design, withdraw_design
from .printing import (
    forget_files,
    keep_bound,
    keep_part,
    order_class,
    order_selection,
    settle,
)

__all__ = [
    "forget_files",
    "issue",
    "keep_bound",
    "keep_part",
    "load_default_designs",
    "lock_designs",
    "order_class",
    "order_selection",
    "publish_design",
    "record_printing",
    "revoke",
    "settle",
    "withdraw_design",
]
