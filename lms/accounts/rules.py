from collections.abc import Collection

from .enums import SEPARATE_PEOPLE, Role

# Roles that make no sense without a place of their own.
NEEDS_PLACE = frozenset({Role.TOWNSHIP_OPERATOR})
# Those who open accounts and give roles.
KEEPERS = frozenset({Role.MANAGER, Role.SYSTEM_ADMIN})


def clash_with(role: Role, held: set[Role]) -> Role | None:
    """The role already held that keeps this one from the same person (MLPS level 2, separation of duties)."""
    if role not in SEPARATE_PEOPLE:
        return None
    return next((other for other in sorted(held) if other in SEPARATE_PEOPLE and other != role), None)


def grantable(giver: Collection[Role]) -> frozenset[Role]:
    """What a keeper's page offers. The three separate roles are the administrator's to give, who on the other hand
    knows no trainee and so opens no account for one."""
    roles: frozenset[Role] = frozenset()
    if Role.MANAGER in giver:
        roles |= frozenset(Role) - SEPARATE_PEOPLE
    if Role.SYSTEM_ADMIN in giver:
        roles |= frozenset(Role) - {Role.TRAINEE}
    return roles


def out_of_reach(giver: Collection[Role], held: Collection[Role]) -> Role | None:
    """The role among these that only a system administrator gives, ends, or takes the account of."""
    if Role.SYSTEM_ADMIN in giver:
        return None
    return next((role for role in sorted(held) if role in SEPARATE_PEOPLE), None)
