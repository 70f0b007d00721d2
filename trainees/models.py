"""Gathers the rooms' models for Django."""

from trainees.attendance.models import Enrolment, Presence, Scan
from trainees.consent.models import Consent, ConsentPolicy, ConsentSheet, ConsentText
from trainees.contest.models import Contest, Entry
from trainees.learning.models import LessonProgress, QuizAttempt
from trainees.practice.models import PracticalResult
from trainees.progress.models import PersonTime, PersonTimeGroup
from trainees.registry.models import GroupMembership, Household, Trainee
from trainees.rights.models import DueItem, Export, RetentionRule, RightsRequest
from trainees.rosters.models import RosterImport, RosterRow

__all__ = [
    "Consent", "ConsentPolicy", "ConsentSheet", "ConsentText", "Contest", "DueItem", "Enrolment", "Entry", "Export",
    "GroupMembership", "Household", "LessonProgress", "PersonTime", "PersonTimeGroup", "PracticalResult", "Presence",
    "QuizAttempt", "RetentionRule", "RightsRequest", "RosterImport", "RosterRow", "Scan", "Trainee",
]  # fmt: skip
