from django.db import models
from django.db.models import Q
from django.db.models.lookups import BuiltinLookup

from lms.records import FieldClass, Mutability, Record
from trainees.registry.enums import KeyKind
from trainees.registry.search_keys import LENGTH

from .people import Trainee

LAST_CHARACTER = "\U0010ffff"


@models.CharField.register_lookup
class Begins(BuiltinLookup):
    """Text looked up by its beginning through its index, on both databases.

    `startswith` reads the whole table on SQLite, which compares LIKE without regard to case. PostgreSQL answers a
    LIKE from an index of patterns, and a range only where the database sorts by bytes.
    """

    lookup_name = "begins"

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        text = str(self.rhs).replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        return f"{column} LIKE %s", [*params, text + "%"]

    def as_sqlite(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", [*params, self.rhs, *params, f"{self.rhs}{LAST_CHARACTER}"]


class SearchKeyQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(trainee__in=Trainee.objects.visible_to(user))


class SearchKey(Record):
    """One way to find one person. Derived from the file in the same transaction; `rebuild_search` makes it anew."""

    mutability = Mutability.DERIVED
    field_classes = {"kind": FieldClass.INTERNAL, "key": FieldClass.PERSONAL}

    # Its index is the one of the constraint.
    trainee = models.ForeignKey(Trainee, on_delete=models.CASCADE, related_name="search_keys", db_index=False)
    kind = models.PositiveSmallIntegerField(choices=KeyKind)
    key = models.CharField(max_length=LENGTH)

    objects = SearchKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trainee", "kind", "key"], name="one_search_key_of_a_kind"),
            models.CheckConstraint(condition=~Q(key=""), name="search_key_is_never_empty"),
        ]
        indexes = [
            # Answers a search without touching the table itself.
            models.Index(
                fields=["key", "kind", "trainee"], name="search_by_key",
                opclasses=["varchar_pattern_ops", "int2_ops", "int8_ops"],
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.trainee_id} {self.kind}"
