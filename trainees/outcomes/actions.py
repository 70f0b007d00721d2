"""The one door to outcomes: recorded with a proof, confirmed by a second person, struck out with a reason."""

import datetime
import uuid
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.privacy import masking
from lms.refusals import Refused
from trainees.registry.actions import refuse_restricted
from trainees.registry.models import Trainee

from . import rules
from .enums import WITH_AMOUNT, OutcomeKind
from .models import Outcome


@transaction.atomic
def record_outcome(
    *,
    by: User | Agent,
    trainee: Trainee,
    kind: str,
    happened_on: datetime.date,
    amount_yuan: Decimal | None = None,
    proof_text: str = "",
    proof_link: str = "",
    document: bytes = b"",
    document_name: str = "",
) -> Outcome:
    """A fact about what became of somebody. The same kind on the same day again is refused, not counted twice."""
    proof_text, proof_link = proof_text.strip(), proof_link.strip()
    _check_facts(kind, happened_on, amount_yuan)
    _check_proof(kind, proof_text, proof_link, document, document_name)
    refuse_restricted(_held(trainee))
    outcome = Outcome(
        trainee=trainee, kind=kind, happened_on=happened_on, amount_yuan=amount_yuan, proof_text=proof_text,
        proof_link=proof_link, recorded_by=by.label, recorder_id=str(by.pk or ""),
    )  # fmt: skip
    _refuse_known(outcome)
    if document:
        # People call their files by names and numbers of people: the ending is all that is kept of it.
        outcome.proof_file_name = f"{kind}-{happened_on}.{rules.ending(document_name)}"
        name = f"{uuid.uuid4()}.{rules.ending(document_name)}"
        outcome.proof_file.save(name, ContentFile(document), save=False)
    try:
        with transaction.atomic():
            outcome.save()
    except IntegrityError as error:
        if outcome.proof_file.name:
            outcome.proof_file.storage.delete(outcome.proof_file.name)
        raise _known() from error
    _record(by, outcome, "trainee.outcome_recorded", {"outcome": [None, kind], "happened_on": [None, str(happened_on)]})
    return outcome


@transaction.atomic
def verify_outcome(*, by: User, outcome: Outcome) -> Outcome:
    """A second person looked at the proof."""
    locked = _live(outcome)
    if locked.verified_at is not None:
        raise Refused("outcome_verified", _("This outcome is confirmed already."))
    if locked.recorder_id == str(by.pk):
        raise Refused("own_outcome", _("You recorded this outcome yourself. Ask a colleague to confirm it."))
    locked.verified_at, locked.verified_by = timezone.now(), by.label
    locked.save(update_fields=["verified_at", "verified_by"])
    _record(by, locked, "trainee.outcome_verified", {"outcome": [locked.kind, locked.kind]})
    return locked


@transaction.atomic
def void_outcome(*, by: User | Agent, outcome: Outcome, reason: str) -> Outcome:
    """It was a mistake, or the proof did not hold. The row stays, and counts no longer."""
    if not reason.strip():
        raise Refused("reason_missing", _("Say why this outcome is struck out; the reason stays in the log."))
    locked = _live(outcome)
    locked.voided_at, locked.voided_by = timezone.now(), by.label
    locked.void_reason = masking.digits(reason.strip())[:200]
    locked.save(update_fields=["voided_at", "voided_by", "void_reason"])
    _record(by, locked, "trainee.outcome_voided", {"outcome": [locked.kind, None]}, reason)
    return locked


def _check_facts(kind: str, happened_on: datetime.date, amount_yuan: Decimal | None) -> None:
    if kind not in OutcomeKind.values:
        raise Refused("outcome_unknown", _("Choose what happened from the list."))
    if happened_on > timezone.localdate():
        raise Refused("day_ahead", _("This day lies in the future. Enter the day on which it happened."))
    if amount_yuan is not None and (kind not in WITH_AMOUNT or amount_yuan <= 0):
        raise Refused("amount_out_of_place", _("An amount is above zero and belongs to sales only. Leave it out."))


def _check_proof(kind: str, text: str, link: str, document: bytes, name: str) -> None:
    if not (text or link or document):
        raise Refused("proof_missing", _("An outcome needs a proof: write what was seen, give a link or a document."))
    if link and not rules.is_address(link):
        raise Refused("link_wrong", _("A link begins with http:// or https:// and holds no space."))
    if document and not rules.is_proof(name, document):
        raise Refused("document_type", _("The document must be a PDF, JPG or PNG file. Save it as one of them."))
    code = text.replace(" ", "").upper()
    # Who writes the bare code of a business licence means it exactly.
    if kind == OutcomeKind.BUSINESS_REGISTERED and len(code) == 18 and code.isalnum() and not uscc.is_valid(code):
        raise Refused(
            "licence_wrong",
            _("The check digit of this unified social credit code is wrong. Compare it with the business licence."),
        )


def _refuse_known(outcome: Outcome) -> None:
    same = {"trainee": outcome.trainee, "kind": outcome.kind, "happened_on": outcome.happened_on}
    if Outcome.objects.live().filter(**same).exists():
        raise _known()


def _known() -> Refused:
    return Refused("outcome_known", _("This outcome is recorded for that day already."))


def _held(trainee: Trainee) -> Trainee:
    return Trainee.objects.select_for_update(of=("self",), no_key=True).get(pk=trainee.pk)


def _live(outcome: Outcome) -> Outcome:
    refuse_restricted(_held(outcome.trainee))
    locked = Outcome.objects.select_for_update(of=("self",)).select_related("trainee__township").get(pk=outcome.pk)
    if locked.voided_at is not None:
        raise Refused("outcome_voided", _("This outcome is struck out already."))
    return locked


def _record(by: User | Agent, outcome: Outcome, event: str, changes: dict, reason: str = "") -> None:
    trainee = outcome.trainee
    record_event(
        by=by, event=event, record=trainee, label=trainee.file_number, place=trainee.township.code, changes=changes,
        reason=reason,
    )  # fmt: skip
