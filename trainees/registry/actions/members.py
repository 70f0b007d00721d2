"""Who belongs to which household, and the entries "poor household" that follow from it.

Locks are taken in one order: the household, then its people by key.
"""

import datetime
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import event_row, record_event, record_events
from lms.places.queries import code_names
from lms.refusals import Refused
from trainees.registry.models import GroupMembership, Household, HouseholdMember, HouseholdPeriod, Trainee
from trainees.registry.rules import POOR

from . import evidence as proof
from .groups import ONE_DAY, hold, make_room, refuse_sensitive, told, write

# Reasons are read by people; these two are written by the product itself, as codes of the log are.
FOLLOWS, MOVED = "household record", "moved to another household"


def hold_household(household: Household) -> Household:
    return Household.objects.select_for_update(of=("self",), no_key=True).get(pk=household.pk)


def hold_households(numbers: Iterable[str]) -> None:
    """Several at once, for who writes many people in one transaction."""
    hashes = {Household.hash_number(number.strip()) for number in numbers} - {""}
    if hashes:
        list(Household.objects.select_for_update(no_key=True).filter(number_hash__in=hashes).order_by("pk"))


@transaction.atomic
def join_household(
    *, by: User | Agent, trainee: Trainee, household: Household, valid_from: datetime.date, relation: str = ""
) -> HouseholdMember:
    """The person belongs to this household from a day on; an earlier one ends the day before. Again is the same."""
    _check_relation(relation)
    household = hold_household(household)
    trainee = hold(trainee)
    open_entry = trainee.household_entries.live().filter(valid_to=None).first()
    if open_entry is not None and open_entry.household_id == household.pk:
        return open_entry
    if open_entry is not None:
        if open_entry.valid_from >= valid_from:
            raise Refused(
                "household_later",
                _("This person joined the present household on %(day)s. Choose a later day, or void that entry.")
                % {"day": open_entry.valid_from},
            )
        _end(open_entry, by=by, valid_to=valid_from - ONE_DAY, reason=MOVED)
    if trainee.household_entries.touching(valid_from, None).exists():
        raise Refused("household_later", _("On one of these days this person belonged to another household already."))
    return _enter(trainee, household, by=by, valid_from=valid_from, relation=relation)


@transaction.atomic
def leave_household(
    *, by: User | Agent, member: HouseholdMember, valid_to: datetime.date, reason: str
) -> HouseholdMember:
    """The last day on which the person belonged to the household."""
    locked = _held(member)
    if locked.valid_to is not None:
        raise Refused("member_left", _("This person has left the household already."))
    if valid_to > timezone.localdate():
        raise Refused("day_in_future", _("This day lies in the future. Enter it when it has come."))
    proof.check_days(locked.valid_from, valid_to)
    _end(locked, by=by, valid_to=valid_to, reason=reason)
    sync_poverty(by=by, trainee=locked.trainee)
    return locked


@transaction.atomic
def void_member(*, by: User | Agent, member: HouseholdMember, reason: str) -> HouseholdMember:
    """Never belonged to it: entered by mistake."""
    proof.check_reason(reason)
    locked = _held(member)
    proof.void(locked, by=by, reason=reason)
    if locked.valid_to is None:
        point_at(locked.trainee, None)
    _told(locked, by=by, event="trainee.household_voided", reason=reason, changes={"household": [_no(locked), None]})
    sync_poverty(by=by, trainee=locked.trainee)
    return locked


def enter_new(*, by: User | Agent, people: Sequence[tuple[Trainee, datetime.date]]) -> None:
    """People whose files were just opened, each into the household the file names, from a day on.

    No earlier stay can be in their way, so all are entered together; who is poor by it is worked out one by one.
    """
    HouseholdMember.objects.bulk_create(
        HouseholdMember(trainee=trainee, household=trainee.household, valid_from=day, recorded_by=by.label)
        for trainee, day in people
    )
    record_events(
        event_row(
            by=by, event="trainee.household_joined", record=trainee, label=trainee.file_number,
            place=trainee.township.code,
            changes={"household": [None, str(trainee.household)], "valid_from": [None, str(day)]},
        )
        for trainee, day in people
    )  # fmt: skip
    households = {trainee.household_id for trainee, _day in people}
    poor = set(
        HouseholdPeriod.objects.live().poor().filter(household__in=households).values_list("household", flat=True)
    )
    for trainee, _day in people:
        if trainee.household_id in poor:
            sync_poverty(by=by, trainee=trainee)


def joining_day(trainee: Trainee, reported: datetime.date | None) -> datetime.date:
    """The day a list reports, or today: what the file says of later days is never written over."""
    if reported is None:
        return timezone.localdate()
    later = trainee.household_entries.live().filter(Q(valid_from__gte=reported) | Q(valid_to__gte=reported))
    return timezone.localdate() if later.exists() else reported


def follow_household(
    *, by: User | Agent, trainee: Trainee, household: Household | None, day: datetime.date, relation: str = ""
) -> None:
    """The file was given this household (or none) on a day: the entries of the person say so too.

    For registering, importing and correcting, whose transaction and locks it shares. What was entered the same day
    was a slip of the pen and is voided.
    """
    entry = trainee.household_entries.live().filter(valid_to=None).first() if trainee.pk else None
    if entry is not None and household is not None and entry.household_id == household.pk:
        return
    if entry is not None and entry.valid_from < day:
        _end(entry, by=by, valid_to=day - ONE_DAY, reason=MOVED)
    elif entry is not None:
        proof.void(entry, by=by, reason=MOVED)
    if household is not None:
        _enter(trainee, household, by=by, valid_from=day, relation=relation)
    else:
        point_at(trainee, None)
        sync_poverty(by=by, trainee=trainee)


