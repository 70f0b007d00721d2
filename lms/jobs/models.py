import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.privacy.storage import SealedStorage
from lms.records import FieldClass, Record

from .enums import JobState


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A job is its starter's own: its messages may speak of people."""
        return self.filter(started_by=user)


class Job(Record):
    """Background work: the row is the queue, the broker only wakes a worker."""

    field_classes = {
        "public_id": FieldClass.INTERNAL,
        "kind": FieldClass.INTERNAL,
        "subject": FieldClass.INTERNAL,
        "state": FieldClass.INTERNAL,
        "total": FieldClass.INTERNAL,
        "done": FieldClass.INTERNAL,
        "failed": FieldClass.INTERNAL,
        "message": FieldClass.INTERNAL,
        "result": FieldClass.PERSONAL,
        "queued_at": FieldClass.INTERNAL,
        "claimed_at": FieldClass.INTERNAL,
        "heartbeat_at": FieldClass.INTERNAL,
        "finished_at": FieldClass.INTERNAL,
        "attempts": FieldClass.INTERNAL,
        "cancel_requested": FieldClass.INTERNAL,
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    # The primary key of what the job works on; its kind knows the table.
    subject = models.CharField(max_length=40)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs")
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    result = models.FileField(upload_to="jobs/", storage=SealedStorage(), blank=True)
    queued_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(state__in=["queued", "running"]),
                name="one_unfinished_job_per_subject",
                violation_error_message=_("This work is already under way."),
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.subject} ({self.state})"

    @property
    def percent(self) -> int:
        if self.state == JobState.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0
