from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.privacy.fields import EncryptedJSONField
from lms.records import FieldClass, Mutability, Record
from trainees.registry.models import Trainee, in_use

from .enums import Ground, PairState

# Who may say that two files are one person's: within the places of the role, both of them.
MERGING = (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR)


class MatchKeyQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(trainee__in=Trainee.objects.visible_to(user))


class MatchKey(Record):
    """What a file would share with another one of the same person, as keyed hashes. Derived: see actions.finding."""

    mutability = Mutability.DERIVED
    field_classes = {"ground": FieldClass.INTERNAL, "digest": FieldClass.PERSONAL}

    trainee = models.ForeignKey(Trainee, on_delete=models.CASCADE, related_name="match_keys")
    ground = models.CharField(max_length=10, choices=Ground)
    digest = models.CharField(max_length=64, db_index=True)

    objects = MatchKeyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trainee", "ground", "digest"], name="one_key_per_file")]

    def __str__(self):
        return f"{self.trainee_id} {self.ground}"


class PairQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Both files within the places of the role: a pair that reaches beyond is the county centre's."""
        scope = scope_of(user)
        return self.filter(
            scope.within("first__township__code", *MERGING), scope.within("second__township__code", *MERGING)
        )

    def waiting(self):
        return self.filter(in_use("first__"), in_use("second__"), state=PairState.OPEN)


class DuplicatePair(Record):
    """Two files that may be one person's, and what somebody decided about them."""

    field_classes = {
        "grounds": FieldClass.INTERNAL,
        "rank": FieldClass.INTERNAL,
        "state": FieldClass.INTERNAL,
        "found_at": FieldClass.INTERNAL,
        "fingerprint": FieldClass.INTERNAL,
        "decided_at": FieldClass.INTERNAL,
        "decided_by": FieldClass.INTERNAL,
        "reason": FieldClass.INTERNAL,
    }

    first = models.ForeignKey(Trainee, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Trainee, on_delete=models.CASCADE, related_name="+")
    grounds = models.JSONField(default=list)
    # The strongest ground first in the list of pairs.
    rank = models.PositiveSmallIntegerField(default=9)
    state = models.CharField(max_length=10, choices=PairState, default=PairState.OPEN)
    found_at = models.DateTimeField(auto_now_add=True)
    # Of both files' keys when they were called two people: another one asks again.
    fingerprint = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = PairQuerySet.as_manager()

    class Meta:
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_pair_of_two_files"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="a_pair_names_the_older_file_first"),
        ]

    def __str__(self):
        return f"{self.first_id}/{self.second_id} {self.state}"


class MergeQuerySet(models.QuerySet):
    def visible_to(self, user):
        scope = scope_of(user)
        return self.filter(
            scope.within("survivor__township__code", *MERGING), scope.within("loser__township__code", *MERGING)
        )

    def standing(self):
        return self.filter(undone_at__isnull=True)


class Merge(Record):
    """Two files became one. The snapshot holds every row that changed, so that it can be undone."""

    field_classes = {
        "snapshot": FieldClass.SENSITIVE,
        "counts": FieldClass.INTERNAL,
        "reason": FieldClass.INTERNAL,
        "merged_at": FieldClass.INTERNAL,
        "merged_by": FieldClass.INTERNAL,
        "undone_at": FieldClass.INTERNAL,
        "undone_by": FieldClass.INTERNAL,
        "undo_reason": FieldClass.INTERNAL,
    }

    survivor = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="merges")
    loser = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="merged_away")
    snapshot = EncryptedJSONField()
    # [[table, moved, joined], ...] as the result page tells them.
    counts = models.JSONField(default=list)
    reason = models.CharField(max_length=200, blank=True)
    merged_at = models.DateTimeField(auto_now_add=True)
    merged_by = models.CharField(max_length=150)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=150, blank=True)
    undo_reason = models.CharField(max_length=200, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["loser"],
                condition=Q(undone_at__isnull=True),
                name="a_file_goes_on_in_one_other",
                violation_error_message=_("This file was merged already."),
            ),
            models.CheckConstraint(condition=~Q(survivor=F("loser")), name="a_merge_has_two_files"),
        ]

    def __str__(self):
        return f"{self.loser_id} → {self.survivor_id}"
