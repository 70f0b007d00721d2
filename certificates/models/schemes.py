from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.records import AppendOnly, FieldClass

from ..enums import CertificateKind


class NumberScheme(AppendOnly):
    """How a programme numbers one kind of certificate from a decision on. A change is another version: numbers that
    were given out keep the scheme they were made by."""

    field_classes = {"*": FieldClass.PUBLIC}

    programme = models.ForeignKey("lms.Programme", on_delete=models.PROTECT, related_name="number_schemes")
    kind = models.CharField(_("kind"), max_length=12, choices=CertificateKind)
    version = models.PositiveIntegerField()
    pattern = models.CharField(_("scheme"), max_length=60)
    # How long a certificate of this kind holds; empty: for good.
    valid_months = models.PositiveIntegerField(_("holds for (months)"), null=True, blank=True)
    decided_on = models.DateField(_("decided on"))
    decided_by = models.CharField(_("decided by"), max_length=150)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["programme", "kind", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind", "version"],
                name="one_scheme_per_version",
                violation_error_message=_("Somebody else has just decided on another scheme. Look at it first."),
            ),
            models.CheckConstraint(
                condition=Q(valid_months__isnull=True) | Q(valid_months__gte=1, valid_months__lte=120),
                name="holds_for_some_months",
                violation_error_message=_("A certificate holds for 1 to 120 months, or for good."),
            ),
        ]

    def __str__(self):
        return f"{self.programme.code} {self.kind} v{self.version}"
