"""Certificates are issued, revoked and printed here, and nowhere else."""

from .certificates import issue, record_printing, revoke
from .printing import (
    Paper,
    forget_files,
    keep_bound,
    keep_part,
    order_class,
    order_selection,
    settle,
)

__all__ = [
    "Paper",
    "forget_files",
    "issue",
    "keep_bound",
    "keep_part",
    "order_class",
    "order_selection",
    "record_printing",
    "revoke",
    "settle",
]
