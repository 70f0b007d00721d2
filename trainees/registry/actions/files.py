"""The one door to trainees' files. Personal values appear masked in the audit log."""

import datetime
import uuid
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.places.enums import TOWNSHIP_LEVELS
from lms.places.models import Division
from lms.places.phones import clean_phone, is_phone
from lms.privacy import masking
from lms.refusals import Refused
from trainees.registry import rules
from trainees.registry.enums import Evidence, IdKind, IdState, Sex
from trainees.registry.identity import Identity, read_identity
from trainees.registry.models import GroupMembership, Household, Trainee
from trainees.registry.names import clean_name, name_problem, search_text
from trainees.registry.reasons import SENTENCES

from .groups import checked_groups
from .search import index_new, index_people

MASKED = {
    "name": masking.name,
    "phone": masking.phone,
    "id_number": masking.id_number,
    "household_number": masking.household_number,
    "birth_date": lambda text: text[:4],
    "aliases": lambda text: "、".join(masking.name(part) for part in text.split("、")),
}


def register(
    *,
    by: User | Agent,
    name: str,
    township: Division,
    village: Division | None = None,
    id_kind: str = IdKind.RESIDENT,
    id_number: str = "",
    phone: str = "",
    sex: str = "",
    birth_date: datetime.date | None = None,
    ethnic: str = "",
    education: str = "",
    groups: Iterable[str] = (),
    groups_from: datetime.date | None = None,
    evidence: str = Evidence.ROSTER,
    household_number: str = "",
    village_group: str = "",
    aliases: Iterable[str] = (),
    source: str = "",
) -> Trainee:
    """Open a file. Sex and birth inside an ID number beat what was typed.

    The same ID number again: Refused("id_known", trainee=the file), whoever of two callers came second.
    """
    _check_place(township, village)
    identity = _checked_identity(id_kind, id_number)
    names = [_checked_name(name), *(clean_name(alias) for alias in aliases)]
    phone = _checked_phone(phone)
    groups = checked_groups(groups)
    trainee = Trainee(
        # Replaced by the serial as soon as the row has one; unique until then.
        file_number=uuid.uuid4().hex[:20],
        name=names[0],
        name_pinyin=search_text(names),
        aliases=[alias for alias in names[1:] if alias],
        sex=identity.sex if identity.birth_date else sex or Sex.UNKNOWN,
        birth_date=identity.birth_date or birth_date,
        ethnic=ethnic,
        education=education,
        phone=phone,
        phone_hash=Trainee.hash_phone(phone),
        township=township,
        village=village,
        village_group=village_group,
        created_by=by.label,
        source=source,
    )
    _set_identity(trainee, identity)
    try:
        with transaction.atomic():
            trainee.household = _household(household_number, township)
            trainee.save(force_insert=True)
            trainee.file_number = rules.file_number(township.code, trainee.pk)
            Trainee.objects.filter(pk=trainee.pk).update(file_number=trainee.file_number)
            index_new(trainee)
            day = groups_from or timezone.localdate()
            GroupMembership.objects.bulk_create(
                GroupMembership(trainee=trainee, group=group, valid_from=day, evidence=evidence, recorded_by=by.label)
                for group in groups
            )
            record_event(
                by=by, event="trainee.registered", record=trainee, label=trainee.file_number,
                place=(village or township).code, changes={"groups": [[], groups]} if groups else {},
            )  # fmt: skip
    except IntegrityError:
        raise_if_known(identity.number)
        raise
    return trainee


def raise_if_known(id_number: str, *, but: Trainee | None = None) -> None:
    known = Trainee.objects.by_id_number(id_number).exclude(pk=but.pk if but else None).first()
    if known is not None:
        raise Refused(
            "id_known",
            _("A file with this ID number exists already. Open that file instead of making a second one."),
            trainee=known,
        )


@transaction.atomic
def correct_trainee(*, by: User | Agent, trainee: Trainee, changes: dict, reason: str = "") -> Trainee:
    """Write corrected facts: name, aliases, phone, township, village, village_group, ethnic, education, sex,
    birth_date, household_number. What did not change is neither written nor logged."""
    locked = Trainee.objects.select_for_update().get(pk=trainee.pk)
    before = facts_of(locked)
    wanted = {field: value for field, value in changes.items() if field in before}
    unknown = changes.keys() - before.keys()
    if unknown:
        raise TypeError(f"No fact of a trainee: {', '.join(sorted(unknown))}")
    _apply(locked, wanted)
    differing = {
        field: [_said(field, before[field]), _said(field, now)]
        for field, now in facts_of(locked).items()
        if now != before[field]
    }
    if not differing:
        return locked
    locked.save()
    index_people([locked])
    record_event(
        by=by, event="trainee.corrected", record=locked, label=locked.file_number, place=locked.township.code,
        changes=differing, reason=reason,
    )  # fmt: skip
    return locked


@transaction.atomic
def set_identity(*, by: User | Agent, trainee: Trainee, id_kind: str, id_number: str, reason: str) -> Trainee:
    """Put another document into the file, or the first one. Sex and birth follow it."""
    if not reason.strip():
        raise Refused("reason_missing", _("Say why the ID number changes; the reason stays in the log."))
    identity = _checked_identity(id_kind, id_number)
    locked = Trainee.objects.select_for_update().get(pk=trainee.pk)
    before = locked.id_number
    if identity.number == before and identity.kind == locked.id_kind:
        return locked
    raise_if_known(identity.number, but=locked)
    _set_identity(locked, identity)
    if identity.birth_date:
        locked.sex, locked.birth_date = identity.sex, identity.birth_date
    try:
        with transaction.atomic():
            locked.save()
    except IntegrityError:
        raise_if_known(identity.number, but=locked)
        raise
    index_people([locked])
    record_event(
        by=by, event="trainee.identity_set", record=locked, label=locked.file_number, place=locked.township.code,
        changes={"id_number": [masking.id_number(before), masking.id_number(identity.number)]}, reason=reason,
    )  # fmt: skip
    return locked


