"""What is asked of the certificates."""

from .due import Due, due, kinds_of, refuse_other_tier, standings_of
from .finding import chain_of, changed_since, current_of, find_by_number, find_by_token, issuer_of
from .printing import (
    PRINT_RUN,
    bookmarks_of,
    content_of,
    counts_of,
    is_ready,
    items_of_part,
    job_of,
    of_year,
    on_paper,
    parts_kept,
    parts_to_print,
    printings_of,
    runs_of,
    runs_of_class,
    stopped_of,
    theirs,
    times_printed,
    valid_in_roster_order,
)
from .schemes import example_of, scheme_of, schemes_of

__all__ = [
    "PRINT_RUN", "Due", "bookmarks_of", "chain_of", "changed_since", "content_of", "counts_of", "current_of", "due",
    "example_of", "find_by_number", "find_by_token", "is_ready", "issuer_of", "items_of_part", "job_of",
    "kinds_of", "of_year", "on_paper", "parts_kept", "parts_to_print", "printings_of", "refuse_other_tier", "runs_of",
    "runs_of_class", "scheme_of", "schemes_of", "standings_of", "stopped_of", "theirs", "times_printed",
    "valid_in_roster_order",
]  # fmt: skip
