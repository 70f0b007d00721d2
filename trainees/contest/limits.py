"""How many forms one address may send to the contest: enough for a class in one room, too few for a flood."""

from django.http import HttpRequest

from lms.access.limits import within_limit

ENTRIES, SECONDS = 30, 600


def may_send(request: HttpRequest) -> bool:
    """Counts this form."""
    return within_limit(request, "contest-entries", most=ENTRIES, seconds=SECONDS)
