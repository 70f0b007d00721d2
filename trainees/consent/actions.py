"""The one door to consents: texts, what people said yes to, and the end of it."""

import datetime
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.privacy import masking
from lms.programme.models import Programme
from lms.refusals import Refused
from trainees.registry.actions import lift_limit, refuse_restricted, set_limit
from trainees.registry.enums import Limit
from trainees.registry.models import Trainee
from trainees.registry.names import clean_name

from . import queries, rules
from .enums import Channel, ConsentKind
from .models import Consent, ConsentPolicy, ConsentSheet, ConsentText
from .samples import SAMPLES

# The limit that a withdrawal of this kind sets on the file; publication stops by having no live consent.
LIMIT_OF = {ConsentKind.ORDINARY: Limit.USE, ConsentKind.SENSITIVE: Limit.SENSITIVE}


# --- Texts ----------------------------------------------------------------------------------------------------
@transaction.atomic
def save_draft(
    *, by: User | Agent, kind: str, title: str, body: str, title_en: str = "", body_en: str = ""
) -> ConsentText:
    """The one draft of a kind, made or changed. A published text is never touched: the next version begins."""
    facts = {"title": title, "title_en": title_en, "body": body, "body_en": body_en}
    draft = ConsentText.objects.select_for_update().filter(kind=kind, published_at__isnull=True).first()
    if draft is None:
        draft = _new_draft(by, kind, facts)
    elif all(getattr(draft, field) == value for field, value in facts.items()):
        return draft
    else:
        for field, value in facts.items():
            setattr(draft, field, value)
        draft.save(update_fields=[*facts])
    record_event(by=by, event="consent_text.drafted", record=draft, label=str(draft), changes={"title": [None, title]})
    return draft


def _new_draft(by: User | Agent, kind: str, facts: dict) -> ConsentText:
    last = ConsentText.objects.filter(kind=kind).aggregate(last=Max("version"))["last"] or 0
    try:
        with transaction.atomic():
            return ConsentText.objects.create(kind=kind, version=last + 1, created_by=by.label, **facts)
    except IntegrityError as error:
        raise Refused(
            "draft_exists", _("Somebody began a draft of this text at this moment. Open it and go on there.")
        ) from error


@transaction.atomic
def publish_text(*, by: User | Agent, text: ConsentText) -> ConsentText:
    """From now on people agree to this text. Publishing twice changes nothing."""
    locked = ConsentText.objects.select_for_update().get(pk=text.pk)
    if locked.published_at:
        return locked
    locked.published_at, locked.published_by = timezone.now(), by.label
    locked.save(update_fields=["published_at", "published_by"])
    record_event(by=by, event="consent_text.published", record=locked, label=str(locked))
    return locked


def publish_samples(*, by: User | Agent) -> list[ConsentText]:
    """The texts a centre starts from, for kinds that have none yet."""
    known = set(ConsentText.objects.values_list("kind", flat=True))
    return [
        publish_text(
            by=by,
            text=save_draft(
                by=by, kind=kind, title=sample.title, title_en=sample.title_en, body=sample.body,
                body_en=sample.body_en,
            ),
        )
        for kind, sample in SAMPLES.items()
        if kind not in known
    ]  # fmt: skip


@transaction.atomic
def set_policy(*, by: User | Agent, programme: Programme, required: bool, basis: str) -> ConsentPolicy:
    """Whether enrolment waits for consent, and the law the centre rests on."""
    # The programme's row is the lock: the first two who decide wait for each other.
    Programme.objects.select_for_update().get(pk=programme.pk)
    policy = queries.policy_of(programme)
    if policy.pk and (policy.required, policy.basis) == (required, basis):
        return policy
    before = policy.required if policy.pk else None
    policy.required, policy.basis, policy.decided_by = required, basis, by.label
    policy.save()
    transaction.on_commit(lambda: cache.delete(queries.REQUIRED_KEY))
    record_event(
        by=by, event="consent.policy_set", record=policy, label=programme.code, place=programme.county.code,
        changes={"required": [before, required]}, reason=basis,
    )  # fmt: skip
    return policy


