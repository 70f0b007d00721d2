"""What is printed, in which order, and what came of it."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, QuerySet

from courses.schedule.models import TrainingClass
from lms.access.scope import scope_of
from lms.accounts.models import User
from lms.jobs.enums import UNFINISHED
from lms.jobs.models import Job
from trainees.attendance.models import Enrolment

from ..enums import CertificateKind, CertificateState, PrintKind, PrintState
from ..models import Certificate, PrintItem, PrintPart, PrintRun
from ..rules import HAND_OVER

PRINT_RUN = "certificate_print"  # the kind of its jobs
PART_SIZE = 50  # pages that lie in memory at once; a kill loses one part, a second of work


def valid_in_roster_order(
    training_class: TrainingClass, kind: CertificateKind | None = CertificateKind.COMPLETION
) -> list[Certificate]:
    """The valid certificates of a class as they lie on the pile: in the order of the roster. None: of every kind."""
    valid = Certificate.objects.filter(training_class=training_class, state=CertificateState.VALID)
    if kind is not None:
        valid = valid.filter(kind=kind)
    roster = training_class.enrolments.order_by("id").values_list("trainee_id", flat=True)
    place = {pk: at for at, pk in enumerate(roster)}
    held = [each for each in valid.select_related("trainee__township") if each.trainee_id in place]
    kinds = CertificateKind.values
    return sorted(held, key=lambda each: (kinds.index(each.kind), place[each.trainee_id], each.pk))


def theirs(user: User | AnonymousUser) -> QuerySet[Certificate]:
    """Whose paper, with its whole ID number, the user may have: sight alone, of who teaches there, is not enough."""
    return Certificate.objects.visible_to(user).filter(scope_of(user).within("trainee__township__code", *HAND_OVER))


def of_year(user: User | AnonymousUser, year: int) -> list[Certificate]:
    """The valid ones of a year whose paper the user may have, class by class, each in the order of its roster."""
    seen = theirs(user).filter(issued_on__year=year, state=CertificateState.VALID)
    place = Enrolment.objects.filter(training_class=OuterRef("training_class"), trainee=OuterRef("trainee"))
    return list(seen.annotate(place=place.values("id")[:1]).order_by("class_code", "place", "number"))


def items_of_part(run: PrintRun, number: int) -> list[PrintItem]:
    """Part 0 holds the first places of the run."""
    places = range(number * PART_SIZE, (number + 1) * PART_SIZE)
    items = run.items.filter(position__gte=places.start, position__lt=places.stop)
    return list(items.select_related("certificate__trainee"))


def parts_to_print(run: PrintRun) -> list[int]:
    """The numbers of the parts that are not kept yet."""
    kept = set(run.parts.values_list("number", flat=True))
    return [number for number in range(-(-run.items.count() // PART_SIZE)) if number not in kept]


def parts_kept(run: PrintRun) -> list[PrintPart]:
    """The parts that have a file, in order."""
    return list(run.parts.exclude(file="").order_by("number"))


def content_of(part: PrintPart) -> bytes:
    with part.file.open("rb") as file:
        return file.read()


def bookmarks_of(run: PrintRun) -> list[str]:
    printed = run.items.filter(state=PrintState.PRINTED).order_by("position")
    return [f"{number} {name}" for number, name in printed.values_list("certificate__number", "certificate__name")]


def counts_of(run: PrintRun) -> dict[str, int]:
    """How many certificates of a run stand in each state."""
    held = dict(run.items.order_by().values_list("state").annotate(n=Count("pk")))
    return {state: held.get(state, 0) for state in PrintState.values}


def stopped_of(run: PrintRun) -> list[PrintItem]:
    """What was left out; few, and never more than a page shows."""
    stopped = run.items.filter(state=PrintState.STOPPED).select_related("certificate")
    return list(stopped.order_by("position")[:200])


def is_ready(run: PrintRun) -> bool:
    """Whether there is a file to get: everything was decided, and it is still kept."""
    unfinished = run.settled_at is None or run.items.filter(state=PrintState.WAITING).exists()
    files = list(run.parts.filter(printed__gt=0).values_list("file", flat=True))
    return not unfinished and bool(files) and all(files)


def job_of(run: PrintRun) -> Job | None:
    """The work on the run; a resumed run has several, the last counts."""
    return Job.objects.filter(kind=PRINT_RUN, subject=str(run.pk)).first()


def runs_of(user: User | AnonymousUser) -> list[PrintRun]:
    """A person's latest print runs."""
    return list(PrintRun.objects.visible_to(user)[:50])


def runs_of_class(user: User | AnonymousUser, training_class: TrainingClass) -> list[PrintRun]:
    return list(PrintRun.objects.visible_to(user).filter(training_class=training_class)[:5])


def times_printed(certificates: Iterable[Certificate]) -> dict[int, int]:
    """Primary key -> how often it came out on paper; a file that is sent is no paper."""
    sheets = PrintItem.objects.filter(
        certificate__in=[each.pk for each in certificates], state=PrintState.PRINTED, run__kind=PrintKind.SHEETS
    )
    return dict(sheets.order_by().values_list("certificate").annotate(n=Count("pk")))


def on_paper(certificates: Iterable[Certificate]) -> set[int]:
    """The primary keys of those that came out on paper, or will by an order that is still being worked on."""
    held = list(certificates)
    jobs = Job.objects.filter(kind=PRINT_RUN, state__in=UNFINISHED).values_list("subject", flat=True)
    runs = PrintRun.objects.filter(pk__in=[int(subject) for subject in jobs], kind=PrintKind.SHEETS)
    waiting = PrintItem.objects.filter(
        run__in=runs, state=PrintState.WAITING, certificate__in=[each.pk for each in held]
    ).values_list("certificate", flat=True)
    # A class whose order is not fixed yet: all of the kind that was ordered.
    whole = set(runs.filter(settled_at=None).values_list("training_class", "certificate_kind"))
    of_class = {each.pk for each in held if (each.training_class_id, each.kind) in whole}
    return set(times_printed(held)) | set(waiting) | of_class


def printings_of(certificate: Certificate) -> list[PrintItem]:
    """When it came out on paper, the latest first, with the reason of every time but the first."""
    printed = certificate.printings.filter(state=PrintState.PRINTED, run__kind=PrintKind.SHEETS)
    printed = printed.select_related("run__ordered_by")
    return list(printed.order_by("-run_id")[:50])
