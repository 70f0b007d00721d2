from allauth.mfa.models import Authenticator

from .enums import Role
from .models import User


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def roles_of(user: User) -> set[Role]:
    """Held today, wherever. Read afresh, for what decides over other people's accounts."""
    return {Role(role) for role in user.grants.filter(ended_at__isnull=True).values_list("role", flat=True)}
