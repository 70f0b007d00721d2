"""What a person asks about the own data, and what becomes of it."""

import datetime

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.schedule.actions import lock_class
from courses.schedule.rules import LIVE_STATES
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.jobs.actions import start
from lms.privacy import masking
from lms.refusals import Refused
from trainees.attendance import actions as attendance
from trainees.attendance.models import Enrolment
from trainees.registry.actions import lift_limit, set_limit
from trainees.registry.enums import Limit
from trainees.registry.models import Trainee
from trainees.rights import own_data, queries, rules
from trainees.rights.enums import COPY_JOB, Asked, CopyFormat, Outcome, RequestKind
from trainees.rights.models import RightsRequest

from .retention import propose_deletion

TRIES = 3


@transaction.atomic
def record_request(
    *, by: User | Agent, trainee: Trainee, kind: str, asked: str = Asked.COUNTER, text: str = "",
    received_on: datetime.date | None = None, copy_format: str = "",
) -> RightsRequest:  # fmt: skip
    """The clock starts on the day it came. The same wish again finds the one that waits."""
    today = timezone.localdate()
    received_on = received_on or today
    if received_on > today:
        raise Refused("received_in_future", _("The request cannot have come later than today."))
    if kind == RequestKind.COPY and not copy_format:
        copy_format = CopyFormat.PDF
    request = RightsRequest(
        trainee=trainee, kind=kind, asked=asked, text=text.strip(), received_on=received_on,
        due_on=received_on + rules.ANSWER_WITHIN, recorded_by=by.label,
        copy_format=copy_format if kind == RequestKind.COPY else "",
    )  # fmt: skip
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:
        return trainee.rights_requests.open().get(kind=kind)
    _log(by, "request.recorded", request, {"kind": [None, str(kind)], "due_on": [None, request.due_on.isoformat()]})
    if kind == RequestKind.COPY and isinstance(by, User):
        start(by=by, kind=COPY_JOB, subject=request.pk)
    return request


@transaction.atomic
def answer(*, by: User | Agent, request: RightsRequest, outcome: str, text: str) -> RightsRequest:
    """Answer in words; a deletion is carried out, or the file is restricted while the audit retention runs."""
    locked = RightsRequest.objects.select_for_update(of=("self",)).select_related("trainee").get(pk=request.pk)
    if locked.answered_at:
        raise Refused("request_answered", _("This request has its answer already."))
    if not text.strip():
        raise Refused("answer_missing", _("Write the answer in words: the person gets to read it."))
    if locked.kind == RequestKind.DELETION and outcome == Outcome.DONE:
        _refuse_while_audited(locked.trainee)
        propose_deletion(by=by, trainee=locked.trainee)
    if outcome == Outcome.RESTRICTED:
        if locked.kind != RequestKind.DELETION:
            raise Refused("not_a_deletion", _("Only a wish for deletion ends in a restriction. Choose again."))
        restrict(by=by, trainee=locked.trainee, reason=_("The person asked for deletion."))
    locked.outcome, locked.answer = outcome, text.strip()
    locked.answered_at, locked.answered_by = timezone.now(), by.label
    locked.save(update_fields=["outcome", "answer", "answered_at", "answered_by"])
    _log(by, "request.answered", locked, {"outcome": [None, str(outcome)]})
    return locked


def _refuse_while_audited(trainee: Trainee) -> None:
    until = queries.audit_runs(trainee)
    if until is not None:
        text = _(
            "The audit needs this file until %(day)s (PIPL art. 47), so it is not deleted yet. Restrict it: it is then "
            "kept and nothing else is done with it."
        )
        raise Refused("audit_runs", text % {"day": date_format(until, "Y-m-d")}, until=until)


@transaction.atomic
def restrict(*, by: User | Agent, trainee: Trainee, reason: str) -> Trainee:
    """Storage and nothing else: the places in classes that still run are given up, no action works on the file."""
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                held = _hold_classes(trainee)
                # Set before a place is given up: nobody enrols the person any more, and who waits moves up after.
                restricted = set_limit(by=by, trainee=trainee, limit=Limit.RESTRICTED, reason=reason)
                if _live_places(trainee).exclude(training_class__in=held).exists():
                    raise _CameIn
                for enrolment in _live_places(trainee).select_related("training_class", "trainee"):
                    attendance.cancel_enrolment(by=by, enrolment=enrolment, reason=reason)
                return restricted
        except _CameIn:  # lets go of all locks: the class that came in has to be held before the person
            continue
    raise Refused("changed_meanwhile", _("Somebody is enrolling this person just now. Try again in a moment."))


class _CameIn(Exception):
    pass


def _live_places(trainee: Trainee) -> QuerySet[Enrolment]:
    live = Enrolment.objects.filter(trainee=trainee.pk, training_class__state__in=LIVE_STATES)
    return live.exclude(state="cancelled").order_by("training_class")


def _hold_classes(trainee: Trainee) -> list[int]:
    """Classes before people, each by primary key, as everywhere."""
    held = list(_live_places(trainee).values_list("training_class", flat=True))
    for pk in held:
        lock_class(pk)
    return held


@transaction.atomic
def unrestrict(*, by: User | Agent, trainee: Trainee, reason: str) -> Trainee:
    """Only at the person's wish: the reason says how it was told."""
    if not reason.strip():
        raise Refused("reason_missing", _("Write how the person asked for it."))
    return lift_limit(by=by, trainee=trainee, limit=Limit.RESTRICTED, reason=masking.digits(reason.strip()))


def make_copy(*, by: User | Agent, request: RightsRequest) -> RightsRequest:
    """All there is about the person, in the form they chose, sealed until it is fetched. Made twice it is one file."""
    sections = own_data.sections_of(request.trainee)
    data = own_data.written(sections, CopyFormat(request.copy_format), request.trainee)
    with transaction.atomic():
        locked = RightsRequest.objects.select_for_update(of=("self",)).select_related("trainee").get(pk=request.pk)
        stored, storage = locked.copy.name or "", locked.copy.storage
        locked.copy.save(f"{locked.pk}.{locked.copy_format}", ContentFile(data), save=False)
        locked.copy_made_at = timezone.now()
        locked.save(update_fields=["copy", "copy_made_at"])
        _log(by, "request.copy_made", locked, {"sections": [0, len(sections)]})
        if stored:
            transaction.on_commit(lambda: storage.delete(stored))
    return locked


def _log(by: User | Agent, event: str, request: RightsRequest, changes: dict) -> None:
    trainee = request.trainee
    record_event(
        by=by, event=event, record=trainee, label=trainee.file_number, place=trainee.township.code, changes=changes
    )
