"""Gathers the rooms' models for Django."""

from courses.catalogue.models import CataloguePage, CoursePage, PracticalTask
from courses.lessons.models import LessonPage
from courses.schedule.models import ClassTask, Session, Trainer, TrainingClass

__all__ = [
    "CataloguePage", "ClassTask", "CoursePage", "LessonPage", "PracticalTask", "Session", "Trainer", "TrainingClass",
]  # fmt: skip
