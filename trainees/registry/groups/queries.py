"""Who belonged to which group on a day, what a file shows of it, and what waits for a second pair of eyes."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.places.queries import code_name
from trainees.registry.enums import Doubt, Evidence, IdKind, Sex
from trainees.registry.models import (
    OFFICE,
    DisabilityCertificate,
    GroupMembership,
    HouseholdMember,
    HouseholdPeriod,
    Trainee,
    in_use,
)
from trainees.registry.rules import DISABLED, NEEDS_PROOF, POOR, POOR_TYPES, USUAL_EVIDENCE

WOMEN = "women"
ENTERING = (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR)
VERIFYING = (Role.MANAGER, Role.CLERK)
# Papers that are one person's own: their number cannot be in another person's file too.
OWN_PAPERS = (Evidence.DISABILITY, Evidence.DIPLOMA, Evidence.WORK_PROOF, Evidence.VETERAN_CARD)


def groups_as_of(trainees: Iterable[Trainee], day: datetime.date) -> dict[int, tuple[str, ...]]:
    """Person's key -> codes of the groups on that day, sorted; women by their sex. One query for all of them."""
    people = list(trainees)
    groups: dict[int, set[str]] = {person.pk: {WOMEN} if person.sex == Sex.FEMALE else set() for person in people}
    rows = GroupMembership.objects.as_of(day).filter(trainee__in=groups)
    for pk, group in rows.order_by().values_list("trainee_id", "group"):
        groups[pk].add(group)
    return {pk: tuple(sorted(found)) for pk, found in groups.items()}


# --- Doubts ---------------------------------------------------------------------------------------------------------


def _also(rows: QuerySet[Any]) -> Q:
    """Whether one of these rows shares a day with the entry; an entry without an end goes on for ever."""
    from_on = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=OuterRef("valid_from")))
    until = from_on.filter(valid_from__lte=OuterRef("valid_to"))
    return Q(valid_to__isnull=True) & Q(Exists(from_on)) | Q(valid_to__isnull=False) & Q(Exists(until))


def doubts() -> dict[str, Q]:
    """Each doubt as a condition on an entry."""
    own = DisabilityCertificate.objects.live().filter(trainee=OuterRef("trainee"))
    disabled = Q(group=DISABLED)
    other_id = ~Q(certificate__holder_hash=F("trainee__id_hash"))
    others = GroupMembership.objects.live().exclude(trainee=OuterRef("trainee"))
    cadre = GroupMembership.objects.live().filter(trainee=OuterRef("trainee"), group="cadre_leader")
    return {
        Doubt.ISSUE_DATE: disabled & Q(Exists(own.filter(issued_on=None))),
        Doubt.BEFORE_CERTIFICATE: disabled
        & Q(certificate=None)
        & Q(Exists(own.filter(issued_on__gt=OuterRef("valid_from"))))
        & ~Q(Exists(own.filter(issued_on__lte=OuterRef("valid_from")))),
        Doubt.OTHER_ID: Q(certificate__isnull=False, trainee__id_kind=IdKind.RESIDENT)
        & ~Q(certificate__holder_hash="")
        & ~Q(trainee__id_hash="")
        & other_id,
        Doubt.NOT_POOR: Q(group=POOR, period=None) & _in_a_household_not_poor(),
        Doubt.SAME_NUMBER: Q(evidence__in=OWN_PAPERS)
        & ~Q(evidence_hash="")
        & Q(Exists(others.filter(evidence_hash=OuterRef("evidence_hash"), evidence__in=OWN_PAPERS))),
        Doubt.NO_WOMAN: Q(group="left_behind_women", trainee__sex=Sex.MALE),
        Doubt.CADRE: Q(group=POOR) & _also(cadre),
    }


def _in_a_household_not_poor() -> Q:
    """The person's stay, the household's period and the entry share a day when each two of them do."""
    stay = "household__member_entries__"
    from_on = [
        Q(**{f"{stay}trainee": OuterRef("trainee"), f"{stay}voided_at__isnull": True}),
        Q(**{f"{stay}valid_to__isnull": True}) | Q(**{f"{stay}valid_to__gte": F("valid_from")}),
        Q(valid_to__isnull=True) | Q(**{f"{stay}valid_from__lte": F("valid_to")}),
        Q(valid_to__isnull=True) | Q(valid_to__gte=OuterRef("valid_from")),
        Q(**{f"{stay}valid_to__isnull": True}) | Q(**{f"{stay}valid_to__gte": OuterRef("valid_from")}),
    ]
    until = [Q(**{"valid_from__lte": OuterRef("valid_to"), f"{stay}valid_from__lte": OuterRef("valid_to")})]
    periods = HouseholdPeriod.objects.live().exclude(poverty_type__in=POOR_TYPES)
    # All conditions in one filter: they speak of one stay.
    return (Q(valid_to__isnull=True) & Q(Exists(periods.filter(*from_on)))) | (
        Q(valid_to__isnull=False) & Q(Exists(periods.filter(*from_on, *until)))
    )


