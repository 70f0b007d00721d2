"""The one door to enrolments, scans and presence."""

from trainees.attendance.rules import Mark, MarkResult

from .enrolling import EnrolReport, cancel_enrolment, enrol, fill_free_places, free_places
from .marking import WalkIn, record_marks, walk_in
from .presence import derive_presence

__all__ = [
    "EnrolReport", "Mark", "MarkResult", "WalkIn", "cancel_enrolment", "derive_presence", "enrol", "fill_free_places",
    "free_places", "record_marks", "walk_in",
]  # fmt: skip
