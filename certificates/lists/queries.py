"""The number register: its rows, the proof that no number is missing, and which certificates a list is of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from certificates.enums import CertificateState, PrintKind, PrintState, Standing
from certificates.handover.queries import classes_of, of_class
from certificates.models import Certificate, HandOver, ListFile, NumberSeries, PrintItem, PrintRun
from certificates.models.certificates import PLAIN_NUMBER
from certificates.numbers import as_typed
from certificates.queries import theirs
from certificates.rules import HAND_OVER
from lms.access.scope import scope_of
from lms.accounts.models import User
from lms.jobs.models import Job
from lms.programme.models import Programme
from trainees.registry.enums import Limit

LIST_JOB = "certificate_list"  # the kind of its jobs
TOLD = 20  # missing numbers that a page names
FILTERS = ("q", "year", "series", "programme", "kind", "state", "class_code", "handed")


def register_of(user: User | AnonymousUser, filters: dict, *, clear: bool = False) -> QuerySet[Certificate]:
    """Every certificate within the person's sight that fits, in the order of its number.

    `clear`: of those whose paper the person may have. Who teaches or audits elsewhere sees rows there, masked.
    """
    seen = theirs(user) if clear else Certificate.objects.visible_to(user)
    rows = seen.alias(plain_number=PLAIN_NUMBER)
    plain = {
        "issued_on__year": filters.get("year"), "series": filters.get("series"), "kind": filters.get("kind"),
        "plain_number__contains": as_typed(filters.get("q", "")),
        "class_code": filters.get("class_code"),
    }  # fmt: skip
    rows = rows.filter(**{column: value for column, value in plain.items() if value})
    if standing_wanted := filters.get("state"):
        rows = rows.filter(_of_standing(standing_wanted))
    if programme := filters.get("programme"):
        of = Q(training_class__programme__code=programme) | Q(entry__contest__programme__code=programme)
        rows = rows.filter(of)
    standing = HandOver.objects.standing().filter(certificate=OuterRef("pk"))
    if handed := filters.get("handed"):
        rows = rows.filter(Exists(standing) if handed == "yes" else ~Exists(standing))
    return with_facts(rows)


def _of_standing(standing: str) -> Q:
    """As Certificate.standing says it: valid is what the calendar does not deny."""
    over = Q(valid_until__isnull=False, valid_until__lt=timezone.localdate())
    if standing == Standing.EXPIRED:
        return Q(state=CertificateState.VALID) & over
    return Q(state=standing) & ~over if standing == Standing.VALID else Q(state=standing)


def with_facts(rows: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """`handed_on` and `times_printed` beside each row; sheets alone are paper."""
    standing = HandOver.objects.standing().filter(certificate=OuterRef("pk"))
    printed = PrintItem.objects.filter(
        certificate=OuterRef("pk"), state=PrintState.PRINTED, run__kind=PrintKind.SHEETS
    ).order_by()
    times = printed.values("certificate").annotate(n=Count("pk")).values("n")
    return (
        rows.annotate(
            handed_on=Subquery(standing.values("collected_on")[:1]),
            times_printed=Coalesce(Subquery(times, output_field=IntegerField()), 0),
        )
        .select_related("replaced_by")
        .order_by("series", "serial")
    )


# --- No number is missing ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class SeriesProof:
    """A series counted from its rows: `last` is what the series says it gave out, the rest is what is there."""

    series: str
    last: int
    given: int
    double: int
    beyond: int
    missing: int
    first_missing: tuple[int, ...] = ()

    @property
    def holds(self) -> bool:
        return not (self.missing or self.double or self.beyond)


def proofs(*, year: int | None = None, series: str = "") -> list[SeriesProof]:
    """Of every series that was used (of certificates of a year, or of one name); two queries while all is well."""
    last = dict(NumberSeries.objects.values_list("key", "last_serial"))
    rows = Certificate.objects.order_by()
    if year:
        rows = rows.filter(series__in=rows.filter(issued_on__year=year).values("series"))
    if series:
        rows = rows.filter(series=series)
    counted = rows.values("series").annotate(n=Count("pk"), different=Count("serial", distinct=True), top=Max("serial"))
    found = {row["series"]: row for row in counted}
    # A series that gave out numbers and has no row at all is the worst gap.
    empty = {key for key, serial in last.items() if serial and not year and (not series or key == series)}
    return [_proof(key, last.get(key, 0), found.get(key)) for key in sorted(found.keys() | empty)]


def _proof(series: str, last: int, row: Mapping | None) -> SeriesProof:
    given, different, top = (row["n"], row["different"], row["top"]) if row else (0, 0, 0)
    missing, beyond = [], 0
    if different != last or top != last:
        held = set(Certificate.objects.filter(series=series).values_list("serial", flat=True))
        missing = [serial for serial in range(1, last + 1) if serial not in held]
        beyond = sum(1 for serial in held if not 1 <= serial <= last)
    return SeriesProof(series, last, given, given - different, beyond, len(missing), tuple(missing[:TOLD]))


def series_of(user: User | AnonymousUser) -> list[str]:
    return list(Certificate.objects.visible_to(user).order_by("series").values_list("series", flat=True).distinct())


def years_of(user: User | AnonymousUser) -> list[int]:
    days = Certificate.objects.visible_to(user).dates("issued_on", "year", order="DESC")
    return [day.year for day in days]


def programmes() -> list[Programme]:
    return list(Programme.objects.order_by("-starts_on"))


# --- What a list is of ------------------------------------------------------------------------------------------
def certificates_of(file: ListFile) -> tuple[list[Certificate], int]:
    """(what stands on the paper, how many of the chosen do not), within the asker's sight when the list is made."""
    chosen = _named(file.started_by, file.chosen)
    rows = _to_hand_over(file.started_by, chosen)
    if file.options.get("waiting"):
        held = HandOver.objects.standing().filter(certificate__in=[row.pk for row in rows])
        done = set(held.values_list("certificate", flat=True))
        rows = [row for row in rows if row.pk not in done]
    return rows, len(chosen) - len(rows)


