"""The search table follows the files, in the transaction that changes them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from trainees.registry.models import SearchKey, Trainee
from trainees.registry.search_keys import keys_of, locked_kinds

BATCH = 500


@dataclass
class Rebuilt:
    people: int = 0
    added: int = 0
    removed: int = 0


def index_people(trainees: Sequence[Trainee]) -> tuple[int, int]:
    """Write what these files are found by; (rows added, rows removed). Whoever changes a name, another name, a number
    or a file number calls it, inside the transaction and with the row locked."""
    wanted = {(trainee.pk, *key) for trainee in trainees for key in keys_of(trainee)}
    rows = SearchKey.objects.filter(trainee__in=trainees).values_list("pk", "trainee_id", "kind", "key")
    known = {tuple(row[1:]): row[0] for row in rows}
    kept = {(trainee.pk, kind) for trainee in trainees for kind in locked_kinds(trainee)}
    gone = [pk for row, pk in known.items() if row not in wanted and row[:2] not in kept]
    if gone:
        SearchKey.objects.filter(pk__in=gone).delete()
    added = _insert(wanted - known.keys())
    return added, len(gone)


def index_new(trainees: Iterable[Trainee]) -> None:
    """The same for files just made, which have no keys to compare with."""
    _insert({(trainee.pk, *key) for trainee in trainees for key in keys_of(trainee)})


def _insert(rows: Iterable[tuple[int, int, str]]) -> int:
    new = [SearchKey(trainee_id=pk, kind=kind, key=key) for pk, kind, key in sorted(rows)]
    SearchKey.objects.bulk_create(new, batch_size=2000)
    return len(new)


def rebuild_search(*, batch: int = BATCH) -> Rebuilt:
    """Compare every file with its keys and mend what differs, batch by batch while people work."""
    done, last = Rebuilt(), 0
    while True:
        with transaction.atomic():
            people = list(Trainee.objects.select_for_update().filter(pk__gt=last).order_by("pk")[:batch])
            if not people:
                return done
            added, removed = index_people(people)
        last = people[-1].pk
        done.people += len(people)
        done.added += added
        done.removed += removed