@transaction.atomic
def accept_identity(*, by: User | Agent, trainee: Trainee, reason: str) -> Trainee:
    """A person looked at the papers: the file counts from now on."""
    if not reason.strip():
        raise Refused("reason_missing", _("Say which papers were seen; the reason stays in the log."))
    locked = Trainee.objects.select_for_update().get(pk=trainee.pk)
    if locked.id_state != IdState.REVIEW:
        raise Refused("identity_settled", _("The identity of this file is settled already."))
    locked.id_state, locked.id_note = IdState.REVIEWED, masking.digits(reason.strip())[:200]
    locked.save(update_fields=["id_state", "id_note"])
    record_event(
        by=by, event="trainee.identity_accepted", record=locked, label=locked.file_number,
        place=locked.township.code, reason=reason, changes={"id_state": [IdState.REVIEW, IdState.REVIEWED]},
    )  # fmt: skip
    return locked


def facts_of(trainee: Trainee) -> dict:
    """What correct_trainee may change, as plain values."""
    return {
        "name": trainee.name,
        "aliases": "、".join(trainee.aliases),
        "phone": trainee.phone,
        "township": trainee.township,
        "village": trainee.village,
        "village_group": trainee.village_group,
        "ethnic": trainee.ethnic,
        "education": trainee.education,
        "sex": trainee.sex,
        "birth_date": trainee.birth_date,
        "household_number": trainee.household.number if trainee.household else "",
    }


def _apply(trainee: Trainee, wanted: dict) -> None:
    township, village = wanted.get("township", trainee.township), wanted.get("village", trainee.village)
    _check_place(township, village)
    trainee.township, trainee.village = township, village
    if "name" in wanted:
        trainee.name = _checked_name(wanted["name"])
    if "aliases" in wanted:
        trainee.aliases = [name for name in map(clean_name, wanted["aliases"].split("、")) if name]
    trainee.name_pinyin = search_text([trainee.name, *trainee.aliases])
    if "phone" in wanted:
        trainee.phone = _checked_phone(wanted["phone"])
        trainee.phone_hash = Trainee.hash_phone(trainee.phone)
    if "household_number" in wanted:
        trainee.household = _household(wanted["household_number"], township)
    for field in ("village_group", "ethnic", "education"):
        setattr(trainee, field, wanted.get(field, getattr(trainee, field)))
    if not _says_birth(trainee):
        for field in ("sex", "birth_date"):
            setattr(trainee, field, wanted.get(field, getattr(trainee, field)))


def _says_birth(trainee: Trainee) -> bool:
    """Sex and birth follow the ID number and are not typed over."""
    return bool(trainee.id_number) and trainee.id_kind in (IdKind.RESIDENT, IdKind.HMT_RESIDENCE)


def _said(field: str, value: object) -> str | None:
    """A value as the audit log may keep it: masked where personal, a place by its code."""
    if value is None or value == "":
        return None
    text = value.code if isinstance(value, Division) else value if isinstance(value, str) else str(value)
    return MASKED[field](text) if field in MASKED else text


def _set_identity(trainee: Trainee, identity: Identity) -> None:
    trainee.id_kind, trainee.id_number = identity.kind, identity.number
    trainee.id_hash = Trainee.hash_id(identity.number)
    trainee.id_state = rules.state_of(identity)
    trainee.id_note = " ".join(identity.warnings)


def _checked_identity(id_kind: str, id_number: str) -> Identity:
    if id_kind == IdKind.NONE or not id_number.strip():
        return Identity(IdKind(id_kind), "")
    identity = read_identity(id_number, today=timezone.localdate(), kind=id_kind)
    if identity.problem:
        raise Refused(identity.problem, SENTENCES[identity.problem])
    return identity


def _checked_name(text: str) -> str:
    name = clean_name(text)
    problem = name_problem(name)
    if problem:
        raise Refused(problem, SENTENCES[problem])
    return name


def _checked_phone(text: str) -> str:
    phone = clean_phone(text) if text else ""
    if phone and not is_phone(phone):
        raise Refused(
            "phone_invalid",
            _("This is not a telephone number: a mobile has 11 digits, a landline is written 0883-7121234."),
        )
    return phone


def _check_place(township: Division, village: Division | None) -> None:
    if township.level not in TOWNSHIP_LEVELS:
        raise Refused("township_unknown", _("Choose a township, town or farm."))
    if village is not None and village.parent_id != township.pk:
        raise Refused("village_elsewhere", _("This village does not belong to the chosen township; choose again."))


def _household(number: str, township: Division) -> Household | None:
    number = number.strip()
    if not number:
        return None
    if not rules.is_household_number(number):
        raise Refused("household_number_invalid", _("A household number has 4 to 30 digits or letters."))
    household, _created = Household.objects.get_or_create(
        number_hash=Household.hash_number(number), defaults={"number": number, "township": township}
    )
    return household
