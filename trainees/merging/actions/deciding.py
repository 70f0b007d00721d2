"""Not the same person: remembered until one of the files changes in a fact that matters."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.privacy import masking
from lms.refusals import Refused
from trainees.merging.enums import PairState
from trainees.merging.matching import fingerprint_of
from trainees.merging.models import DuplicatePair
from trainees.registry import followers
from trainees.registry.models import Trainee


@transaction.atomic
def decide_different(*, by: User | Agent, one: Trainee, other: Trainee, reason: str = "") -> DuplicatePair:
    """Two people, however alike their files are."""
    files = lock_people({one.pk, other.pk})
    pair = locked_pair(one, other)
    voided = [trainee.file_number for trainee in files.values() if trainee.voided_at]
    if voided:
        raise Refused("file_voided", _("The file %(number)s is no longer in use.") % {"number": voided[0]})
    if pair.state == PairState.DIFFERENT:
        return pair
    settle(pair, PairState.DIFFERENT, by=by, reason=reason)
    for trainee, twin in ((one, other), (other, one)):
        record_event(
            by=by, event="trainee.another_person", record=trainee, label=trainee.file_number, reason=reason,
            place=trainee.township.code, changes={"duplicate_of": [twin.file_number, None]},
        )  # fmt: skip
    return pair


def lock_people(pks: Collection[int]) -> dict[int, Trainee]:
    """The files before the pair, in this order everywhere: a pair's row points at both of them."""
    people = Trainee.objects.select_for_update(of=("self",)).select_related("township").filter(pk__in=pks)
    return {trainee.pk: trainee for trainee in people.order_by("pk")}


def tell_of(*trainees: Trainee) -> None:
    """Their keys and pairs are looked at after the commit: a look holds other files, and this one is held."""
    for trainee in trainees:
        followers.tell(trainee.pk)


def locked_pair(one: Trainee, other: Trainee) -> DuplicatePair:
    if one.pk == other.pk:
        raise Refused("same_file", _("These are one and the same file. Enter the number of the other one."))
    first, second = sorted((one.pk, other.pk))
    DuplicatePair.objects.get_or_create(first_id=first, second_id=second)
    return DuplicatePair.objects.select_for_update().get(first_id=first, second_id=second)


def settle(pair: DuplicatePair, state: PairState, *, by: Any, reason: str = "") -> None:
    pair.state, pair.decided_at, pair.decided_by = state, timezone.now(), by.label
    pair.reason = masking.digits(reason.strip())[:200]
    pair.fingerprint = fingerprint_of(pair.first_id, pair.second_id)
    pair.save()
