from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.privacy.fields import EncryptedTextField
from lms.records import AppendOnly, AppendOnlyQuerySet, FieldClass
from trainees.registry.models import Trainee


class LedgerEntryQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user):
        return self.filter(trainee__in=Trainee.objects.visible_to(user))


class LedgerEntryManager(models.Manager.from_queryset(LedgerEntryQuerySet)):  # type: ignore[misc]
    def get_queryset(self):
        """With the class: every list of entries names it, the page of a file by the person's own relation too."""
        return super().get_queryset().select_related("training_class")


class LedgerEntry(AppendOnly):
    """培训台账: what a ledger kept elsewhere says of one person in one class, once, beside our own records.

    A certificate number of somebody else's is a remark here and never one of our certificates.
    """

    repointable = frozenset({"trainee_id"})
    field_classes = {
        "certificate_number": FieldClass.PERSONAL,
        "outcome": FieldClass.PERSONAL,
        "shop": FieldClass.PERSONAL,
        "passed": FieldClass.PERSONAL,
        "score": FieldClass.PERSONAL,
        "source": FieldClass.INTERNAL,
        "recorded_at": FieldClass.INTERNAL,
        "recorded_by": FieldClass.INTERNAL,
    }

    training_class = models.ForeignKey("courses.TrainingClass", on_delete=models.PROTECT, related_name="ledger_entries")
    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="ledger_entries")
    # Free texts of strangers: they hold ID and telephone numbers more often than not.
    certificate_number = EncryptedTextField(_("certificate number"), blank=True)
    outcome = EncryptedTextField(_("what came of it"), blank=True)
    shop = EncryptedTextField(_("shop"), blank=True)
    passed = models.BooleanField(_("passed"), null=True)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=1, null=True, blank=True)
    source = models.CharField(_("source"), max_length=120)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=150)

    objects: ClassVar[Any] = LedgerEntryManager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["training_class", "trainee"],
                name="one_ledger_entry_per_class_and_trainee",
                violation_error_message=_("A ledger has told of this person in this class already."),
            )
        ]

    def __str__(self):
        return f"{self.training_class_id}/{self.trainee_id}"