def with_doubts(rows: QuerySet[GroupMembership]) -> QuerySet[Any]:
    return rows.annotate(**{f"doubt_{name}": condition for name, condition in doubts().items()})


def doubts_of(row: GroupMembership) -> list[Doubt]:
    """Of a row read through with_doubts."""
    return [doubt for doubt in Doubt if getattr(row, f"doubt_{doubt}", False)]


# --- One file -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GroupLine:
    """One dated entry as it is shown."""

    row: GroupMembership
    name: str
    doubts: list[Doubt]
    holds: bool

    @property
    def usual(self) -> str:
        """What the group is proved with, where the entry rests on something weaker."""
        usual = USUAL_EVIDENCE.get(self.row.group)
        rests_on = self.row.evidence
        if usual is None or rests_on in (usual, Evidence.DOCUMENT) or self.row.verified_at:
            return ""
        return str(usual.label)


@dataclass(frozen=True)
class CertificateLine:
    row: DisabilityCertificate
    # Category and grade in words; the number is shown to nobody.
    said: str


@dataclass(frozen=True)
class GroupsOfFile:
    day: datetime.date
    # Names of all groups on that day.
    on_day: list[str]
    lines: list[GroupLine]
    voided: list[GroupLine]
    certificates: list[CertificateLine]
    stays: list[HouseholdMember]
    may_edit: bool
    may_verify: bool


def groups_of_file(trainee: Trainee, *, by: User | AnonymousUser, as_of: datetime.date) -> GroupsOfFile:
    """What the file shows of groups, certificates and households, and what held on the chosen day.

    Poverty and disability only for those whose work needs them (PIPL art. 28): none of it for anybody else.
    """
    scope, code = scope_of(by), trainee.township.code
    sensitive = scope.covers(code, *OFFICE)
    rows = with_doubts(trainee.memberships.all() if sensitive else trainee.memberships.exclude(group__in=NEEDS_PROOF))
    lines = [_line(row, as_of) for row in rows.select_related("certificate", "period__household")]
    names = [line.name for line in lines if line.holds]
    if trainee.sex == Sex.FEMALE:
        names.append(code_name("trainee_group", WOMEN))
    certificates = trainee.disability_certificates.live()
    return GroupsOfFile(
        day=as_of,
        on_day=names,
        lines=[line for line in lines if line.row.voided_at is None],
        voided=[line for line in lines if line.row.voided_at is not None],
        certificates=[certificate_line(row) for row in certificates] if sensitive else [],
        stays=list(trainee.household_entries.live().select_related("household")) if sensitive else [],
        may_edit=scope.covers(code, *ENTERING),
        may_verify=scope.covers(code, *VERIFYING),
    )


def line_of(membership: GroupMembership, *, day: datetime.date) -> GroupLine:
    rows = with_doubts(GroupMembership.objects.filter(pk=membership.pk))
    return _line(rows.select_related("certificate", "period__household").get(), day)


def _line(row: GroupMembership, day: datetime.date) -> GroupLine:
    holds = row.voided_at is None and row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)
    return GroupLine(row, code_name("trainee_group", row.group), doubts_of(row) if row.voided_at is None else [], holds)


def certificate_line(row: DisabilityCertificate) -> CertificateLine:
    words = [code_name("disability_category", row.category), code_name("disability_grade", row.grade)]
    return CertificateLine(row, " ".join(filter(None, words)))


# --- To verify ------------------------------------------------------------------------------------------------------


def to_verify(
    user: User | AnonymousUser, *, doubtful: bool = False, group: str = "", township: str = ""
) -> QuerySet[Any]:
    """Entries that nobody has verified, or those with a doubt, in the places this account works for."""
    rows = GroupMembership.objects.live().filter(in_use("trainee__"))
    rows = rows.filter(scope_of(user).within("trainee__township__code", *ENTERING))
    if doubtful:
        conditions = Q()
        for condition in doubts().values():
            conditions |= condition
        rows = rows.filter(conditions)
    else:
        rows = rows.filter(verified_at=None)
    if group:
        rows = rows.filter(group=group)
    if township:
        rows = rows.filter(trainee__township__code=township)
    rows = rows.select_related("trainee__township", "trainee__village", "certificate", "period__household")
    return with_doubts(rows).order_by("id")


def lines_of(rows: Iterable[GroupMembership], day: datetime.date) -> list[GroupLine]:
    return [_line(row, day) for row in rows]
