"""Requests that wait, lists to export, records whose time has come."""

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.db.models import DateField, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from lms.access.scope import scope_of
from lms.accounts.models import User
from lms.places.models import in_language
from lms.places.queries import code_names
from lms.privacy.models import FileView
from trainees.attendance.models import Enrolment, Presence
from trainees.progress.models import PersonTime
from trainees.registry.enums import Limit
from trainees.registry.finding import search
from trainees.registry.groups.queries import groups_as_of
from trainees.registry.models import Trainee
from trainees.registry.queries import ENTERING, in_group, sensitive_groups

from . import rules
from .columns import Person
from .enums import DueState, Purpose, RetentionKind
from .models import DueItem, Export, RetentionRule, RightsRequest

STEP = 500
LOOKS = 50


# --- Requests -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class OfFile:
    """For trainees/rights/of_file.html."""

    trainee: Trainee
    requests: list[RightsRequest]
    restricted: bool
    may_record: bool

    @property
    def open(self) -> list[RightsRequest]:
        return [request for request in self.requests if request.answered_at is None]


def of_file(trainee: Trainee, *, by: User) -> OfFile:
    return OfFile(
        trainee=trainee,
        requests=list(trainee.rights_requests.order_by("-received_on", "-id")),
        restricted=Limit.RESTRICTED in trainee.limits,
        may_record=scope_of(by).covers(trainee.township.code, *ENTERING),
    )


def requests_of(user: User, *, state: str) -> QuerySet[RightsRequest]:
    """Those that wait, the nearest day first; or the overdue, or the answered."""
    found = RightsRequest.objects.visible_to(user).select_related("trainee__township")
    if state == "answered":
        return found.filter(answered_at__isnull=False).order_by("-answered_at", "-id")
    return (found.overdue() if state == "overdue" else found.open()).order_by("due_on", "id")


def looks_into(trainee: Trainee) -> QuerySet[FileView]:
    return FileView.objects.filter(file_number=trainee.file_number)[:LOOKS]


def audit_runs(trainee: Trainee) -> datetime.date | None:
    """Until when the audit needs the file; None where nothing of it was ever used for a figure."""
    if not trainee.person_times.exists() and not trainee.enrolments.exclude(state="cancelled").exists():
        return None
    ends = trainee.enrolments.aggregate(last=Max("training_class__programme__deadline"))["last"]
    until = rules.months_after(ends or timezone.localdate(), period_of(RetentionKind.TRAINEE_FILE))
    return until if until > timezone.localdate() else None


# --- Exports --------------------------------------------------------------------------------------------------
def people_for(export: Export) -> tuple[QuerySet[Trainee], int]:
    """The people of an export and how many were left out of it by their own will or a restriction."""
    scope, filters = scope_of(export.started_by), json.loads(export.filters or "{}")
    people = Trainee.objects.live().filter(scope.within("township__code", *rules.EXPORTING))
    people = search(people, filters.get("q", ""))
    if filters.get("township"):
        people = people.filter(township__code=filters["township"])
    if filters.get("id_state"):
        people = people.filter(id_state=filters["id_state"])
    if filters.get("group"):
        people = in_group(people, filters["group"])
        if filters["group"] in sensitive_groups():
            people = people.filter(sensitive_withdrawn_at__isnull=True)
    stopped = Q(restricted_at__isnull=False)
    if export.purpose == Purpose.OUTREACH:
        stopped |= Q(use_withdrawn_at__isnull=False)
    kept_out = people.filter(stopped).count()
    return people.exclude(stopped).select_related("township", "village", "household").order_by("id"), kept_out


def persons(people: QuerySet[Trainee]) -> Iterator[list[Person]]:
    """In steps, each with a constant number of queries."""
    names, hidden = code_names("trainee_group"), sensitive_groups()
    ethnic, education = code_names("ethnic"), code_names("education")
    last = 0
    while step := list(people.filter(pk__gt=last)[:STEP]):
        last = step[-1].pk
        groups = groups_as_of(step, timezone.localdate())
        yield [
            Person(
                trainee, list(groups[trainee.pk]),
                [names.get(group, group) for group in groups[trainee.pk] if group not in hidden],
                education.get(trainee.education, ""), ethnic.get(trainee.ethnic, ""),
            )
            for trainee in step
        ]  # fmt: skip


