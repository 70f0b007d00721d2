"""The one door to pairs of files and to merges."""

from .deciding import decide_different, forget_pairs
from .finding import find_all, look_at
from .merging import Preview, merge_files, preview_merge
from .undoing import forget_snapshots, in_the_way, undo_merge

__all__ = [
    "Preview", "decide_different", "find_all", "forget_pairs", "forget_snapshots", "in_the_way", "look_at",
    "merge_files", "preview_merge", "undo_merge",
]  # fmt: skip
