"""建档立卡户: opened, corrected, poor from a day on, lifted out of poverty. Its people's groups follow."""

import datetime
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import event_row, record_event, record_events
from lms.audit.models import AuditEvent
from lms.places.models import Division
from lms.places.queries import code_names
from lms.privacy import masking
from lms.refusals import Refused
from trainees.registry import rules
from trainees.registry.models import GroupMembership, Household, HouseholdMember, HouseholdPeriod, Trainee
from trainees.registry.names import clean_name

from . import evidence as proof
from .groups import ONE_DAY, hold
from .members import hold_household, sync_poverty


@transaction.atomic
def household_numbered(number: str, township: Division, *, by: User | Agent) -> Household | None:
    """The household with this number, opened where nobody named it before; none for no number."""
    number = checked_number(number)
    if not number:
        return None
    household, created = Household.objects.get_or_create(
        number_hash=Household.hash_number(number),
        defaults={"number": number, "township": township, "created_by": by.label},
    )
    if created:
        record_events([opened_row(household, by=by)])
    return household


def opened_row(household: Household, *, by: User | Agent) -> AuditEvent:
    """Of one that was opened by its number alone, beside a file."""
    return event_row(
        by=by, event="household.opened", record=household, label=str(household), place=household.township.code
    )


@transaction.atomic
def open_household(
    *, by: User | Agent, number: str, township: Division, village: Division | None = None, head_name: str = ""
) -> Household:
    """A household of its own, before anybody of it is a trainee. A known number: Refused("household_known")."""
    number = number.strip()
    _check_number(number)
    household = Household(
        number=number, number_hash=Household.hash_number(number), township=township, village=village,
        head_name=clean_name(head_name)[:50], created_by=by.label,
    )  # fmt: skip
    try:
        with transaction.atomic():
            household.save(force_insert=True)
    except IntegrityError as error:
        raise _known(number) from error
    _told(household, by=by, event="household.opened", changes={"head_name": [None, masking.name(household.head_name)]})
    return household


@transaction.atomic
def correct_household(
    *,
    by: User | Agent,
    household: Household,
    reason: str,
    number: str = "",
    township: Division | None = None,
    village: Division | None = None,
    head_name: str = "",
) -> Household:
    """Another number (empty keeps it), place or head."""
    proof.check_reason(reason)
    locked = hold_household(household)
    before = (str(locked), locked.township.code, locked.village_id, masking.name(locked.head_name))
    if number.strip():
        _check_number(number.strip())
        locked.number, locked.number_hash = number.strip(), Household.hash_number(number.strip())
    locked.township, locked.village = township or locked.township, village
    locked.head_name = clean_name(head_name)[:50]
    try:
        with transaction.atomic():
            locked.save()
    except IntegrityError as error:
        raise _known(number.strip()) from error
    after = (str(locked), locked.township.code, locked.village_id, masking.name(locked.head_name))
    names = ("number", "township", "village", "head_name")
    changes = {name: [old, new] for name, old, new in zip(names, before, after, strict=True) if old != new}
    _told(locked, by=by, event="household.corrected", changes=changes, reason=reason)
    return locked


@transaction.atomic
def set_poverty(
    *,
    by: User | Agent,
    household: Household,
    poverty_type: str,
    valid_from: datetime.date,
    evidence: str,
    valid_to: datetime.date | None = None,
    main_cause: str = "",
    other_causes: Iterable[str] = (),
    evidence_note: str = "",
    document: bytes | None = None,
) -> HouseholdPeriod:
    """The household has this attribute from a day on; the one before ends the day before."""
    locked = hold_household(household)
    proof.check_days(valid_from, valid_to)
    period = HouseholdPeriod(
        household=locked, poverty_type=poverty_type, valid_from=valid_from, valid_to=valid_to, evidence=evidence,
        evidence_note=proof.note(evidence_note), main_cause=main_cause, other_causes=sorted(set(other_causes)),
        recorded_by=by.label,
    )  # fmt: skip
    _check_codes(period)
    _end_before(locked, valid_from)
    if locked.periods.touching(valid_from, valid_to).exists():
        raise Refused("period_overlaps", _("On one of these days the household has another attribute. Correct it."))
    proof.put_document(period, document)
    period.save(force_insert=True)
    _told(
        locked, by=by, event="household.attribute_set",
        changes={"poverty_type": [None, poverty_type], "valid_from": [None, str(valid_from)]},
    )  # fmt: skip
    _sync_people(locked, by=by)
    return period


@transaction.atomic
def leave_poverty(
    *, by: User | Agent, household: Household, left_on: datetime.date, evidence: str, poverty_type: str,
    evidence_note: str = "", document: bytes | None = None,
) -> HouseholdPeriod:  # fmt: skip
    """脱贫: from this day on lifted; until the day before its people count as poor."""
    locked = hold_household(household)
    before = locked.periods.as_of(left_on - ONE_DAY).poor().first()
    if before is None:
        raise Refused("not_poor", _("The household was not recorded as poor on the day before. Enter that first."))
    if poverty_type not in rules.LIFTED_TYPES:
        raise Refused("not_lifted", _("Choose one of the two attributes of households lifted out of poverty."))
    return set_poverty(
        by=by, household=locked, poverty_type=poverty_type, valid_from=left_on, evidence=evidence,
        evidence_note=evidence_note, document=document, main_cause=before.main_cause, other_causes=before.other_causes,
    )  # fmt: skip


