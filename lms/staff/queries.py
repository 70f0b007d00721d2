"""Accounts as their keepers see them: a manager all, a system administrator those of no trainee."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from lms.access.scope import Scope, scope_of
from lms.accounts import rules
from lms.accounts.enums import Role
from lms.accounts.models import RoleGrant, User
from lms.audit.models import AuditEvent
from lms.places.models import Division
from lms.places.queries import townships
from lms.privacy import masking
from lms.refusals import Refused

COUNTY_DIGITS = 6


def kept_by(scope: Scope) -> frozenset[Role]:
    """The keeper's roles this person holds for at least a county: whoever keeps one township opens no accounts."""
    return frozenset(
        role
        for role in rules.KEEPERS
        if any(len(prefix) <= COUNTY_DIGITS for prefix in scope.places.get(role, frozenset()))
    )


def roles_shown(keeper: Collection[Role]) -> frozenset[Role]:
    return frozenset(Role) if Role.MANAGER in keeper else frozenset(Role) - {Role.TRAINEE}


def accounts_for(user: User) -> QuerySet[User]:
    """Who learns is nothing to a system administrator: accounts that were only ever a trainee's are not there."""
    keeper = kept_by(scope_of(user))
    accounts = User.objects.order_by("-is_active", "username")
    if not keeper:
        return accounts.none()
    if Role.MANAGER not in keeper:
        grants = RoleGrant.objects.filter(user=OuterRef("pk"))
        only_learns = Exists(grants.filter(role=Role.TRAINEE)) & ~Exists(grants.exclude(role=Role.TRAINEE))
        accounts = accounts.exclude(only_learns)
    shown = RoleGrant.objects.filter(role__in=roles_shown(keeper)).select_related("place")
    shown = shown.order_by("role", "-granted_at", "-pk")
    return accounts.prefetch_related(Prefetch("grants", queryset=shown, to_attr="all_grants"))


def search(accounts: QuerySet[User], text: str, role: str) -> QuerySet[User]:
    if text:
        accounts = accounts.filter(Q(username__icontains=text) | Q(name__icontains=text))
    if role:
        held = RoleGrant.objects.filter(user=OuterRef("pk"), role=role, ended_at__isnull=True)
        accounts = accounts.filter(Exists(held))
    return accounts


def places() -> list[Division]:
    """Townships of the county; before there is a programme, all that are known."""
    try:
        return list(townships())
    except Refused:
        return list(Division.objects.current().townships())


def grants_of(account: User) -> list[RoleGrant]:
    """Of an account from accounts_for: what its keeper may know."""
    return account.all_grants  # type: ignore[attr-defined]


@dataclass(frozen=True)
class AccountShown:
    """One account with what this keeper may do to it; the action decides once more."""

    account: User
    live: list[tuple[RoleGrant, bool]]  # and whether this keeper may end it
    ended: list[RoleGrant]
    own: bool
    held_by: Role | None  # the role for which only a system administrator changes it
    suspension: AuditEvent | None

    @property
    def masked_phone(self) -> str:
        return masking.phone(self.account.phone)


def account_shown(account: User, *, keeper: User) -> AccountShown:
    """`account` comes from accounts_for(keeper)."""
    roles = kept_by(scope_of(keeper))
    grants = grants_of(account)
    live = [grant for grant in grants if grant.ended_at is None]
    own = account.pk == keeper.pk
    kept = [grant for grant in live if Role(grant.role) in rules.KEEPERS]
    return AccountShown(
        account=account,
        live=[
            (grant, not rules.out_of_reach(roles, {Role(grant.role)}) and not (own and kept == [grant]))
            for grant in live
        ],
        ended=[grant for grant in grants if grant.ended_at is not None],
        own=own,
        held_by=rules.out_of_reach(roles, {Role(grant.role) for grant in live}),
        suspension=None if account.is_active else _suspension(account),
    )


def _suspension(account: User) -> AuditEvent | None:
    return AuditEvent.objects.filter(
        record_type=account._meta.label_lower, record_id=str(account.pk), event="account.suspended"
    ).first()