# --- Retention ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Period:
    kind: RetentionKind
    months: int
    source: str
    by_hand: bool
    by_itself: bool
    # The centre's own decision, where it is not the product's.
    decided: RetentionRule | None


def periods() -> list[Period]:
    """The settings table: the product's defaults, and what the centre decided instead."""
    own = {row.kind: row for row in RetentionRule.objects.all()}
    return [_period(kind, default, own.get(kind)) for kind, default in rules.defaults().items()]


def _period(kind: RetentionKind, default: rules.Default, own: RetentionRule | None) -> Period:
    months = own.months if own else default.months
    source = own.source if own else in_language(default.source, default.source_en)
    return Period(kind, months, source, default.by == "hand", default.by == "itself", own)


def period_of(kind: RetentionKind) -> int:
    """Months."""
    own = RetentionRule.objects.filter(kind=kind).first()
    return own.months if own else rules.defaults()[kind].months


def due_subjects(kind: RetentionKind, today: datetime.date) -> Iterator[tuple[int, int, datetime.date]]:
    """(subject, trainee, due since) of every record of this kind whose time has come."""
    finder = {
        RetentionKind.TRAINEE_FILE: _due_files,
        RetentionKind.CANCELLED_ENROLMENT: _due_enrolments,
        RetentionKind.CONSENT_PROOF: _due_proofs,
    }[kind]
    months = period_of(kind)
    for subject, trainee, since in finder(rules.months_before(today, months)):
        yield subject, trainee, rules.months_after(since, months)


def _due_files(until: datetime.date) -> Iterator[tuple[int, int, datetime.date]]:
    """Acceptance follows the programme's deadline; a file that never joined a class counts from its opening."""
    last = Coalesce(
        Max("enrolments__training_class__programme__deadline"),
        TruncDate("created_at", output_field=DateField()),
        output_field=DateField(),
    )
    # Not live(): a file merged away names the same person.
    files = Trainee.objects.filter(anonymised_at__isnull=True).annotate(last=last)
    due = files.filter(last__lte=until).order_by("pk").values_list("pk", "last")
    for pk, since in due.filter(merged_into__isnull=True).iterator():
        yield pk, pk, since
    for step in batched(due.filter(merged_into__isnull=False).iterator(), STEP, strict=False):
        yield from _due_with_their_survivors(dict(step), files, until)


def _due_with_their_survivors(
    gone: dict[int, datetime.date], files: QuerySet[Any], until: datetime.date
) -> Iterator[tuple[int, int, datetime.date]]:
    """The classes of a file that was merged away went on in the other one: it is due when that one is."""
    heads = Trainee.objects.surviving(gone)
    lasts = dict(files.filter(pk__in=heads.values()).values_list("pk", "last"))
    for pk, since in gone.items():
        last = max(since, lasts.get(heads[pk], since))
        if last <= until:
            yield pk, pk, last


def _due_enrolments(until: datetime.date) -> Iterator[tuple[int, int, datetime.date]]:
    """Cancelled, and nothing was ever built on them."""
    of_person = {"trainee": OuterRef("trainee")}
    seen = Presence.objects.filter(**of_person, session__training_class=OuterRef("training_class"))
    counted = PersonTime.objects.filter(**of_person, training_class=OuterRef("training_class"))
    cancelled = Enrolment.objects.filter(
        ~Exists(seen), ~Exists(counted), state="cancelled", enrolled_at__date__lte=until
    )
    for pk, trainee, at in cancelled.order_by("pk").values_list("pk", "trainee", "enrolled_at").iterator():
        yield pk, trainee, timezone.localdate(at)


def _due_proofs(until: datetime.date) -> Iterator[tuple[int, int, datetime.date]]:
    gone = Trainee.objects.filter(anonymised_at__date__lte=until, consents__isnull=False).distinct()
    for pk, at in gone.order_by("pk").values_list("pk", "anonymised_at").iterator():
        yield pk, pk, timezone.localdate(at)


def due_of(user: User, *, state: str) -> QuerySet[DueItem]:
    items = DueItem.objects.visible_to(user).select_related("trainee", "proposed_by", "confirmed_by")
    wanted = [DueState.CONFIRMED, DueState.DONE] if state == DueState.DONE else [state]
    return items.filter(state__in=wanted).order_by("due_on", "id")