# --- One person's yes and no ----------------------------------------------------------------------------------
@transaction.atomic
def keep_sheet(*, by: User | Agent, data: bytes) -> ConsentSheet:
    """The scan of signed paper, sealed. The same bytes again are the same sheet."""
    media_type = rules.scan_type(data)
    if not media_type:
        raise Refused("scan_unreadable", _("The scan is neither a PDF nor a JPEG or PNG picture. Save it as one."))
    sha256 = hashlib.sha256(data).hexdigest()
    known = ConsentSheet.objects.filter(sha256=sha256, recorded_by=by.label).exclude(file="").first()
    if known is not None:
        return known
    sheet = ConsentSheet(media_type=media_type, sha256=sha256, recorded_by=by.label)
    sheet.file.save(f"{sha256[:12]}.scan", ContentFile(data), save=False)
    sheet.save()
    record_event(by=by, event="consent.sheet_kept", record=sheet, label=sha256[:12])
    return sheet


@transaction.atomic
def give(
    *,
    by: User | Agent,
    trainee: Trainee,
    text: ConsentText,
    channel: str,
    given_on: datetime.date | None = None,
    witness: str = "",
    guardian: str = "",
    sheet: ConsentSheet | None = None,
) -> Consent:
    """The person agrees to a published text. Saying yes twice changes nothing; yes after a no lifts the no.

    Paper older than the no is kept as what it is: a yes that was taken back since. It lifts nothing.
    """
    today = timezone.localdate()
    given_on, witness, guardian = given_on or today, clean_name(witness)[:50], clean_name(guardian)[:50]
    if text.published_at is None:
        raise Refused("text_not_published", _("This text is a draft: nobody can agree to it before it is published."))
    if given_on > today:
        raise Refused("given_in_future", _("The consent lies in the future. Write the day of the signature."))
    trainee = Trainee.objects.select_for_update(of=("self",)).select_related("township").get(pk=trainee.pk)
    refuse_restricted(trainee)
    child = rules.is_child(given_on, trainee.birth_date)
    rules.check_form(
        channel=Channel(channel), witness=witness, guardian=guardian, scanned=sheet is not None, child=child
    )
    kind = ConsentKind(text.kind)
    ended = _end_of(trainee, kind, given_on)
    known = trainee.consents.live().filter(text=text).first()
    if known is not None:
        # Of two files that became one, one said yes and the other no: the no holds until the person says yes again.
        if kind in LIMIT_OF and not ended:
            lift_limit(by=by, trainee=trainee, limit=LIMIT_OF[kind])
        return known
    earlier = trainee.consents.filter(text=text, given_on=given_on).first() if ended else None
    if earlier is not None:
        return earlier
    consent = Consent.objects.create(
        trainee=trainee, text=text, kind=text.kind, channel=channel, given_on=given_on, witness=witness,
        guardian=guardian, sheet=sheet, recorded_by=by.label, **ended,
    )  # fmt: skip
    if kind in LIMIT_OF and not ended:
        lift_limit(by=by, trainee=trainee, limit=LIMIT_OF[kind])
    changes = {"text": [None, str(text)], "channel": [None, str(channel)], "given_on": [None, given_on.isoformat()]}
    if witness:
        changes["witness"] = [None, masking.name(witness)]
    if guardian:
        changes["guardian"] = [None, masking.name(guardian)]
    record_event(
        by=by, event="consent.given", record=trainee, label=trainee.file_number, place=trainee.township.code,
        changes=changes,
    )  # fmt: skip
    return consent


