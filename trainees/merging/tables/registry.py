"""The rules by table and column."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from .moving import Moving

# Moves the losing file's rows of one table. Never deletes an event, never lets one person stand for two.
Rule = Callable[[Moving], None]
# After a merge: sentences that say what was built on it in this table; any of them keeps it from being undone. Given
# the merge and the primary keys that both files' rows of the table had then.
InTheWay = Callable[[Moving, set[int]], list[str]]


@dataclass(frozen=True)
class Table:
    model: str  # "trainees.Enrolment"
    column: str  # "trainee"
    label: str | Promise
    rule: Rule
    # Follows from other tables: comes after all that are not.
    derived: bool = False
    in_the_way: InTheWay | None = None


TABLES: dict[tuple[str, str], Table] = {}


def enlist(
    model: str,
    column: str,
    *,
    label: str | Promise,
    rule: Rule,
    derived: bool = False,
    in_the_way: InTheWay | None = None,
) -> None:
    """Called from an app's ready(). The same column twice is a mistake in the code."""
    known = TABLES.get((model, column))
    if known is not None and known.rule is not rule:
        raise ValueError(f"Two rules for {model}.{column}.")
    TABLES[model, column] = Table(model, column, label, rule, derived, in_the_way)
