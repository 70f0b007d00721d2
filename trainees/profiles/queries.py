"""A profile as the pages and the paper show it."""

from django.utils import timezone

from trainees.attendance.enums import EnrolmentState
from trainees.registry.models import Trainee

from .enums import CADRE_GROUPS
from .models import Profile


def profile_of(trainee: Trainee) -> Profile:
    """The stored one, or an empty one: a file without it is as good as any."""
    found = Profile.objects.filter(trainee=trainee).select_related("residence_place__parent").first()
    return found or Profile(trainee=trainee)


def asks_political(trainee: Trainee) -> bool:
    """Only cadres are asked: by their group of today, or by a class they attend."""
    if trainee.memberships.as_of(timezone.localdate()).filter(group__in=CADRE_GROUPS).exists():
        return True
    enrolments = trainee.enrolments.exclude(state=EnrolmentState.CANCELLED)
    return enrolments.filter(training_class__tier="cadre").exists()
