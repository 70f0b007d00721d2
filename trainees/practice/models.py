from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.records import AppendOnly, AppendOnlyQuerySet, FieldClass
from trainees.attendance.models import OfTrainee
from trainees.registry.models import Trainee

from .enums import Outcome


class PracticalResultQuerySet(AppendOnlyQuerySet, OfTrainee):  # type: ignore[override]
    pass


class PracticalResult(AppendOnly):
    """实践结果: one attempt at a task; the latest attempt is the result."""

    repointable = frozenset({"trainee_id", "attempt"})

    field_classes = {
        "attempt": FieldClass.INTERNAL,
        "outcome": FieldClass.PERSONAL,
        "score": FieldClass.PERSONAL,
        "note": FieldClass.PERSONAL,
        "assessed_on": FieldClass.PERSONAL,
        "recorded_at": FieldClass.INTERNAL,
        "recorded_by": FieldClass.INTERNAL,
    }

    task = models.ForeignKey("courses.ClassTask", on_delete=models.PROTECT, related_name="results")
    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="practical_results")
    attempt = models.PositiveIntegerField()
    outcome = models.CharField(_("result"), max_length=10, choices=Outcome)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=1, null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    assessed_on = models.DateField(_("assessed on"))
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=150)

    objects: ClassVar[Any] = PracticalResultQuerySet.as_manager()

    class Meta:
        ordering = ["task", "trainee", "attempt"]
        constraints = [
            models.UniqueConstraint(fields=["task", "trainee", "attempt"], name="one_result_per_attempt"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100),
                name="score_is_out_of_100",
                violation_error_message=_("A score lies between 0 and 100."),
            ),
        ]

    def __str__(self):
        return f"{self.task_id}/{self.trainee_id}#{self.attempt} {self.outcome}"
