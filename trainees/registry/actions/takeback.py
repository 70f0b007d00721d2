"""What was entered by mistake is taken back: by whoever can say that nothing was built on it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.privacy import masking
from lms.refusals import Refused
from trainees.registry import followers
from trainees.registry.models import Household, Trainee

from .disability import void_disability
from .members import void_member
from .search import index_people


@transaction.atomic
def void_file(*, by: User | Agent, trainee: Trainee, reason: str) -> Trainee:
    """The file is out of use. Its number stays taken and its history stays readable; its ID number is free again,
    and so are its certificates and its place in a household."""
    _refuse_without(reason)
    _hold_homes(trainee)
    locked = _locked(trainee)
    if locked.voided_at:
        return locked
    for certificate in locked.disability_certificates.live():
        void_disability(by=by, certificate=certificate, reason=reason)
    for member in locked.household_entries.live():
        void_member(by=by, member=member, reason=reason)
    locked = _locked(trainee)
    locked.voided_at, locked.voided_by, locked.void_reason = timezone.now(), by.label, masking.digits(reason)[:300]
    locked.save(update_fields=["voided_at", "voided_by", "void_reason"])
    record_event(
        by=by, event="trainee.voided", record=locked, label=locked.file_number, place=locked.township.code,
        reason=reason,
    )  # fmt: skip
    followers.tell(locked.pk)
    return locked


@transaction.atomic
def withdraw_identity(
    *, by: User | Agent, trainee: Trainee, id_kind: str, id_state: str, id_note: str, reason: str
) -> Trainee:
    """Take the ID number out of a file that had none before; kind, state and note become what they were."""
    _refuse_without(reason)
    locked = _locked(trainee)
    before = locked.id_number
    locked.id_number, locked.id_hash = "", ""
    locked.id_kind, locked.id_state, locked.id_note = id_kind, id_state, id_note
    locked.save(update_fields=["id_number", "id_hash", "id_kind", "id_state", "id_note"])
    index_people([locked])
    record_event(
        by=by, event="trainee.identity_withdrawn", record=locked, label=locked.file_number,
        place=locked.township.code, changes={"id_number": [masking.id_number(before), None]}, reason=reason,
    )  # fmt: skip
    followers.tell(locked.pk)
    return locked


def _hold_homes(trainee: Trainee) -> None:
    """Households before people, here as everywhere."""
    homes = Household.objects.filter(member_entries__trainee=trainee).values("pk")
    list(Household.objects.select_for_update(no_key=True).filter(pk__in=homes).order_by("pk").values_list("pk"))


def _locked(trainee: Trainee) -> Trainee:
    return Trainee.objects.select_for_update(of=("self",)).select_related("township").get(pk=trainee.pk)


def _refuse_without(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason_missing", _("Say why it is taken back; the reason stays in the log."))
