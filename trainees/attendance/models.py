import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.records import AppendOnly, AppendOnlyQuerySet, FieldClass, Mutability, Record
from trainees.registry.models import Trainee

from .enums import EnrolmentState, ScanKind, ScanRefusal, ScanSource


class OfTrainee(models.QuerySet):
    def visible_to(self, user):
        return self.filter(trainee__in=Trainee.objects.visible_to(user))


class Enrolment(Record):
    """报名: a trainee in a class, once."""

    field_classes = {
        "state": FieldClass.INTERNAL,
        "reason": FieldClass.INTERNAL,
        "source": FieldClass.INTERNAL,
        "enrolled_at": FieldClass.INTERNAL,
        "enrolled_by": FieldClass.INTERNAL,
    }

    training_class = models.ForeignKey("courses.TrainingClass", on_delete=models.PROTECT, related_name="enrolments")
    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="enrolments")
    state = models.CharField(max_length=10, choices=EnrolmentState, default=EnrolmentState.CONFIRMED)
    reason = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=60, blank=True)
    enrolled_at = models.DateTimeField(auto_now_add=True)
    enrolled_by = models.CharField(max_length=150)

    objects = OfTrainee.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["training_class", "trainee"],
                name="one_enrolment_per_class_and_trainee",
                violation_error_message=_("This person is already enrolled in this class."),
            )
        ]

    def __str__(self):
        return f"{self.training_class_id}/{self.trainee_id} {self.state}"


class ScanQuerySet(AppendOnlyQuerySet, OfTrainee):  # type: ignore[override]
    pass


class Scan(AppendOnly):
    """签到记录: what somebody saw or a device read, kept as it came; presence is derived from it."""

    repointable = frozenset({"trainee_id", "accepted", "refusal"})

    field_classes = {
        "client_uuid": FieldClass.INTERNAL,
        "kind": FieldClass.PERSONAL,
        "source": FieldClass.INTERNAL,
        "occurred_at": FieldClass.PERSONAL,
        "received_at": FieldClass.INTERNAL,
        "operator": FieldClass.INTERNAL,
        "device": FieldClass.INTERNAL,
        "accepted": FieldClass.INTERNAL,
        "refusal": FieldClass.INTERNAL,
        "reason": FieldClass.INTERNAL,
        "payload": FieldClass.PERSONAL,
    }

    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    session = models.ForeignKey("courses.Session", on_delete=models.PROTECT, related_name="scans")
    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, null=True, blank=True, related_name="scans")
    kind = models.CharField(max_length=10, choices=ScanKind)
    source = models.CharField(max_length=12, choices=ScanSource)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    operator = models.CharField(max_length=150)
    device = models.CharField(max_length=120, blank=True)
    accepted = models.BooleanField()
    refusal = models.CharField(max_length=20, choices=ScanRefusal, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(default=dict, blank=True)

    objects: ClassVar[Any] = ScanQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["session", "trainee"], name="scan_session_trainee")]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted=True, refusal="", trainee__isnull=False) | Q(accepted=False) & ~Q(refusal=""),
                name="scan_refused_with_a_reason",
            )
        ]

    def __str__(self):
        return f"{self.session_id}/{self.trainee_id} {self.kind}"


class Presence(Record):
    """出勤: derived, one row per trainee and session that anybody said something about."""

    mutability = Mutability.DERIVED
    field_classes = {
        "present": FieldClass.PERSONAL,
        "minutes_present": FieldClass.PERSONAL,
        "first_seen_at": FieldClass.PERSONAL,
        "derived_at": FieldClass.INTERNAL,
    }

    session = models.ForeignKey("courses.Session", on_delete=models.PROTECT, related_name="presences")
    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="presences")
    present = models.BooleanField()
    minutes_present = models.PositiveIntegerField()
    first_seen_at = models.DateTimeField(null=True)
    derived_at = models.DateTimeField(auto_now=True)

    objects = OfTrainee.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "trainee"], name="one_presence_per_session")]

    def __str__(self):
        return f"{self.session_id}/{self.trainee_id} {self.minutes_present} min"
