"""Full numbers stay on the screen for a short while after a reason was given, in this session alone."""

import datetime

from django.utils import timezone

from lms.access.requests import SignedInRequest
from lms.privacy import masking
from trainees.registry.models import Trainee

UNMASKED_FOR = datetime.timedelta(minutes=5)
UNMASKED_FIELDS = "id_number,phone"


def unmask(request: SignedInRequest, trainee: Trainee, reason: str) -> None:
    # The session lies in the database; the log masks numbers in a reason too.
    request.session[_key(trainee)] = [timezone.now().isoformat(), masking.digits(reason)]


def reason_given(request: SignedInRequest, trainee: Trainee) -> str:
    """The reason while it holds, else nothing: the numbers are masked."""
    since, reason = request.session.get(_key(trainee), ["", ""])
    if not since or timezone.now() - datetime.datetime.fromisoformat(since) >= UNMASKED_FOR:
        return ""
    return reason


def _key(trainee: Trainee) -> str:
    return f"unmasked:{trainee.pk}"
