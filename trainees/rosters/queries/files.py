"""Rosters and their figures."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from lms.access.scope import scope_of
from lms.accounts.models import User
from lms.jobs import queries as jobs
from lms.jobs.models import Job
from lms.places.models import Division
from lms.places.queries import county, townships
from trainees.registry.queries import ENTERING
from trainees.registry.reasons import sentence

from ..enums import ACCEPTED_VERDICTS, COMMIT_JOB, LEFT_VERDICTS, READ_JOB, UNDO_JOB, Tab, Verdict
from ..models import RosterImport

KINDS = (READ_JOB, COMMIT_JOB, UNDO_JOB)


def import_places(user: User | AnonymousUser) -> list[Division]:
    """What a roster of this person may reach: the county, or the own townships."""
    scope, whole = scope_of(user), county()
    if scope.covers(whole.code, *ENTERING):
        return [whole]
    return [township for township in townships() if scope.covers(township.code, *ENTERING)]


@dataclass
class Preview:
    """A roster as its page shows it. Every row is in exactly one of the figures."""

    figures: dict[str, int]
    notes: list[str]
    job: jobs.Shown | None
    persons: int

    @property
    def rows(self) -> int:
        return sum(self.figures.values())

    @property
    def accepted(self) -> int:
        """Rows that can be entered now."""
        return sum(self.figures[verdict] for verdict in ACCEPTED_VERDICTS)

    @property
    def entered(self) -> int:
        return self.figures[Tab.ENTERED]

    @property
    def left(self) -> int:
        """Rows that somebody has to mend or decide first."""
        return sum(self.figures[verdict] for verdict in LEFT_VERDICTS)

    @property
    def waiting(self) -> int:
        return self.accepted + self.left


def preview_of(roster: RosterImport) -> Preview:
    figures: dict[str, int] = {str(tab): 0 for tab in Tab}
    counted = roster.rows.order_by().values_list("verdict", "skipped", "committed").annotate(Count("pk"))
    for verdict, skipped, committed, count in counted:
        figures[tab_of(verdict, skipped=skipped, committed=committed)] += count
    people_entered = roster.rows.filter(committed=True).aggregate(people=Count("trainee", distinct=True))["people"]
    job = Job.objects.filter(kind__in=KINDS, subject=str(roster.pk)).order_by("-pk").first()
    return Preview(
        figures=figures,
        notes=[sentence(note["code"], **note.get("facts", {})) for note in roster.notes],
        job=jobs.shown(job) if job else None,
        persons=people_entered,
    )


def tab_of(verdict: str, *, skipped: bool, committed: bool) -> str:
    if committed:
        return str(Tab.ENTERED)
    return str(Tab.SKIPPED) if skipped else str(Verdict(verdict))


def imports_of(user: User | AnonymousUser) -> QuerySet[RosterImport]:
    return (
        RosterImport.objects.visible_to(user)
        .select_related("training_class", "started_by", "place")
        .annotate(
            accepted=Count("rows", filter=Q(rows__verdict__in=ACCEPTED_VERDICTS)),
            refused=Count("rows", filter=Q(rows__verdict__in=LEFT_VERDICTS)),
        )
        .order_by("-pk")
    )
