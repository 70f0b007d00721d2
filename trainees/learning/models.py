import uuid
from typing import Any, ClassVar

from django.db import models

from lms.records import AppendOnly, AppendOnlyQuerySet, FieldClass, Record
from trainees.attendance.models import OfTrainee
from trainees.registry.models import Trainee


class LessonProgress(Record):
    """How far one trainee came in one remote lesson. Kept by the server, so a lost phone loses nothing."""

    field_classes = {
        "first_opened_at": FieldClass.PERSONAL,
        "last_opened_at": FieldClass.PERSONAL,
        "furthest_block": FieldClass.PERSONAL,
        "blocks_total": FieldClass.INTERNAL,
        "quiz_percent": FieldClass.PERSONAL,
        "completed_at": FieldClass.PERSONAL,
    }

    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="lesson_progress")
    lesson = models.ForeignKey("courses.LessonPage", on_delete=models.PROTECT, related_name="progress")
    first_opened_at = models.DateTimeField(auto_now_add=True)
    last_opened_at = models.DateTimeField(auto_now=True)
    # Number of content blocks reached, 0 .. blocks_total.
    furthest_block = models.PositiveIntegerField(default=0)
    blocks_total = models.PositiveIntegerField(default=0)
    quiz_percent = models.PositiveIntegerField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = OfTrainee.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trainee", "lesson"], name="one_progress_per_lesson")]

    def __str__(self):
        return f"{self.trainee_id}/{self.lesson_id} {self.percent}%"

    @property
    def percent(self) -> int:
        if self.completed_at:
            return 100
        return min(99, self.furthest_block * 100 // self.blocks_total) if self.blocks_total else 0


class QuizAttemptQuerySet(AppendOnlyQuerySet, OfTrainee):  # type: ignore[override]
    pass


class QuizAttempt(AppendOnly):
    """One hand-in of a lesson's quiz: question block id -> index of the chosen answer."""

    repointable = frozenset({"trainee_id"})

    field_classes = {
        "client_uuid": FieldClass.INTERNAL,
        "answers": FieldClass.PERSONAL,
        "correct": FieldClass.PERSONAL,
        "questions": FieldClass.INTERNAL,
        "at": FieldClass.PERSONAL,
    }

    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="quiz_attempts")
    lesson = models.ForeignKey("courses.LessonPage", on_delete=models.PROTECT, related_name="quiz_attempts")
    answers = models.JSONField()
    correct = models.PositiveIntegerField()
    questions = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = QuizAttemptQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.trainee_id}/{self.lesson_id} {self.correct}/{self.questions}"
