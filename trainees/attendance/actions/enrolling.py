"""Who is in a class. Places are given out under the class's lock, so the last one is given once."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.schedule.actions import lock_class
from courses.schedule.models import TrainingClass
from courses.schedule.rules import LIVE_STATES
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.privacy import masking
from lms.refusals import Refused
from trainees.attendance.enums import EnrolmentState
from trainees.attendance.models import Enrolment
from trainees.consent.queries import not_enrolable
from trainees.registry.models import Trainee


@dataclass
class EnrolReport:
    """Each person given is in exactly one list, in the order given."""

    enrolled: list[Trainee] = field(default_factory=list)
    already: list[Trainee] = field(default_factory=list)
    waitlisted: list[Trainee] = field(default_factory=list)


@transaction.atomic
def enrol(
    *, by: User | Agent, training_class: TrainingClass, trainees: Iterable[Trainee], source: str = ""
) -> EnrolReport:
    """Confirm these people while there are places, then put them on the waiting list.

    Somebody cancelled earlier is confirmed again; somebody waiting is confirmed when a place is free.
    """
    people = list({trainee.pk: trainee for trainee in trainees}.values())
    locked = _enrolling(training_class)
    _refuse_voided(people)
    _hold(people)
    known = {row.trainee_id: row for row in locked.enrolments.filter(trainee__in=people)}
    _refuse_without_consent([person for person in people if not _has_place(known.get(person.pk))], locked)
    free = free_places(locked)
    report = EnrolReport()
    new: list[Enrolment] = []
    again: list[Enrolment] = []
    for trainee in people:
        row = known.get(trainee.pk)
        if _has_place(row) or (row and _waits(row) and free <= 0):
            report.already.append(trainee)
            continue
        state = EnrolmentState.CONFIRMED if free > 0 else EnrolmentState.WAITLISTED
        (report.enrolled if free > 0 else report.waitlisted).append(trainee)
        free -= 1
        row = row or Enrolment(training_class=locked, trainee=trainee)
        (again if row.pk else new).append(_filled(row, by, state, source))
    Enrolment.objects.bulk_create(new)
    Enrolment.objects.bulk_update(again, ["state", "reason", "source", "enrolled_at", "enrolled_by"])
    _record(
        by, "enrolment.added", locked, {"enrolled": report.enrolled, "waitlisted": report.waitlisted}, reason=source
    )
    return report


@transaction.atomic
def cancel_enrolment(*, by: User | Agent, enrolment: Enrolment, reason: str) -> list[Enrolment]:
    """The person leaves the class; whoever waits longest gets the place. Returns those who moved up."""
    if not reason.strip():
        raise Refused("reason_missing", _("Say why this person leaves the class."))
    locked = _enrolling(enrolment.training_class)
    enrolment.refresh_from_db()
    if enrolment.state == EnrolmentState.CANCELLED:
        return []
    enrolment.state, enrolment.reason = EnrolmentState.CANCELLED, masking.digits(reason.strip())
    enrolment.save(update_fields=["state", "reason"])
    _record(by, "enrolment.cancelled", locked, {"cancelled": [enrolment.trainee]}, reason=reason.strip())
    return _promote(by, locked)


@transaction.atomic
def fill_free_places(*, by: User | Agent, training_class: TrainingClass) -> list[Enrolment]:
    """After the capacity grew: those who wait longest are confirmed."""
    return _promote(by, _enrolling(training_class))


def free_places(training_class: TrainingClass) -> int:
    """Below zero when the class holds more than it should."""
    confirmed = training_class.enrolments.filter(state=EnrolmentState.CONFIRMED).count()
    return training_class.capacity - confirmed


def _promote(by: User | Agent, training_class: TrainingClass) -> list[Enrolment]:
    free = free_places(training_class)
    if free <= 0:
        return []
    waiting = training_class.enrolments.filter(state=EnrolmentState.WAITLISTED).order_by("enrolled_at", "id")
    # Whoever took the consent back meanwhile keeps waiting and takes nobody's place.
    willing = waiting.filter(trainee__in=Trainee.objects.usable())
    promoted = list(willing.select_related("trainee")[:free])
    for row in promoted:
        row.state = EnrolmentState.CONFIRMED
    Enrolment.objects.bulk_update(promoted, ["state"])
    _record(by, "enrolment.moved_up", training_class, {"enrolled": [row.trainee for row in promoted]})
    return promoted


def _enrolling(training_class: TrainingClass) -> TrainingClass:
    locked = lock_class(training_class.pk)
    if locked.state not in LIVE_STATES:
        text = _("Nobody joins or leaves a class that is: %(state)s.")
        raise Refused("class_not_enrolling", text % {"state": locked.get_state_display()})
    return locked


def _refuse_voided(people: list[Trainee]) -> None:
    voided = [trainee.file_number for trainee in people if trainee.voided_at]
    if voided:
        text = _("The file %(number)s is no longer in use. Enrol the file that replaced it.")
        raise Refused("file_voided", text % {"number": voided[0]}, file_numbers=voided)


def _refuse_without_consent(people: list[Trainee], training_class: TrainingClass) -> None:
    for refusal in not_enrolable(people, training_class).values():
        raise refusal


def _has_place(row: Enrolment | None) -> bool:
    return row is not None and row.state == EnrolmentState.CONFIRMED


def _hold(people: list[Trainee]) -> None:
    """Two files may be becoming one right now: after the class their rows are held, and looked at again."""
    held = Trainee.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[person.pk for person in people])
    gone = [pk for pk, at in held.order_by("pk").values_list("pk", "voided_at") if at is not None]
    if gone:
        _refuse_voided(list(Trainee.objects.filter(pk__in=gone)))


def _waits(row: Enrolment) -> bool:
    return row.state == EnrolmentState.WAITLISTED


def _filled(row: Enrolment, by: User | Agent, state: EnrolmentState, source: str) -> Enrolment:
    # A person who comes back or moves up queues from now on.
    row.state, row.reason, row.source = state, "", source
    row.enrolled_at, row.enrolled_by = timezone.now(), by.label
    return row


def _record(
    by: User | Agent, event: str, training_class: TrainingClass, people: dict[str, list[Trainee]], reason: str = ""
) -> None:
    changes = {name: [[], [person.file_number for person in persons]] for name, persons in people.items() if persons}
    if changes:
        record_event(
            by=by, event=event, record=training_class, label=training_class.code,
            place=training_class.venue.division.code, changes=changes, reason=reason,
        )  # fmt: skip
