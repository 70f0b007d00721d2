"""Groups of one person in words, as of a day."""

import datetime

from lms.places.queries import code_names
from trainees.registry.groups.queries import groups_as_of
from trainees.registry.models import Trainee

from .words import listed


def groups_on(trainee: Trainee, day: datetime.date) -> str:
    names = code_names("trainee_group")
    return listed(names.get(code, code) for code in groups_as_of([trainee], day)[trainee.pk])
