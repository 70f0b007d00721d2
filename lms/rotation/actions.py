"""Everything encrypted gets the first key of FIELD_KEYS, while people work.

A value is written only where the column still holds what was read: whoever changes it meanwhile wins. Each batch is a
transaction of its own; after a run that was stopped the next one finds the old values that are left.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection, transaction

from lms.audit.models import AuditEvent
from lms.privacy import crypto
from lms.records import Actor

from .queries import Place, below, ciphertext, file_places, is_held, places, rows_of

# Others may write with the old key until the last of them has been restarted: look again, and give up with a number.
PASSES = 3
MARK = re.compile(r"\.key-[0-9a-f]{8}$")


@dataclass
class Rotated:
    place: Place
    rewritten: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    missing: int = 0


def rotate(*, by: Actor, batch: int, tell: Callable[[Rotated], None] = lambda _done: None) -> list[Rotated]:
    """Re-encrypt what another key than the first one wrote; what no key opens is counted and left as it is."""
    done = [_rotate_place(place, batch, tell) for place in places()]
    first = crypto.ring()[0]
    AuditEvent.objects.append(  # about no record of a table, so not through record_event
        actor=by.label, actor_id=str(by.pk or ""), event="keys.rotated", record_type="field_keys",
        record_id=first.fingerprint, record_label=first.name,
        changes={one.place.label: [None, one.rewritten] for one in done if one.rewritten},
    )  # fmt: skip
    return done


def _rotate_place(place: Place, batch: int, tell: Callable[[Rotated], None]) -> Rotated:
    done = Rotated(place)
    for _attempt in range(PASSES):
        before = done.rewritten
        done.lost.clear()
        done.missing = 0
        for rows in rows_of(place, batch=batch, but_current=True):
            (_rotate_files if place.is_file else _rotate_values)(done, rows)
            tell(done)
        if done.rewritten == before:
            break
    return done


def _rotate_values(done: Rotated, rows: list[tuple[Any, str]]) -> None:
    # Opened and sealed before the transaction: on SQLite all others wait while it lasts.
    changes = [(new, key, old) for key, old in rows if (new := _sealed_anew(done, old.encode())) is not None]
    if changes:
        done.rewritten += _write(done.place, [(new.decode(), key, old) for new, key, old in changes])


def _rotate_files(done: Rotated, rows: list[tuple[Any, str]]) -> None:
    # By name: a corrected entry and a merged profile share the file of another row.
    for name, holders in Counter(name for _key, name in rows).items():
        data = ciphertext(done.place, name)
        if data is None:
            done.missing += holders
        elif not crypto.is_current(data) and (new := _sealed_anew(done, data, holders)) is not None:
            done.rewritten += _replace(name, new)


def _replace(name: str, data: bytes) -> int:
    """Beside the old file, then in every row that holds it, then without the old one: a reader finds one of the two at
    any moment. Returns how many rows have the new name.

    The new name follows from the old, so that a run that was killed in between leaves nothing behind the next one.
    """
    path = PurePosixPath(name)
    stem = MARK.sub("", path.stem)
    wanted = str(path.with_name(f"{stem}.key-{crypto.ring()[0].fingerprint}{path.suffix}"))
    if not is_held(wanted):
        below().delete(wanted)
    stored = below().save(wanted, ContentFile(data))
    written = _point(name, stored)
    if not written:
        below().delete(stored)
    elif not is_held(name):
        below().delete(name)
    return written


def _point(name: str, stored: str) -> int:
    """Every row of every column that holds the old name gets the new one, all at once."""
    written = 0
    with transaction.atomic(), connection.cursor() as cursor:
        # Looked for twice: whoever held a row meanwhile may have written its twin, which the first look did not see.
        for place in 2 * file_places():
            table, column = connection.ops.quote_name(place.table), connection.ops.quote_name(place.column)
            cursor.execute(
                f"UPDATE {table} SET {column} = %s WHERE {column} = %s",  # noqa: S608 - names of models
                [stored, name],
            )
            written += cursor.rowcount
    return written


def _sealed_anew(done: Rotated, data: bytes, holders: int = 1) -> bytes | None:
    try:
        return crypto.encrypt_bytes(crypto.open_with_key(data)[1])
    except crypto.KeyLost as error:
        done.lost[error.fingerprint] += holders
        return None


def _write(place: Place, changes: list[tuple[str, Any, str]]) -> int:
    """(new, key of the row, what was read): how many rows still held what was read."""
    quote = connection.ops.quote_name
    table, column, key = quote(place.table), quote(place.column), quote(place.key_column)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s",  # noqa: S608 - names of models
            changes,
        )
        return cursor.rowcount