def sync_poverty(*, by: User | Agent, trainee: Trainee) -> None:
    """Write what follows: poor on the days on which the person belonged to a household that was poor."""
    wanted = {(period.pk, start): (period, start, last) for period, start, last in poor_spans(trainee)}
    stored = trainee.memberships.live().filter(group=POOR, period__isnull=False)
    kept = {}
    for row in stored:
        if row.period_id is not None and (row.period_id, row.valid_from) in wanted:
            kept[row.period_id, row.valid_from] = row
        else:
            proof.void(row, by=by, reason=FOLLOWS)
            told(row, by=by, event="trainee.group_voided", reason=FOLLOWS, changes={"groups": [POOR, None]})
    # Ends before beginnings: a period that became shorter leaves its days to the next.
    for key, row in kept.items():
        _set_end(row, wanted[key][2], by=by)
    for key, (period, start, last) in wanted.items():
        make_room(by=by, trainee=trainee, group=POOR, start=start, end_day=last, reason=FOLLOWS)
        if key not in kept:
            _derive(trainee, period, start, last, by=by)


def point_at(trainee: Trainee, household: Household | None) -> None:
    """The household of today stands in the file itself."""
    trainee.household = household
    trainee.save(update_fields=["household"])


def _enter(
    trainee: Trainee, household: Household, *, by: User | Agent, valid_from: datetime.date, relation: str
) -> HouseholdMember:
    # These are the households of the poverty register: belonging to one says it of the person.
    refuse_sensitive(trainee, [POOR])
    entry = HouseholdMember(
        household=household, trainee=trainee, valid_from=valid_from, relation=relation, recorded_by=by.label
    )
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("household_later", _("This person belongs to a household already.")) from error
    if trainee.household_id != household.pk:
        point_at(trainee, household)
    _told(
        entry, by=by, event="trainee.household_joined",
        changes={"household": [None, _no(entry)], "valid_from": [None, str(valid_from)]},
    )  # fmt: skip
    sync_poverty(by=by, trainee=trainee)
    return entry


def _end(entry: HouseholdMember, *, by: User | Agent, valid_to: datetime.date, reason: str) -> None:
    entry.valid_to, entry.end_reason = valid_to, proof.short(reason)
    entry.save(update_fields=["valid_to", "end_reason"])
    if entry.trainee.household_id == entry.household_id:
        point_at(entry.trainee, None)
    _told(
        entry, by=by, event="trainee.household_left", reason=reason,
        changes={"household": [_no(entry), None], "valid_to": [None, str(valid_to)]},
    )  # fmt: skip


def poor_spans(trainee: Trainee) -> list[tuple[HouseholdPeriod, datetime.date, datetime.date | None]]:
    """(period, first day, last day) of every stay in a household while it was poor."""
    stays = list(trainee.household_entries.live())
    if not stays:
        return []
    spans = []
    periods = list(HouseholdPeriod.objects.live().poor().filter(household__in={stay.household_id for stay in stays}))
    for stay in stays:
        for period in periods:
            if period.household_id == stay.household_id:
                start = max(stay.valid_from, period.valid_from)
                last = min((day for day in (stay.valid_to, period.valid_to) if day), default=None)
                if last is None or last >= start:
                    spans.append((period, start, last))
    return spans


def _derive(
    trainee: Trainee, period: HouseholdPeriod, start: datetime.date, last: datetime.date | None, *, by: User | Agent
) -> None:
    row = GroupMembership(
        trainee=trainee, group=POOR, valid_from=start, valid_to=last, period=period, evidence=period.evidence,
        evidence_note=period.evidence_note, recorded_by=by.label,
    )  # fmt: skip
    write(row)
    told(row, by=by, event="trainee.group_added", reason=FOLLOWS, changes={"valid_from": [None, str(start)]})


def _set_end(row: GroupMembership, last: datetime.date | None, *, by: User | Agent) -> None:
    if row.valid_to == last:
        return
    before, row.valid_to = row.valid_to, last
    row.end_reason = FOLLOWS if last else ""
    row.save(update_fields=["valid_to", "end_reason"])
    told(
        row, by=by, event="trainee.group_ended", reason=FOLLOWS,
        changes={"groups": [POOR, None], "valid_to": [before and str(before), last and str(last)]},
    )  # fmt: skip


def _held(member: HouseholdMember) -> HouseholdMember:
    hold_household(member.household)
    hold(member.trainee)
    return HouseholdMember.objects.select_related("household", "trainee__township").get(pk=member.pk)


def _check_relation(relation: str) -> None:
    if relation and relation not in code_names("relation"):
        raise Refused("relation_unknown", _("This relation to the head is not in the list."))


def _no(entry: HouseholdMember) -> str:
    return str(entry.household)


def _told(entry: HouseholdMember, *, by: User | Agent, event: str, changes: dict, reason: str = "") -> None:
    trainee = entry.trainee
    record_event(
        by=by, event=event, record=trainee, label=trainee.file_number, place=trainee.township.code, changes=changes,
        reason=reason[:300],
    )  # fmt: skip
