"""The one door to trainees' files. Personal values appear masked in the audit log."""

import datetime
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.places.models import Division
from lms.privacy import masking
from lms.refusals import Refused
from trainees.registry import followers, rules
from trainees.registry.enums import Evidence, IdKind, IdState
from trainees.registry.models import Household, Trainee
from trainees.registry.names import clean_name, search_text

from .checks import check_place, checked_identity, checked_name, checked_phone, put_identity
from .households import household_numbered
from .limits import refuse_restricted
from .members import follow_household, hold_household, joining_day
from .opening import NewPerson, NotOpened, id_known, prepared, write_files
from .search import index_people

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
    disability_number: str = "",
    village_group: str = "",
    aliases: Iterable[str] = (),
    source: str = "",
) -> Trainee:
    """Open a file. Sex and birth inside an ID number beat what was typed.

    A household that is known as poor, and a disability certificate, make their own entries of the groups.
    The same ID number again: Refused("id_known", trainee=the file), whoever of two callers came second.
    """
    person = NewPerson(
        name=name, township=township, village=village, id_kind=id_kind, id_number=id_number, phone=phone, sex=sex,
        birth_date=birth_date, ethnic=ethnic, education=education, groups=groups, groups_from=groups_from,
        evidence=evidence, household_number=household_number, disability_number=disability_number,
        village_group=village_group, aliases=aliases,
        source=source,
    )  # fmt: skip
    opening = prepared(by, person)
    try:
        with transaction.atomic():
            write_files(by, [opening])
    except NotOpened as papers:
        raise papers.refusals[0] from papers
    except IntegrityError:
        raise_if_known(opening.trainee.id_number)
        raise
    return opening.trainee


def raise_if_known(id_number: str, *, but: Trainee | None = None) -> None:
    known = Trainee.objects.by_id_number(id_number).exclude(pk=but.pk if but else None).first()
    if known is not None:
        raise id_known(known)


@transaction.atomic
def correct_trainee(
    *, by: User | Agent, trainee: Trainee, changes: dict, reason: str = "", household_from: datetime.date | None = None
) -> Trainee:
    """Write corrected facts: name, aliases, phone, township, village, village_group, ethnic, education, sex,
    birth_date, household_number. What did not change is neither written nor logged.

    Another household counts from today, or from `household_from` where the file knows of no later one."""
    # Households are held before people, here as everywhere.
    household = _wanted_household(changes, trainee, by=by)
    locked = Trainee.objects.select_for_update().get(pk=trainee.pk)
    refuse_restricted(locked)
    before = facts_of(locked)
    wanted = {field: value for field, value in changes.items() if field in before}
    unknown = changes.keys() - before.keys()
    if unknown:
        raise TypeError(f"No fact of a trainee: {', '.join(sorted(unknown))}")
    _apply(locked, wanted)
    if "household_number" in wanted:
        locked.household = household
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
    if "household_number" in differing:
        day = joining_day(locked, household_from)
        follow_household(by=by, trainee=locked, household=household, day=day)
    followers.tell(locked.pk)
    return locked


@transaction.atomic
def set_identity(*, by: User | Agent, trainee: Trainee, id_kind: str, id_number: str, reason: str) -> Trainee:
    """Put another document into the file, or the first one. Sex and birth follow it."""
    if not reason.strip():
        raise Refused("reason_missing", _("Say why the ID number changes; the reason stays in the log."))
    identity = checked_identity(id_kind, id_number)
    locked = Trainee.objects.select_for_update().get(pk=trainee.pk)
    refuse_restricted(locked)
    before = _identity_facts(locked)
    if identity.number == locked.id_number and identity.kind == locked.id_kind:
        return locked
    raise_if_known(identity.number, but=locked)
    put_identity(locked, identity)
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
        changes={
            field: [_said(field, before[field]), _said(field, now)]
            for field, now in _identity_facts(locked).items()
            if now != before[field]
        },
        reason=reason,
    )  # fmt: skip
    followers.tell(locked.pk)
    return locked


def _identity_facts(trainee: Trainee) -> dict:
    """What another document may change."""
    return {field: getattr(trainee, field) for field in ("id_number", "id_kind", "sex", "birth_date")}


@transaction.atomic
def accept_identity(*, by: User | Agent, trainee: Trainee, reason: str) -> Trainee:
    """A person looked at the papers: the file counts from now on."""
    if not reason.strip():
        raise Refused("reason_missing", _("Say which papers were seen; the reason stays in the log."))
    locked = Trainee.objects.select_for_update().get(pk=trainee.pk)
    refuse_restricted(locked)
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
    check_place(township, village)
    trainee.township, trainee.village = township, village
    if "name" in wanted:
        trainee.name = checked_name(wanted["name"])
    if "aliases" in wanted:
        trainee.aliases = [name for name in map(clean_name, wanted["aliases"].split("、")) if name]
    trainee.name_pinyin = search_text([trainee.name, *trainee.aliases])
    if "phone" in wanted:
        trainee.phone = checked_phone(wanted["phone"])
        trainee.phone_hash = Trainee.hash_phone(trainee.phone)
    for field in ("village_group", "ethnic", "education"):
        setattr(trainee, field, wanted.get(field, getattr(trainee, field)))
    if not rules.says_birth(trainee.id_kind, trainee.id_number):
        for field in ("sex", "birth_date"):
            setattr(trainee, field, wanted.get(field, getattr(trainee, field)))


def _said(field: str, value: object) -> str | None:
    """A value as the audit log may keep it: masked where personal, a place by its code."""
    if value is None or value == "":
        return None
    text = value.code if isinstance(value, Division) else value if isinstance(value, str) else str(value)
    return MASKED[field](text) if field in MASKED else text


def _wanted_household(changes: dict, trainee: Trainee, *, by: User | Agent) -> Household | None:
    township = changes.get("township", trainee.township)
    household = household_numbered(changes.get("household_number", ""), township, by=by)
    return household and hold_household(household)
