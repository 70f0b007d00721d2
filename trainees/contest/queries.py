"""Entries as the centre lists them."""

from django.db.models import QuerySet

from lms.accounts.models import User

from .models import Contest, Entry


def entries_for(user: User, contest: Contest, *, township: str = "") -> QuerySet[Entry]:
    """Entries of the places this person works for, the newest first; `township` is a 12-digit code."""
    entries = Entry.objects.visible_to(user).filter(contest=contest).select_related("township")
    if township:
        entries = entries.filter(township__code=township)
    return entries.order_by("-id")