@transaction.atomic
def void_period(
    *, by: User | Agent, period: HouseholdPeriod, reason: str, reopen: bool = False
) -> HouseholdPeriod:  # fmt: skip
    """It was never so. `reopen`: the period that ended for it goes on again."""
    proof.check_reason(reason)
    locked = _held(period)
    proof.void(locked, by=by, reason=reason)
    changes: dict = {"poverty_type": [locked.poverty_type, None], "valid_from": [str(locked.valid_from), None]}
    earlier = locked.household.periods.live().filter(valid_to=locked.valid_from - ONE_DAY).first()
    if reopen and earlier is not None:
        earlier.valid_to, earlier.end_reason = locked.valid_to, ""
        earlier.save(update_fields=["valid_to", "end_reason"])
        changes["reopened"] = [None, earlier.poverty_type]
    _told(locked.household, by=by, event="household.attribute_voided", reason=reason, changes=changes)
    _sync_people(locked.household, by=by)
    return locked


@transaction.atomic
def verify_period(
    *, by: User | Agent, period: HouseholdPeriod, evidence: str = "", evidence_note: str = ""
) -> HouseholdPeriod:
    """A second person compared it with the list; so are verified the entries of its people that follow from it."""
    locked = _held(period)
    if locked.voided_at is not None:
        raise Refused("entry_voided", _("This entry was voided already."))
    if locked.verified_at is not None:
        raise Refused("entry_verified", _("This entry is verified already."))
    proof.check_second_pair(locked, by=by)
    before = locked.evidence
    locked.evidence = evidence or before
    proof.check_proof(rules.POOR, locked.evidence)
    locked.evidence_note = proof.note(evidence_note) or locked.evidence_note
    locked.verified_at, locked.verified_by = timezone.now(), by.label
    locked.save()
    rows = GroupMembership.objects.live().filter(period=locked, verified_at=None).exclude(recorded_by=by.label)
    verified = rows.update(
        verified_at=locked.verified_at, verified_by=by.label, evidence=locked.evidence,
        evidence_note=locked.evidence_note,
    )  # fmt: skip
    _told(
        locked.household, by=by, event="household.attribute_verified", reason=locked.evidence_note,
        changes={"evidence": [before, locked.evidence], "people": [0, verified], "verified_by": [None, by.label]},
    )  # fmt: skip
    return locked


def _end_before(household: Household, day: datetime.date) -> None:
    earlier = household.periods.live().filter(valid_to=None, valid_from__lt=day).first()
    if earlier is not None:
        earlier.valid_to, earlier.end_reason = day - ONE_DAY, "next attribute"
        earlier.save(update_fields=["valid_to", "end_reason"])


def _sync_people(household: Household, *, by: User | Agent) -> None:
    people = HouseholdMember.objects.live().filter(household=household).values_list("trainee_id", flat=True)
    for trainee in Trainee.objects.filter(pk__in=people, anonymised_at__isnull=True).order_by("pk"):
        # What is derived stays true of a restricted file too: it is the household that is worked on.
        sync_poverty(by=by, trainee=hold(trainee, even_restricted=True))


def _held(period: HouseholdPeriod) -> HouseholdPeriod:
    hold_household(period.household)
    return HouseholdPeriod.objects.select_related("household__township").get(pk=period.pk)


def checked_number(number: str) -> str:
    """As it is stored; no number stays none."""
    number = number.strip()
    if number:
        _check_number(number)
    return number


def _check_number(number: str) -> None:
    if not rules.is_household_number(number):
        raise Refused("household_number_invalid", _("A household number has 4 to 30 digits or letters."))


def _check_codes(period: HouseholdPeriod) -> None:
    if period.poverty_type not in code_names("poverty_type"):
        raise Refused("poverty_type_unknown", _("This attribute is not in the list of households' attributes."))
    causes = code_names("poverty_cause")
    if not {period.main_cause, *period.other_causes} - {""} <= causes.keys():
        raise Refused("cause_unknown", _("This cause is not in the list of causes of poverty."))
    if period.main_cause in period.other_causes and period.main_cause:
        raise Refused("cause_twice", _("The main cause stands among the other causes too. Choose it once."))
    if len(period.other_causes) > rules.MOST_OTHER_CAUSES:
        raise Refused("causes_many", _("Choose at most two other causes."))


def _known(number: str) -> Refused:
    household = Household.objects.by_number(number).first()
    return Refused(
        "household_known",
        _("A household with this number exists already. Open that one instead of making a second."),
        household=household,
    )


def _told(household: Household, *, by: User | Agent, event: str, changes: dict, reason: str = "") -> None:
    record_event(
        by=by, event=event, record=household, label=str(household), place=household.township.code, changes=changes,
        reason=reason[:300],
    )  # fmt: skip
