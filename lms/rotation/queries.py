"""Where ciphertext lies, and which key each piece of it wants. Found from the models: none is named here."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.files.storage import Storage, storages
from django.db import connection, models

from lms.privacy import crypto
from lms.privacy.fields import EncryptedTextField
from lms.privacy.storage import SealedStorage


@dataclass(frozen=True)
class Place:
    """A column of ciphertext, or of names of sealed files."""

    label: str
    table: str
    column: str
    key_column: str
    is_file: bool


@dataclass
class Holding:
    """How many values of a place each key opens, and how many no key opens, by the fingerprint they name."""

    place: Place
    opened: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    # Sealed files whose row is there and whose bytes are not.
    missing: int = 0

    @property
    def old(self) -> int:
        return sum(count for name, count in self.opened.items() if name != crypto.ring()[0].name)


def places() -> list[Place]:
    found = []
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        for one in model._meta.local_concrete_fields:
            is_file = isinstance(one, models.FileField) and isinstance(one.storage, SealedStorage)
            if is_file or isinstance(one, EncryptedTextField):
                columns = str(one.column), str(model._meta.pk.column)
                found.append(Place(f"{model._meta.label}.{one.name}", model._meta.db_table, *columns, is_file))
    return sorted(found, key=lambda place: place.label)


def file_places() -> list[Place]:
    return [place for place in places() if place.is_file]


def is_held(name: str) -> bool:
    """Whether a row of any column has this sealed file."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for place in file_places():
            cursor.execute(
                f"SELECT 1 FROM {quote(place.table)} WHERE {quote(place.column)} = %s LIMIT 1",  # noqa: S608
                [name],
            )
            if cursor.fetchone():
                return True
    return False


def rows_of(place: Place, *, batch: int, but_current: bool = False) -> Iterator[list[tuple[Any, str]]]:
    """(key, what stands in the column), batch by batch; raw, for the models would open it."""
    quote = connection.ops.quote_name
    key, column = quote(place.key_column), quote(place.column)
    current = f" AND {column} NOT LIKE %s" if but_current and not place.is_file else ""
    last: Any = None
    while True:
        begin = f" AND {key} > %s" if last is not None else ""
        params = [*([last] if last is not None else []), *([f"{crypto.ring()[0].fingerprint}.%"] if current else [])]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {column} FROM {quote(place.table)} WHERE {column} <> ''{begin}{current} "  # noqa: S608
                f"ORDER BY {key} LIMIT {int(batch)}",
                params,
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def below() -> Storage:
    """Where the sealed files lie as they are."""
    return storages["sealed"]


def ciphertext(place: Place, value: str) -> bytes | None:
    """What is encrypted; None for a file that is not there."""
    if not place.is_file:
        return value.encode()
    try:
        with below().open(value, "rb") as sealed:
            return sealed.read()
    except FileNotFoundError:
        return None


def holdings(*, batch: int) -> list[Holding]:
    """Every value is opened: what is damaged counts as lost too."""
    found = []
    for place in places():
        holding = Holding(place)
        for rows in rows_of(place, batch=batch):
            for _key, value in rows:
                _weigh(holding, ciphertext(place, value))
        found.append(holding)
    return found


def _weigh(holding: Holding, data: bytes | None) -> None:
    if data is None:
        holding.missing += 1
        return
    try:
        holding.opened[crypto.open_with_key(data)[0].name] += 1
    except crypto.KeyLost as error:
        holding.lost[error.fingerprint] += 1
