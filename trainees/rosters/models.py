from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.privacy import masking
from lms.privacy.fields import EncryptedJSONField
from lms.privacy.storage import SealedStorage
from lms.records import FieldClass, Record
from trainees.registry.models import Trainee

from .enums import ImportState, Verdict


class RosterImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        scope = scope_of(user)
        office = scope.within("place__code", Role.MANAGER, Role.CLERK)
        return self.filter(office if not office else office | Q(started_by=user))


class RosterImport(Record):
    """A roster file on its way in: read, previewed, decided, entered."""

    field_classes = {
        "file": FieldClass.SENSITIVE,
        "file_name": FieldClass.INTERNAL,
        "sha256": FieldClass.INTERNAL,
        "state": FieldClass.INTERNAL,
        "problem": FieldClass.INTERNAL,
        "report_day": FieldClass.INTERNAL,
        "header_row": FieldClass.INTERNAL,
        "columns": FieldClass.INTERNAL,
        "notes": FieldClass.INTERNAL,
        "created_at": FieldClass.INTERNAL,
        "committed_at": FieldClass.INTERNAL,
    }

    file = models.FileField(upload_to="rosters/", storage=SealedStorage())
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.READING)
    problem = models.CharField(max_length=300, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="imports"
    )
    # Rows outside this place are refused; none means the whole county.
    place = models.ForeignKey("lms.Division", on_delete=models.PROTECT, related_name="+")
    training_class = models.ForeignKey(
        "courses.TrainingClass", on_delete=models.SET_NULL, null=True, blank=True, related_name="imports",
        verbose_name=_("class"),
    )  # fmt: skip
    # Groups named on the roster hold from this day on, so an older class never claims them.
    report_day = models.DateField(_("roster of"))
    header_row = models.PositiveIntegerField(default=0)
    columns = models.JSONField(default=dict, blank=True)
    notes = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True, blank=True)

    objects = RosterImportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.file_name


class RosterRow(Record):
    """One row of the file: what stood there, what we make of it, who it became. No row is ever dropped."""

    field_classes = {
        "number": FieldClass.INTERNAL,
        "cells": FieldClass.SENSITIVE,
        "values": FieldClass.SENSITIVE,
        "verdict": FieldClass.INTERNAL,
        "reasons": FieldClass.INTERNAL,
        "warnings": FieldClass.INTERNAL,
        "committed": FieldClass.INTERNAL,
    }

    roster = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="rows")
    # As Excel counts: the first row of the sheet is 1.
    number = models.PositiveIntegerField()
    cells = EncryptedJSONField(blank=True)
    values = EncryptedJSONField(blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    # [{"code", "column", "value" masked}], worst first.
    reasons = models.JSONField(default=list, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    trainee = models.ForeignKey(Trainee, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    committed = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["roster", "number"], name="one_verdict_per_row")]

    def __str__(self):
        return f"{self.roster_id}:{self.number} {self.verdict}"

    @property
    def masked_name(self) -> str:
        return masking.name(self.values["name"])

    @property
    def masked_id(self) -> str:
        return masking.id_number(self.values["id_number"])

    @property
    def masked_phone(self) -> str:
        return masking.phone(self.values["phone"])
