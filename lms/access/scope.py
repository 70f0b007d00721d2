"""Which places a person's roles reach. Every queryset of personal records ends where this ends."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from lms.accounts.enums import Role


@dataclass(frozen=True)
class Scope:
    """Role -> code prefixes it reaches; the empty prefix is everywhere."""

    places: dict[Role, frozenset[str]] = field(default_factory=dict)

    def has(self, *roles: Role) -> bool:
        return any(role in self.places for role in roles)

    def within(self, column: str, *roles: Role) -> Q:
        """A filter on a 12-digit code column, true inside the places of any of these roles; false with none."""
        prefixes = frozenset().union(*(self.places.get(role, frozenset()) for role in roles))
        if "" in prefixes:
            return Q()
        if not prefixes:
            return Q(pk__in=[])
        within = Q()
        for prefix in prefixes:
            within |= Q(**{f"{column}__startswith": prefix})
        return within

    def covers(self, code: str, *roles: Role) -> bool:
        return any(code.startswith(prefix) for role in roles for prefix in self.places.get(role, ()))


NOBODY = Scope()


def scope_of(user: Any) -> Scope:
    """Read once per request and kept on the user object."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    if not hasattr(user, "_scope"):
        places: dict[Role, set[str]] = {}
        for grant in user.grants.filter(ended_at__isnull=True).select_related("place"):
            places.setdefault(Role(grant.role), set()).add(grant.place.prefix if grant.place else "")
        user._scope = Scope({role: frozenset(prefixes) for role, prefixes in places.items()})
    return user._scope
