"""What entering or taking back made of rows is written here."""

from collections import defaultdict
from collections.abc import Sequence

from ..models import RosterRow

# In most rows of a batch the same, and in each row its own.
ALIKE = ("verdict", "reasons", "chosen", "version", "committed", "entered_at", "warnings")
OWN = ("trainee", "done")


def store(rows: Sequence[RosterRow]) -> None:
    """A CASE over all columns of a hundred rows costs more than all else that is done with them."""
    groups: dict[str, list[RosterRow]] = defaultdict(list)
    for row in rows:
        groups[repr([getattr(row, name) for name in ALIKE])].append(row)
    for alike in groups.values():
        facts = {name: getattr(alike[0], name) for name in ALIKE}
        RosterRow.objects.filter(pk__in=[row.pk for row in alike]).update(**facts)
    RosterRow.objects.bulk_update(rows, OWN)
