"""The only way from an address to a file: outside the asker's places there is none, inside it needs the role."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.accounts.enums import Role

from .models import Household, Trainee


def file_for(request: SignedInRequest, file_number: str, *roles: Role) -> Trainee:
    """One role may show a person, and another one, held elsewhere, does not let open or change the file."""
    people = Trainee.objects.visible_to(request.user).live().select_related("township", "village", "household")
    trainee = get_object_or_404(people, file_number=file_number)
    if not scope_of(request.user).covers(trainee.township.code, *roles):
        raise PermissionDenied
    return trainee


def household_for(request: SignedInRequest, pk: int, *roles: Role) -> Household:
    households = Household.objects.visible_to(request.user).select_related("township", "village")
    household = get_object_or_404(households, pk=pk)
    if not scope_of(request.user).covers(household.township.code, *roles):
        raise PermissionDenied
    return household
