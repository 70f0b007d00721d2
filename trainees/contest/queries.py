"""Entries as the centre lists them, and the files they may belong to."""

from django.db.models import Q, QuerySet

from lms.accounts.models import User
from trainees.registry.models import Trainee

from .models import Contest, Entry


def entries_for(user: User, contest: Contest, *, township: str = "") -> QuerySet[Entry]:
    """Entries of the places this person works for, the newest first; `township` is a 12-digit code."""
    entries = Entry.objects.visible_to(user).filter(contest=contest).select_related("township", "trainee")
    if township:
        entries = entries.filter(township__code=township)
    return entries.order_by("-id")


def files_like(user: User, entry: Entry) -> list[Trainee]:
    """Files in use of this person's places with the entry's phone, or its name in its township; at most ten."""
    alike = Q(name=entry.leader_name, township=entry.township)
    if phone_hash := Trainee.hash_phone(entry.phone):
        alike |= Q(phone_hash=phone_hash)
    return list(Trainee.objects.visible_to(user).live().filter(alike).select_related("township").order_by("pk")[:10])
