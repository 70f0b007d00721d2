"""The only ways to a person's file: what a role does not reach is not there, what it may not do is forbidden."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User

from .models import Household, Trainee


def file_at(user: User, file_number: str) -> Trainee:
    people = Trainee.objects.visible_to(user).live().select_related("township", "village", "household")
    return get_object_or_404(people, file_number=file_number)


def file_for(user: User, file_number: str, *roles: Role) -> Trainee:
    """One role may show a person, and another one, held elsewhere, does not let open or change the file."""
    trainee = file_at(user, file_number)
    if not scope_of(user).covers(trainee.township.code, *roles):
        raise PermissionDenied
    return trainee


def household_for(user: User, pk: int, *roles: Role) -> Household:
    households = Household.objects.visible_to(user).select_related("township", "village")
    household = get_object_or_404(households, pk=pk)
    if not scope_of(user).covers(household.township.code, *roles):
        raise PermissionDenied
    return household