def _named(user: User, chosen: dict) -> list[Certificate]:
    if code := chosen.get("class"):
        training_class = classes_of(user).filter(code=code).first()
        rows = of_class(user, training_class) if training_class else []
    elif "run" in chosen:
        run = PrintRun.objects.visible_to(user).filter(public_id=chosen["run"]).first()
        own = Certificate.objects.visible_to(user)
        found = own.filter(printings__run=run).order_by("printings__position") if run else own.none()
        rows = list(found)
    else:
        found = Certificate.objects.visible_to(user).filter(number__in=chosen.get("numbers", []))
        rows = list(found.order_by("series", "serial"))
    return _with_places(rows)


def _with_places(rows: list[Certificate]) -> list[Certificate]:
    """The same rows, with what labels and sheets say of the person and the class."""
    full = Certificate.objects.select_related("trainee__township", "trainee__village").in_bulk([row.pk for row in rows])
    return [full[row.pk] for row in rows]


def _to_hand_over(user: User, rows: Iterable[Certificate]) -> list[Certificate]:
    """Valid ones of people where the role to hand over reaches; a restricted file is kept and nothing else."""
    scope = scope_of(user)
    return [
        row for row in rows
        if row.state == CertificateState.VALID
        and scope.covers(row.trainee.township.code, *HAND_OVER)
        and row.trainee.stopped != Limit.RESTRICTED
    ]  # fmt: skip


def job_of(file: ListFile) -> Job | None:
    return Job.objects.filter(kind=LIST_JOB, subject=str(file.pk)).first()


def lists_of(user: User) -> QuerySet[ListFile]:
    return ListFile.objects.visible_to(user)
