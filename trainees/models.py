"""Gathers the rooms' models for Django."""

from trainees.attendance.models import Enrolment, Presence, Scan
from trainees.contest.models import Contest, Entry
from trainees.learning.models import LessonProgress, QuizAttempt
from trainees.ledgers.models import LedgerEntry
from trainees.practice.models import PracticalResult
from trainees.progress.models import PersonTime, PersonTimeGroup
from trainees.registry.models import GroupMembership, Household, Trainee
from trainees.rosters.models import RosterImport, RosterRow

__all__ = [
    "Contest", "Enrolment", "Entry", "GroupMembership", "Household", "LedgerEntry", "LessonProgress", "PersonTime",
    "PersonTimeGroup", "PracticalResult", "Presence", "QuizAttempt", "RosterImport", "RosterRow", "Scan", "Trainee",
]  # fmt: skip
