"""Who of a class gets which certificate, who does not and why."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from courses.catalogue.enums import Tier
from courses.schedule.enums import ClassState
from courses.schedule.models import ClassTask, TrainingClass
from lms.refusals import Refused
from trainees.attendance.enums import EnrolmentState
from trainees.practice.enums import Outcome
from trainees.practice.queries import latest_results
from trainees.progress.enums import Loss
from trainees.progress.models import PersonTime
from trainees.registry.models import Trainee

from ..enums import CertificateKind, CertificateState, NotDue
from ..models import Certificate

Held = dict[tuple[str, int], Certificate]  # by kind and trainee


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
    # A certificate of attendance that gives way to the one of completion.
    gives_way: Certificate | None = None

    @property
    def is_due(self) -> bool:
        return self.certificate is None and not self.reasons

    @property
    def may_be_issued_again(self) -> bool:
        return self.certificate is None and self.reasons == (NotDue.REVOKED,)

    @property
    def loss_label(self) -> str:
        return str(Loss(self.loss).label) if self.loss else ""


@dataclass(frozen=True)
class Standings:
    """All that the certificates of a class follow from, asked once; a constant number of queries."""

    people: list[Trainee]
    counted: set[int]
    losses: dict[int, str]
    open_tasks: Callable[[int], tuple[ClassTask, ...]]
    valid: Held
    revoked: Held

    def of(self, kind: str) -> list[Due]:
        return [self._due(person, kind) for person in self.people]

    def _due(self, person: Trainee, kind: str) -> Due:
        pk, key = person.pk, (kind, person.pk)
        attended = self.valid.get((CertificateKind.ATTENDANCE, pk))
        return Due(
            person,
            self.valid.get(key),
            self._reasons(pk, kind),
            "" if pk in self.counted else self.losses.get(pk, ""),
            self.open_tasks(pk),
            self.revoked.get(key),
            attended if kind == CertificateKind.COMPLETION else None,
        )

    def _reasons(self, pk: int, kind: str) -> tuple[NotDue, ...]:
        open_tasks, attendance = bool(self.open_tasks(pk)), kind == CertificateKind.ATTENDANCE
        passed = not open_tasks or (CertificateKind.COMPLETION, pk) in self.valid
        found = (
            (NotDue.NOT_COUNTED, pk not in self.counted),
            (NotDue.TASK_OPEN, open_tasks and not attendance),
            (NotDue.PASSED, attendance and passed and pk in self.counted),
            (NotDue.REVOKED, (kind, pk) in self.revoked and (kind, pk) not in self.valid),
        )
        return tuple(reason for reason, stands in found if stands)


def due(training_class: TrainingClass, kind: str = CertificateKind.COMPLETION) -> list[Due]:
    """Every confirmed person of a closed class, in the order of the roster; a constant number of queries."""
    refuse_other_tier(training_class, kind)
    return standings_of(training_class).of(kind)


def standings_of(training_class: TrainingClass) -> Standings:
    if training_class.state != ClassState.CLOSED:
        raise Refused(
            "class_not_closed",
            _("Class %(code)s is not closed. Certificates are issued when it has been closed and counted.")
            % {"code": training_class.code},
        )
    enrolments = training_class.enrolments.filter(state=EnrolmentState.CONFIRMED).select_related("trainee__township")
    counted, losses = _counted(training_class)
    valid, revoked = _certificates(training_class)
    return Standings(
        [enrolment.trainee for enrolment in enrolments.order_by("id")],
        counted, losses, _open_tasks(training_class), valid, revoked,
    )  # fmt: skip


def kinds_of(training_class: TrainingClass) -> list[CertificateKind]:
    """The kinds a class can hand out."""
    kinds = [CertificateKind.COMPLETION, CertificateKind.ATTENDANCE]
    return [*kinds, CertificateKind.TRAINER] if training_class.tier == Tier.LOCAL_TRAINER else kinds


def refuse_other_tier(training_class: TrainingClass, kind: str) -> None:
    if kind not in kinds_of(training_class):
        raise Refused(
            "other_tier",
            _(
                "Class %(code)s is no class for local trainers, so nobody of it becomes a trainer of the centre. "
                "Choose another kind of certificate."
            )
            % {"code": training_class.code},
        )


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


def _certificates(training_class: TrainingClass) -> tuple[Held, Held]:
    """The valid ones, and of those that were revoked the last; what was replaced has its successor among these."""
    valid: Held = {}
    revoked: Held = {}
    issued = Certificate.objects.filter(training_class=training_class).exclude(state=CertificateState.REPLACED)
    for certificate in issued.select_related("trainee__township").order_by("id"):
        into = valid if certificate.state == CertificateState.VALID else revoked
        into[certificate.kind, certificate.trainee_id] = certificate
    return valid, revoked
