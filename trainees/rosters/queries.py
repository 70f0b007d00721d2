"""What the pages of rosters show."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, Q, QuerySet, When

from lms.access.scope import scope_of
from lms.accounts.models import User
from lms.jobs import queries as jobs
from lms.jobs.models import Job
from lms.places.models import Division
from lms.places.queries import county, townships
from trainees.registry.models import place_name
from trainees.registry.queries import ENTERING
from trainees.registry.reasons import sentence, with_value

from .enums import ACCEPTED_VERDICTS, COMMIT_JOB, READ_JOB, Verdict
from .models import RosterImport, RosterRow

KINDS = (READ_JOB, COMMIT_JOB)


def import_places(user: User | AnonymousUser) -> list[Division]:
    """What a roster of this person may reach: the county, or the own townships."""
    scope, whole = scope_of(user), county()
    if scope.covers(whole.code, *ENTERING):
        return [whole]
    return [township for township in townships() if scope.covers(township.code, *ENTERING)]


@dataclass
class Preview:
    """A roster as its page shows it."""

    figures: dict[str, int]
    notes: list[str]
    job: jobs.Shown | None

    @property
    def rows(self) -> int:
        return sum(self.figures.values())

    @property
    def accepted(self) -> int:
        return sum(self.figures[verdict] for verdict in ACCEPTED_VERDICTS)

    @property
    def persons(self) -> int:
        return self.figures[Verdict.NEW] + self.figures[Verdict.MATCHED]


def preview_of(roster: RosterImport) -> Preview:
    counted = dict(roster.rows.order_by().values_list("verdict").annotate(Count("pk")))
    job = Job.objects.filter(kind__in=KINDS, subject=str(roster.pk)).order_by("-pk").first()
    return Preview(
        figures={str(verdict): counted.get(verdict, 0) for verdict in Verdict},
        notes=[sentence(note["code"], **note.get("facts", {})) for note in roster.notes],
        job=jobs.shown(job) if job else None,
    )


def rows_of(roster: RosterImport, verdict: str = "", *, warned: bool = False) -> QuerySet[RosterRow]:
    """Refused rows first, then in the order of the file."""
    rows = roster.rows.select_related("trainee").defer("cells", "trainee__id_number", "trainee__phone")
    if verdict:
        rows = rows.filter(verdict=verdict)
    if warned:
        rows = rows.exclude(warnings=[])
    return rows.order_by(Case(When(verdict=Verdict.REFUSED, then=0), default=1), "number")


@dataclass(frozen=True)
class ShownRow:
    row: RosterRow
    place: str
    reasons: list[str]
    warnings: list[str]


def shown_rows(rows: list[RosterRow]) -> list[ShownRow]:
    keys = {row.values.get(key) for row in rows for key in ("township", "village")} - {None}
    places = Division.objects.in_bulk(keys)
    return [
        ShownRow(
            row=row,
            place=_place(row, places),
            reasons=[with_value(reason) for reason in row.reasons],
            warnings=[with_value(warning) for warning in row.warnings],
        )
        for row in rows
    ]


def _place(row: RosterRow, places: dict[int, Division]) -> str:
    township = places.get(row.values.get("township"))
    return place_name(township, places.get(row.values.get("village"))) if township else ""


def imports_of(user: User | AnonymousUser) -> QuerySet[RosterImport]:
    return (
        RosterImport.objects.visible_to(user)
        .select_related("training_class", "started_by", "place")
        .annotate(
            accepted=Count("rows", filter=Q(rows__verdict__in=ACCEPTED_VERDICTS)),
            refused=Count("rows", filter=Q(rows__verdict=Verdict.REFUSED)),
        )
        .order_by("-pk")
    )
