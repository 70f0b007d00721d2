from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.privacy import masking
from lms.privacy.crypto import lookup_hash
from lms.privacy.fields import EncryptedJSONField
from lms.privacy.storage import SealedStorage
from lms.records import FieldClass, Record
from trainees.registry.models import Trainee

from .enums import Decision, ImportState, Verdict


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
        "undo_reason": FieldClass.INTERNAL,
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
    # Why it is being taken back: the work may be resumed by another worker, which must know it.
    undo_reason = models.CharField(max_length=200, blank=True)

    objects = RosterImportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.file_name


class RosterRowQuerySet(models.QuerySet):
    def left(self):
        """Neither entered nor set aside: still to be mended, decided or chosen."""
        return self.filter(committed=False, skipped=False)


class RosterRow(Record):
    """One row of the file: what stood there, what was mended, what we make of it, who it became. No row is dropped."""

    field_classes = {
        "number": FieldClass.INTERNAL,
        "cells": FieldClass.SENSITIVE,
        "number_fields": FieldClass.INTERNAL,
        "edits": FieldClass.SENSITIVE,
        "values": FieldClass.SENSITIVE,
        "row_key": FieldClass.SENSITIVE,
        "verdict": FieldClass.INTERNAL,
        "reasons": FieldClass.INTERNAL,
        "warnings": FieldClass.INTERNAL,
        "candidates": FieldClass.INTERNAL,
        "decision": FieldClass.INTERNAL,
        "offers": FieldClass.SENSITIVE,
        "skipped": FieldClass.INTERNAL,
        "chosen": FieldClass.INTERNAL,
        "version": FieldClass.INTERNAL,
        "committed": FieldClass.INTERNAL,
        "entered_at": FieldClass.INTERNAL,
        "done": FieldClass.SENSITIVE,
    }

    roster = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="rows")
    # As Excel counts: the first row of the sheet is 1.
    number = models.PositiveIntegerField()
    cells = EncryptedJSONField(blank=True)
    # Fields whose cell held a number and no text, which the text of the cell no longer tells.
    number_fields = models.JSONField(default=list, blank=True)
    # Field -> what a clerk wrote in its place. The cells stay as they came.
    edits = EncryptedJSONField(default=None, blank=True)
    values = EncryptedJSONField(blank=True)
    # Class and ID number, as a keyed hash: the same row again, in this file or another.
    row_key = models.CharField(max_length=64, blank=True, editable=False)
    verdict = models.CharField(max_length=10, choices=Verdict)
    # [{"code", "column", "value" masked}], worst first.
    reasons = models.JSONField(default=list, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    trainee = models.ForeignKey(Trainee, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Keys of files this may be; a decision holds for these and no others.
    candidates = models.JSONField(default=list, blank=True)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.NONE, blank=True)
    # What it says new of a known file: [{"field", "old", "new", "take"}].
    offers = EncryptedJSONField(default=None, blank=True)
    skipped = models.BooleanField(default=False)
    # Part of the entering under way.
    chosen = models.BooleanField(default=False)
    # Raised by every change: a form made from an older one is refused.
    version = models.PositiveIntegerField(default=0)
    committed = models.BooleanField(default=False)
    entered_at = models.DateTimeField(null=True, blank=True)
    # What entering it did, so that it can be taken back exactly.
    done = EncryptedJSONField(default=None, blank=True)

    objects = RosterRowQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["row_key"], name="rosterrow_key")]
        constraints = [
            models.UniqueConstraint(fields=["roster", "number"], name="one_verdict_per_row"),
            models.CheckConstraint(
                condition=Q(committed=False) | Q(skipped=False),
                name="a_skipped_row_is_not_entered",
                violation_error_message=_("A row that is left out cannot be entered."),
            ),
        ]

    def __str__(self):
        return f"{self.roster_id}:{self.number} {self.verdict}"

    @staticmethod
    def key_of(training_class_id: int | None, id_number: str) -> str:
        return lookup_hash("roster.row", f"{training_class_id or ''}:{id_number}") if id_number else ""

    @property
    def masked_name(self) -> str:
        return masking.name(self.values["name"])

    @property
    def masked_id(self) -> str:
        return masking.id_number(self.values["id_number"])

    @property
    def masked_phone(self) -> str:
        return masking.phone(self.values["phone"])
