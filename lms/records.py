"""What every stored record says of itself: may it change, and how private is each of its fields.

tests/house/test_records.py walks all models and fails when one keeps silent.
"""

from collections.abc import Iterable
from enum import Enum, StrEnum
from typing import Any, ClassVar, NoReturn, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _


class Actor(Protocol):
    """Who acts: an account, or an agent (a command, a nightly task). What the logs write down of them."""

    @property
    def label(self) -> str: ...

    @property
    def pk(self) -> Any: ...


class Mutability(Enum):
    MUTABLE = "mutable"  # changed through its room's actions, each change audited
    APPEND_ONLY = "append-only"  # an event: corrected by another event
    DERIVED = "derived"  # rebuilt from events; deleting it loses nothing


class FieldClass(StrEnum):
    """Order of privacy; a name, an address or a phone is PERSONAL, see PIPL art. 4 and 28."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class RecordRefused(Exception):
    """A write by another door than the record's action."""


class Record(models.Model):
    mutability: Mutability = Mutability.MUTABLE
    # Field name -> class. "*" covers the rest and is only allowed where nothing is about a person.
    field_classes: dict[str, FieldClass] = {}
    # Wagtail would queue one background task per saved record to index what it points to; nobody asks for that.
    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True


class AppendOnlyQuerySet(models.QuerySet):
    model: Any

    def append(self, **fields: Any) -> Any:
        """The one way in. The caller is the room's action, in its transaction."""
        row: Any = self.model(**fields)
        row.save_appended()
        return row

    def append_many(self, rows: Iterable[Any]) -> list[Any]:
        return super().bulk_create(list(rows))

    def wipe(self, **fields: Any) -> int:
        """The retention job's door: an event stays, what it says of a person goes."""
        return super().update(**fields)

    def repoint(self, pk: Any, **columns: Any) -> None:
        """The one way past append-only, for trainees.merging alone: two files turn out to be one person's, so their
        events go to the file that stays, and back when that was a mistake. Who used it, and what stood there before,
        is in the merge's snapshot. Only columns that the model names in `repointable`; never what was seen or when.
        """
        forbidden = columns.keys() - self.model.repointable
        if forbidden or not columns:
            raise RecordRefused(f"{self.model.__name__} is append-only: {', '.join(sorted(forbidden))} stays.")
        models.QuerySet.update(self.filter(pk=pk), **columns)

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RecordRefused(_("%(model)s is append-only: add another event.") % {"model": self.model.__name__})

    create = get_or_create = update_or_create = bulk_create = bulk_update = update = delete = _refuse


class AppendOnly(Record):
    mutability = Mutability.APPEND_ONLY
    # Columns that say whose file an event lies in; see AppendOnlyQuerySet.repoint.
    repointable: frozenset[str] = frozenset()
    # A subclass names its own, always of this kind.
    objects: ClassVar[Any] = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save_appended(self) -> None:
        super().save(force_insert=True)

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RecordRefused(f"{type(self).__name__} is append-only: use its action.")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RecordRefused(f"{type(self).__name__} is append-only and stays.")
