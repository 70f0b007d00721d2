"""Gathers the rooms' models for Django."""

from trainees.attendance.models import Enrolment, Presence, Scan
from trainees.contest.models import Contest, Entry
from trainees.learning.models import LessonProgress, QuizAttempt
from trainees.merging.models import DuplicatePair, MatchKey, Merge
from trainees.practice.models import PracticalResult
from trainees.progress.models import PersonTime, PersonTimeGroup
from trainees.registry.models import GroupMembership, Household, Trainee
from trainees.rosters.models import RosterImport, RosterRow

__all__ = [
    "Contest", "DuplicatePair", "Enrolment", "Entry", "GroupMembership", "Household", "LessonProgress", "MatchKey",
    "Merge", "PersonTime", "PersonTimeGroup", "PracticalResult", "Presence", "QuizAttempt", "RosterImport",
    "RosterRow", "Scan", "Trainee",
]  # fmt: skip
