"""Gathers the rooms' models for Django."""

from trainees.attendance.models import Enrolment, Presence, Scan
from trainees.consent.models import Consent, ConsentPolicy, ConsentSheet, ConsentText
from trainees.contest.models import Contest, Entry
from trainees.learning.models import LessonProgress, QuizAttempt
from trainees.ledgers.models import LedgerEntry
from trainees.merging.models import DuplicatePair, MatchKey, Merge
from trainees.outcomes.models import Outcome
from trainees.practice.models import PracticalResult
from trainees.profiles.models import Profile
from trainees.progress.models import PersonTime, PersonTimeGroup
from trainees.registry.models import (
    DisabilityCertificate,
    GroupMembership,
    Household,
    HouseholdMember,
    HouseholdPeriod,
    SearchKey,
    Trainee,
)
from trainees.rights.models import DueItem, Export, RetentionRule, RightsRequest
from trainees.rosters.models import RosterImport, RosterRow

__all__ = [
    "Consent", "ConsentPolicy", "ConsentSheet", "ConsentText", "Contest", "DisabilityCertificate", "DueItem",
    "DuplicatePair", "Enrolment", "Entry", "Export", "GroupMembership", "Household", "HouseholdMember",
    "HouseholdPeriod", "LedgerEntry", "LessonProgress", "MatchKey", "Merge", "Outcome", "PersonTime",
    "PersonTimeGroup", "PracticalResult", "Presence", "Profile", "QuizAttempt", "RetentionRule", "RightsRequest",
    "RosterImport", "RosterRow", "Scan", "SearchKey", "Trainee",
]  # fmt: skip
