"""How often one address may ask the public check: enough for a desk, too little for guessing."""

from django.http import HttpRequest

from lms.access.limits import within_limit

QUESTIONS, FILES, SECONDS = 20, 20, 600


def may_ask(request: HttpRequest) -> bool:
    """Counts this question."""
    return within_limit(request, "certificate-questions", most=QUESTIONS, seconds=SECONDS)


def may_send_file(request: HttpRequest) -> bool:
    """Counts this file."""
    return within_limit(request, "certificate-files", most=FILES, seconds=SECONDS)
