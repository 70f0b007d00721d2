"""Every night all files are looked at: what a change brought is found at once, what slipped by is found here."""

from celery import shared_task

from .actions import find_all


@shared_task
def find_duplicates() -> int:
    """How many pairs are new or asked again."""
    return sum(found.new + found.again for found in find_all())
