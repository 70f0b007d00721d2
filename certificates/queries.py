"""Who of a class gets a certificate, who does not and why; what is printed in which order."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef
from django.utils.translation import gettext as _

from courses.schedule.enums import ClassState
from courses.schedule.models import ClassTask, TrainingClass
from lms.accounts.models import User
from lms.jobs.models import Job
from lms.places.enums import StationLevel
from lms.places.models import Station
from lms.refusals import Refused
from trainees.attendance.enums import EnrolmentState
from trainees.attendance.models import Enrolment
from trainees.practice.enums import Outcome
from trainees.practice.queries import latest_results
from trainees.progress.enums import Loss
from trainees.progress.models import PersonTime
from trainees.registry.models import Trainee

from . import rules
from .enums import CertificateState, NotDue, PrintKind, PrintState
from .models import Certificate, PrintItem, PrintRun

PRINT_RUN = "certificate_print"  # the kind of its jobs
PART_SIZE = 50  # pages that lie in memory at once; a kill loses one part, a second of work


@dataclass(frozen=True)
class Due:
    """One person of the class: holds a valid certificate, is due, or is not due for these reasons."""

    trainee: Trainee
    certificate: Certificate | None
    reasons: tuple[NotDue, ...]
    # Details of the reasons: what the ledger says, the tasks still open, the certificate that was revoked.
    loss: str = ""
    open_tasks: tuple[ClassTask, ...] = ()
    revoked: Certificate | None = None

    @property
    def is_due(self) -> bool:
        return self.certificate is None and not self.reasons

    @property
    def may_be_issued_again(self) -> bool:
        return self.certificate is None and self.reasons == (NotDue.REVOKED,)

    @property
    def loss_label(self) -> str:
        return str(Loss(self.loss).label) if self.loss else ""


def due(training_class: TrainingClass) -> list[Due]:
    """Every confirmed person of a closed class, in the order of the roster; a constant number of queries."""
    if training_class.state != ClassState.CLOSED:
        raise Refused(
            "class_not_closed",
            _("Class %(code)s is not closed. Certificates are issued when it has been closed and counted.")
            % {"code": training_class.code},
        )
    enrolments = training_class.enrolments.filter(state=EnrolmentState.CONFIRMED).select_related("trainee__township")
    counted, losses = _counted(training_class)
    open_tasks = _open_tasks(training_class)
    valid, revoked = _certificates(training_class)
    entries = []
    for enrolment in enrolments.order_by("id"):
        pk = enrolment.trainee_id
        tasks = open_tasks(pk)
        reasons = [
            reason
            for reason, stands in (
                (NotDue.NOT_COUNTED, pk not in counted),
                (NotDue.TASK_OPEN, bool(tasks)),
                (NotDue.REVOKED, pk in revoked and pk not in valid),
            )
            if stands
        ]
        entries.append(
            Due(
                enrolment.trainee,
                valid.get(pk),
                tuple(reasons),
                "" if pk in counted else losses.get(pk, ""),
                tasks,
                revoked.get(pk),
            )
        )
    return entries


def _counted(training_class: TrainingClass) -> tuple[set[int], dict[int, str]]:
    """Who completed the class, whatever the unit: only they have counted units; and what stands against the others."""
    counted, losses = set(), {}
    units = PersonTime.objects.filter(training_class=training_class).values_list("trainee_id", "counted", "loss")
    for trainee_id, is_counted, loss in units:
        if is_counted:
            counted.add(trainee_id)
        else:
            losses[trainee_id] = loss
    return counted, losses


def _open_tasks(training_class: TrainingClass) -> Callable[[int], tuple[ClassTask, ...]]:
    """A function trainee -> the required tasks whose latest attempt is not a pass."""
    required = list(training_class.tasks.filter(required=True))
    latest = latest_results(training_class)
    passed = {key for key, result in latest.items() if result.outcome == Outcome.PASSED}
    return lambda pk: tuple(task for task in required if (task.pk, pk) not in passed)


def _certificates(training_class: TrainingClass) -> tuple[dict[int, Certificate], dict[int, Certificate]]:
    valid: dict[int, Certificate] = {}
    revoked: dict[int, Certificate] = {}
    issued = Certificate.objects.filter(training_class=training_class).select_related("trainee__township")
    for certificate in issued.order_by("id"):
        into = valid if certificate.state == CertificateState.VALID else revoked
        into[certificate.trainee_id] = certificate
    return valid, revoked


def valid_in_roster_order(training_class: TrainingClass) -> list[Certificate]:
    """The valid certificates of a class as they lie on the pile: in the order of the roster."""
    valid, _revoked = _certificates(training_class)
    roster = training_class.enrolments.order_by("id").values_list("trainee_id", flat=True)
    return [valid[pk] for pk in roster if pk in valid]


def issuer_of(training_class: TrainingClass) -> Station:
    """The county centre: its registered name is the issuer's."""
    county = training_class.programme.county
    centres = Station.objects.filter(
        level=StationLevel.COUNTY, division__code__startswith=county.prefix, closed_on__isnull=True
    )
    centre = centres.order_by("code").first()
    if centre is None:
        raise Refused(
            "no_issuer",
            _(
                "No county centre is entered among the stations of %(county)s. Enter it with its full registered name: "
                "the certificates name it as their issuer."
            )
            % {"county": county},
        )
    return centre


def find_by_token(token: str) -> Certificate | None:
    return Certificate.objects.filter(token=token).first() if rules.TOKEN.fullmatch(token) else None


def find_by_number(text: str) -> Certificate | None:
    number = rules.read_number(text)
    return Certificate.objects.filter(number=number).first() if number else None


def of_year(user: User | AnonymousUser, year: int) -> list[Certificate]:
    """The valid certificates of a year that the user may see, class by class, each in the order of its roster."""
    seen = Certificate.objects.visible_to(user).filter(issued_on__year=year, state=CertificateState.VALID)
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


def files_of(run: PrintRun) -> Iterator[bytes]:
    """The content of each part, one at a time."""
    for part in run.parts.exclude(file="").order_by("number"):
        with part.file.open("rb") as file:
            yield file.read()


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
    if run.kind == PrintKind.SHEETS:
        return bool(run.bound)
    unfinished = run.settled_at is None or run.items.filter(state=PrintState.WAITING).exists()
    return not unfinished and run.parts.exclude(file="").exists()


def job_of(run: PrintRun) -> Job | None:
    """The work on the run; a resumed run has several, the last counts."""
    return Job.objects.filter(kind=PRINT_RUN, subject=str(run.pk)).first()


def runs_of(user: User | AnonymousUser) -> list[PrintRun]:
    """A person's latest print runs."""
    return list(PrintRun.objects.visible_to(user)[:50])


def runs_of_class(user: User | AnonymousUser, training_class: TrainingClass) -> list[PrintRun]:
    return list(PrintRun.objects.visible_to(user).filter(training_class=training_class)[:5])


def times_printed(certificates: Iterable[Certificate]) -> dict[int, int]:
    """Primary key -> in how many print runs it came out on paper."""
    printed = PrintItem.objects.filter(
        certificate__in=[each.pk for each in certificates], state=PrintState.PRINTED, run__kind=PrintKind.SHEETS
    )
    return dict(printed.order_by().values_list("certificate").annotate(n=Count("pk")))
