from django.db import models

from lms.records import AppendOnly, FieldClass


class AuditEvent(AppendOnly):
    """Who did what to which record, when and why. No foreign keys: it never blocks and never loses a row."""

    field_classes = {
        "at": FieldClass.INTERNAL,
        "actor": FieldClass.PERSONAL,
        "actor_id": FieldClass.INTERNAL,
        "event": FieldClass.INTERNAL,
        "record_type": FieldClass.INTERNAL,
        "record_id": FieldClass.INTERNAL,
        "record_label": FieldClass.INTERNAL,
        "place": FieldClass.INTERNAL,
        "changes": FieldClass.INTERNAL,
        "reason": FieldClass.INTERNAL,
    }

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.CharField(max_length=150)
    actor_id = models.CharField(max_length=20)
    event = models.CharField(max_length=60)
    record_type = models.CharField(max_length=60)
    record_id = models.CharField(max_length=40)
    # A file number or a class code, never a person's name.
    record_label = models.CharField(max_length=120)
    place = models.CharField(max_length=12, blank=True)
    # field -> [before, after]; personal values appear masked.
    changes = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["record_type", "record_id"], name="audit_record")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.event} {self.record_label}"
