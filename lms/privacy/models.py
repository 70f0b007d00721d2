from django.db import models

from lms.records import AppendOnly, FieldClass


class FileView(AppendOnly):
    """Somebody looked into a person's file. Text, not keys: the log outlives what it speaks of."""

    field_classes = {
        "at": FieldClass.INTERNAL,
        "viewer": FieldClass.PERSONAL,
        "viewer_id": FieldClass.INTERNAL,
        "file_number": FieldClass.INTERNAL,
        "unmasked": FieldClass.INTERNAL,
        "reason": FieldClass.INTERNAL,
    }

    at = models.DateTimeField(auto_now_add=True)
    viewer = models.CharField(max_length=150)
    viewer_id = models.CharField(max_length=20)
    file_number = models.CharField(max_length=20, db_index=True)
    unmasked = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.viewer} → {self.file_number}"
