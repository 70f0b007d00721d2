"""The rules of the rooms below this one. Rooms above enlist their own."""

from django.utils.translation import gettext_lazy as _

from . import attendance, dated, ledger, records, work
from .registry import enlist
from .rows import keep, move


def enlist_known() -> None:
    """Households before the groups that follow from them, presence before units: the tables keep this order."""
    enlist("trainees.Trainee", "merged_into", label=_("Files that went on in this one"), rule=keep)
    enlist("trainees.HouseholdMember", "trainee", label=_("Households"), rule=dated.unite_households)
    enlist("trainees.GroupMembership", "trainee", label=_("Groups"), rule=dated.unite_groups)
    enlist("trainees.DisabilityCertificate", "trainee", label=_("Disability certificates"), rule=MOVE_DISABILITY)
    enlist("trainees.Profile", "trainee", label=_("Needs, work, wishes"), rule=records.fill_profile)
    enlist("trainees.Enrolment", "trainee", label=_("Enrolments"), rule=attendance.join_enrolments)
    enlist("trainees.Scan", "trainee", label=_("Sign-ins"), rule=attendance.move_scans)
    enlist("trainees.PracticalResult", "trainee", label=_("Practical results"), rule=work.renumber_results)
    enlist("trainees.LessonProgress", "trainee", label=_("Lessons"), rule=work.join_progress)
    enlist("trainees.QuizAttempt", "trainee", label=_("Quizzes handed in"), rule=MOVE_QUIZZES)
    enlist("trainees.Entry", "trainee", label=_("Contest entries"), rule=MOVE_ENTRIES)
    enlist("trainees.Outcome", "trainee", label=_("Outcomes"), rule=records.move_outcomes)
    enlist("trainees.LedgerEntry", "trainee", label=_("From ledgers kept elsewhere"), rule=records.move_ledger_entries)
    enlist("trainees.Consent", "trainee", label=_("Consent"), rule=records.move_consents)
    enlist("trainees.RightsRequest", "trainee", label=_("Requests"), rule=records.move_requests)
    # What is due of the old file is due of the old file.
    enlist("trainees.DueItem", "trainee", label=_("Records due to go"), rule=keep)
    # A row of a roster says whom it became that day.
    enlist("trainees.RosterRow", "trainee", label=_("Rows of rosters"), rule=keep)
    enlist("trainees.Presence", "trainee", label=_("Attendance"), rule=attendance.derive_presences, derived=True)
    enlist("trainees.PersonTime", "trainee", label=_("Person-times"), rule=ledger.recount_units, derived=True)
    enlist("trainees.SearchKey", "trainee", label=_("Ways to find a file"), rule=records.find_again, derived=True)
    # This room's own: keys and pairs are looked for again, merges are history.
    enlist("trainees.MatchKey", "trainee", label=_("Keys of a file"), rule=keep)
    enlist("trainees.DuplicatePair", "first", label=_("Possible duplicates"), rule=keep)
    enlist("trainees.DuplicatePair", "second", label=_("Possible duplicates"), rule=keep)
    enlist("trainees.Merge", "survivor", label=_("Merges"), rule=keep)
    enlist("trainees.Merge", "loser", label=_("Merges"), rule=keep)


MOVE_QUIZZES, MOVE_ENTRIES = move("trainees.QuizAttempt"), move("trainees.Entry")
MOVE_DISABILITY = move("trainees.DisabilityCertificate")
