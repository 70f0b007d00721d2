"""Groups of one person in words, as of a day."""

import datetime

from lms.places.queries import code_names
from trainees.registry.models import GroupMembership, Trainee

from .words import listed


def groups_on(trainee: Trainee, day: datetime.date) -> str:
    names = code_names("trainee_group")
    codes = GroupMembership.objects.as_of(day).filter(trainee=trainee).values_list("group", flat=True)
    return listed(names.get(code, code) for code in codes)
