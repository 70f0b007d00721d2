"""A household that a roster changed: what it changed is kept with the row, and put back exactly."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.refusals import Refused
from trainees.registry.models import GroupMembership, HouseholdMember, Trainee
from trainees.registry.rules import POOR

from . import evidence as proof
from .groups import hold, told
from .members import hold_household, point_at, sync_poverty, void_member

COLUMNS = ("valid_to", "end_reason", "voided_at", "voided_by", "void_reason")


def home_of(trainee: Trainee) -> dict:
    """How the entries that a move may touch stand: the stay of today, and mere claims of poverty."""
    stay = _stay(trainee)
    claims = trainee.memberships.live().filter(group=POOR, certificate=None, period=None)
    return {"stay": stay and _plain(stay), "claims": [_plain(claim) for claim in claims]}


def moved(trainee: Trainee, before: dict) -> dict | None:
    """As JSON, for put_back_home; None when the person lives where they lived before."""
    stay, former = _stay(trainee), before["stay"]
    if stay is None or (former and former["pk"] == stay.pk):
        return None
    now = {claim.pk: _plain(claim) for claim in trainee.memberships.filter(pk__in=_pks(before["claims"]))}
    claims = [claim for claim in before["claims"] if now[claim["pk"]] != claim]
    left = former and _plain(trainee.household_entries.get(pk=former["pk"]))
    return {"entered": stay.pk, "former": former, "left": left, "claims": claims}


def may_go_home(trainee: Trainee, home: dict) -> bool:
    """Nobody has touched the stay that was entered, nor the one it followed."""
    stay, left = _stay(trainee), home["left"]
    if stay is None or stay.pk != home["entered"]:
        return False
    return left is None or _plain(trainee.household_entries.get(pk=left["pk"])) == left


@transaction.atomic
def put_back_home(*, by: User | Agent, trainee: Trainee, home: dict, reason: str) -> None:
    """The stay that was entered goes; the one before it, and the claims that gave way, stand as they stood."""
    proof.check_reason(reason)
    entered = HouseholdMember.objects.select_related("household").get(pk=home["entered"])
    hold_household(entered.household)
    locked = hold(trainee)
    if not may_go_home(locked, home):
        raise _changed()
    void_member(by=by, member=entered, reason=reason)
    if home["former"]:
        _reopen(locked, home["former"], by=by, reason=reason)
    for claim in home["claims"]:
        _restore(GroupMembership.objects.select_related("trainee__township").get(pk=claim["pk"]), claim, by, reason)


def _reopen(trainee: Trainee, former: dict, *, by: User | Agent, reason: str) -> None:
    stay = HouseholdMember.objects.select_related("household").get(pk=former["pk"])
    _set(stay, former)
    point_at(trainee, stay.household)
    record_event(
        by=by, event="trainee.household_joined", record=trainee, label=trainee.file_number,
        place=trainee.township.code, reason=reason[:300],
        changes={"household": [None, str(stay.household)], "valid_from": [None, str(stay.valid_from)]},
    )  # fmt: skip
    sync_poverty(by=by, trainee=trainee)


def _restore(claim: GroupMembership, was: dict, by: User | Agent, reason: str) -> None:
    ended = claim.valid_to
    others = claim.trainee.memberships.touching(claim.valid_from, _day(was["valid_to"])).filter(group=POOR)
    if others.exclude(pk=claim.pk).exists():
        raise _changed()
    _set(claim, was)
    told(
        claim, by=by, event="trainee.group_added", reason=reason,
        changes={"valid_to": [ended and str(ended), was["valid_to"]]},
    )  # fmt: skip


def _stay(trainee: Trainee) -> HouseholdMember | None:
    return trainee.household_entries.live().filter(valid_to=None).first()


def _plain(entry: HouseholdMember | GroupMembership) -> dict:
    return {
        "pk": entry.pk, "valid_from": str(entry.valid_from), "valid_to": entry.valid_to and str(entry.valid_to),
        "end_reason": entry.end_reason, "live": entry.voided_at is None,
    }  # fmt: skip


def _set(entry: HouseholdMember | GroupMembership, was: dict[str, Any]) -> None:
    entry.valid_to = _day(was["valid_to"])
    entry.end_reason, entry.voided_at, entry.voided_by, entry.void_reason = was["end_reason"], None, "", ""
    entry.save(update_fields=COLUMNS)


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _changed() -> Refused:
    return Refused("home_changed", _("The household was changed again since. Correct it in the person's file."))


def _pks(entries: list[dict]) -> list[int]:
    return [entry["pk"] for entry in entries]
