"""A roster's way through the browser."""

from .deciding import roster_commit, roster_skip, roster_undo
from .files import roster_discard, roster_errors, roster_list, roster_preview, roster_upload
from .rows import roster_row, roster_row_decide, roster_row_plain, roster_row_take

__all__ = [
    "roster_commit", "roster_discard", "roster_errors", "roster_list", "roster_preview", "roster_row",
    "roster_row_decide", "roster_row_plain", "roster_row_take", "roster_skip", "roster_undo", "roster_upload",
]  # fmt: skip