def _end_of(trainee: Trainee, kind: ConsentKind, given_on: datetime.date) -> dict:
    """When and by whom a yes of that day was taken back since: fields of the consent, or nothing."""
    last = trainee.consents.filter(kind=kind, withdrawn_at__isnull=False).order_by("withdrawn_at").last()
    said = last.withdrawn_at if last else None
    if kind in LIMIT_OF:
        said = getattr(trainee, f"{LIMIT_OF[kind]}_at")
    if said is None or given_on >= timezone.localdate(said):
        return {}
    if last is None or last.withdrawn_at is None or last.withdrawn_at < said:
        return {"withdrawn_at": said}
    return {"withdrawn_at": said, "withdrawn_by": last.withdrawn_by, "withdraw_reason": last.withdraw_reason}


@transaction.atomic
def withdraw(*, by: User | Agent, trainee: Trainee, kind: str, reason: str) -> list[Consent]:
    """The person takes the yes back: no use from now on. What was lawfully counted stays counted (PIPL art. 15)."""
    if not reason.strip():
        raise Refused("reason_missing", _("Write how the person said so, for example: by telephone on 12 June."))
    trainee = Trainee.objects.select_for_update(of=("self",)).select_related("township").get(pk=trainee.pk)
    live = list(trainee.consents.live().filter(kind=kind))
    limit = LIMIT_OF.get(ConsentKind(kind))
    if not live and (limit is None or getattr(trainee, f"{limit}_at")):
        return []
    kept = masking.digits(reason.strip())[:200]
    trainee.consents.live().filter(kind=kind).update(
        withdrawn_at=timezone.now(), withdrawn_by=by.label, withdraw_reason=kept
    )
    if limit is not None:
        # Also where no yes was ever recorded: the person's no counts without it.
        set_limit(by=by, trainee=trainee, limit=limit, reason=kept)
    record_event(
        by=by, event="consent.withdrawn", record=trainee, label=trainee.file_number, place=trainee.township.code,
        changes={"kind": [str(kind), None]}, reason=kept,
    )  # fmt: skip
    return live


@transaction.atomic
def record_one(
    *, by: User | Agent, trainee: Trainee, texts: Iterable[ConsentText], channel: str, given_on: datetime.date,
    witness: str, guardian: str, data: bytes | None,
) -> int:  # fmt: skip
    """One person's paper, with all it says yes to. Returns how many consents are new."""
    sheet = keep_sheet(by=by, data=data) if data else None
    texts = list(texts)
    known = set(trainee.consents.live().filter(text__in=texts).values_list("text", flat=True))
    for text in texts:
        give(
            by=by, trainee=trainee, text=text, channel=channel, given_on=given_on, witness=witness,
            guardian=guardian, sheet=sheet,
        )  # fmt: skip
    return len({text.pk for text in texts} - known)


@dataclass(frozen=True)
class Ticked:
    """One line of a signed list: who, and to what they said yes."""

    trainee: Trainee
    kinds: tuple[ConsentKind, ...]
    witness: str = ""
    guardian: str = ""


@transaction.atomic
def record_list(
    *, by: User | Agent, lines: Iterable[Ticked], given_on: datetime.date, data: bytes | None,
    texts: Mapping[ConsentKind, ConsentText] | None = None,
) -> int:  # fmt: skip
    """A whole signed list at once, all or nothing. Returns how many consents are new."""
    texts = texts or queries.texts_in_force()
    sheet = keep_sheet(by=by, data=data) if data else None
    new = 0
    for line in lines:
        if not texts.keys() >= set(line.kinds):
            raise Refused("text_missing", _("There is no published text for one of the columns. Publish it first."))
        wanted = [texts[kind] for kind in line.kinds]
        channel = Channel.WITNESS if line.witness.strip() else Channel.PAPER
        known = set(line.trainee.consents.live().filter(text__in=wanted).values_list("text", flat=True))
        for text in wanted:
            give(
                by=by, trainee=line.trainee, text=text, channel=channel, given_on=given_on, witness=line.witness,
                guardian=line.guardian, sheet=sheet,
            )  # fmt: skip
        new += len({text.pk for text in wanted} - known)
    return new
