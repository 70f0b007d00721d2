"""What all dated entries of a file have in common: their days, who wrote them, the proof, and why one was voided."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.privacy.storage import SealedStorage
from lms.records import FieldClass, Record
from trainees.registry.enums import Evidence

INTERNAL, SENSITIVE = FieldClass.INTERNAL, FieldClass.SENSITIVE


class LiveQuerySet(models.QuerySet):
    def live(self):
        """Without what was entered by mistake; that stays as history alone."""
        return self.filter(voided_at__isnull=True)


class DatedQuerySet(LiveQuerySet):
    def as_of(self, day):
        """What held on that day. Reports ask for the day of the session, never for today."""
        return self.live().filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))

    def touching(self, start: datetime.date, end: datetime.date | None) -> "DatedQuerySet":
        """What shares a day with this span; no end is for ever."""
        rows = self.live().filter(Q(valid_to__isnull=True) | Q(valid_to__gte=start))
        return rows if end is None else rows.filter(valid_from__lte=end)


class Kept(Record):
    """Written once; a mistake is voided with a reason and another entry made."""

    field_classes = {
        "recorded_at": INTERNAL, "recorded_by": INTERNAL,
        "voided_at": INTERNAL, "voided_by": INTERNAL, "void_reason": INTERNAL,
    }  # fmt: skip

    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=150)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.CharField(max_length=150, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class Dated(Kept):
    field_classes = {**Kept.field_classes, "valid_from": INTERNAL, "valid_to": INTERNAL, "end_reason": INTERNAL}

    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class Proved(Record):
    """What it was taken from, and the second pair of eyes."""

    field_classes = {
        "evidence": INTERNAL, "evidence_note": SENSITIVE, "document": SENSITIVE, "document_type": INTERNAL,
        "verified_at": INTERNAL, "verified_by": INTERNAL,
    }  # fmt: skip

    evidence = models.CharField(_("evidence"), max_length=15, choices=Evidence)
    evidence_note = models.CharField(_("note on the evidence"), max_length=200, blank=True)
    document = models.FileField(_("document"), upload_to="evidence/", storage=SealedStorage(), blank=True)
    # pdf, jpg or png, as the content says.
    document_type = models.CharField(max_length=4, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=150, blank=True)

    class Meta:
        abstract = True


def ends_after_it_starts(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
        name=name,
        violation_error_message=_("The last day lies before the first."),
    )
