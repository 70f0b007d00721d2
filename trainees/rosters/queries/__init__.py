"""What the pages of rosters show."""

from .files import KINDS, Preview, import_places, imports_of, preview_of
from .rows import ShownRow, row_events, rows_of, shown_rows

__all__ = [
    "KINDS", "Preview", "ShownRow", "import_places", "imports_of", "preview_of", "row_events", "rows_of",
    "shown_rows",
]  # fmt: skip
