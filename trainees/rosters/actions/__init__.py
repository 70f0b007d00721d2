"""The one door to rosters: the file, its rows, entering them and taking them back."""

from .choosing import commit_import
from .entering import enter_batch, finish_entering
from .files import discard_import, start_import
from .judging import header_of, written
from .rows import EDITABLE, decide_row, edit_row, skip_rows, take_offers
from .undoing import finish_undo, in_the_way, undo_batch, undo_import, undoable

__all__ = [
    "EDITABLE",
    "commit_import",
    "decide_row",
    "discard_import",
    "edit_row",
    "enter_batch",
    "finish_entering",
    "finish_undo",
    "header_of",
    "in_the_way",
    "skip_rows",
    "start_import",
    "take_offers",
    "undo_batch",
    "undo_import",
    "undoable",
    "written",
]  # fmt: skip
