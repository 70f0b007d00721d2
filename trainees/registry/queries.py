"""What the pages of the registry show."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.places.models import Division
from lms.places.queries import codes_of, townships

from .enums import IdState
from .models import GroupMembership, Trainee
from .reasons import WARNINGS, sentence
from .rules import SENSITIVE_GROUPS

ENTERING = (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR)
SEES_SENSITIVE = (*ENTERING, Role.AUDITOR)


def went_on_in(file_number: str, *, user: User | AnonymousUser) -> str:
    """The number of the file in which this one went on, if this person may see both; otherwise nothing."""
    visible = Trainee.objects.visible_to(user)
    old = visible.filter(file_number=file_number, merged_into__isnull=False).values_list("pk", flat=True).first()
    today = Trainee.objects.surviving([old]).get(old) if old else None
    return visible.live().filter(pk=today).values_list("file_number", flat=True).first() or "" if today else ""


def in_group(people: QuerySet[Trainee], group: str) -> QuerySet[Trainee]:
    """Who belongs to the group today; women by their sex."""
    if group == "women":
        return people.filter(sex="2")
    members = GroupMembership.objects.as_of(timezone.localdate()).filter(group=group)
    return people.filter(pk__in=members.values("trainee"))


def places_of(user: User | AnonymousUser) -> list[tuple[Division, list[Division]]]:
    """Townships with their villages that this person enters people for."""
    scope = scope_of(user)
    found = Division.objects.current().villages().order_by("code")
    whole = townships().prefetch_related(Prefetch("children", queryset=found, to_attr="current_villages"))
    return [(township, township.current_villages) for township in whole if scope.covers(township.code, *ENTERING)]


def under_review(user: User | AnonymousUser) -> QuerySet[Trainee]:
    """Files this role opens whose identity waits for a decision, the longest waiting first."""
    reached = scope_of(user).within("township__code", *SEES_SENSITIVE)
    return (
        Trainee.objects.live()
        .filter(reached, id_state=IdState.REVIEW)
        .select_related("township", "village")
        .order_by("created_at", "pk")
    )


def narrowed(waiting: QuerySet[Trainee], *, township: str, id_kind: str) -> QuerySet[Trainee]:
    if township:
        waiting = waiting.filter(township__code=township)
    return waiting.filter(id_kind=id_kind) if id_kind else waiting


@dataclass(frozen=True)
class ReviewRow:
    trainee: Trainee
    reasons: list[str]
    days: int


def review_rows(people: Iterable[Trainee], *, today: datetime.date) -> list[ReviewRow]:
    return [
        ReviewRow(trainee, review_reasons(trainee), (today - timezone.localdate(trainee.created_at)).days)
        for trainee in people
    ]


def review_reasons(trainee: Trainee) -> list[str]:
    """Why an identity waits, in words."""
    codes = trainee.id_note.split()
    if not trainee.id_number:
        codes = ["id_none"]
    return [sentence(code) for code in codes if code in WARNINGS]


def sensitive_groups() -> set[str]:
    """Disability and poverty are for those whose work needs them (PIPL art. 28)."""
    return set(SENSITIVE_GROUPS) & {item.code for item in codes_of("trainee_group")}
