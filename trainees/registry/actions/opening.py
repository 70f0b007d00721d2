"""Files opened, one or a thousand at a time: checked person by person, written together.

`prepared` is the one place where facts become a file, `write_files` the one place where files are written; whoever
adds to what a file holds or writes beside it hooks in there and reaches every way in.
"""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Case, CharField, Value, When
from django.db.models.functions import Cast, Concat, LPad
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import event_row, record_events
from lms.audit.models import AuditEvent
from lms.places.models import Division
from lms.places.queries import county
from lms.refusals import Refused
from trainees.registry import followers, rules
from trainees.registry.enums import Evidence, IdKind, Sex
from trainees.registry.models import GroupMembership, Household, Trainee
from trainees.registry.names import clean_name, search_text

from .checks import check_place, checked_identity, checked_name, checked_phone, put_identity
from .disability import record_disability
from .groups import checked_groups, refuse_sensitive
from .households import checked_number, opened_row
from .members import enter_new
from .search import index_new

# Somebody else may open the same files at the same moment; then they are met, and the rest is written.
TRIES = 3


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """What is known of somebody who gets a file. `sex` and `birth_date` give way to what an ID number says."""

    name: str
    township: Division
    village: Division | None = None
    id_kind: str = IdKind.RESIDENT
    id_number: str = ""
    phone: str = ""
    sex: str = ""
    birth_date: datetime.date | None = None
    ethnic: str = ""
    education: str = ""
    groups: Iterable[str] = ()
    groups_from: datetime.date | None = None
    evidence: str = Evidence.ROSTER
    household_number: str = ""
    disability_number: str = ""
    village_group: str = ""
    aliases: Iterable[str] = ()
    source: str = ""


@dataclass
class Opening:
    """A file not yet written, with what is written beside it."""

    trainee: Trainee
    groups: list[str] = field(default_factory=list)
    groups_from: datetime.date | None = None
    evidence: str = Evidence.ROSTER
    household_number: str = ""
    disability_number: str = ""

    @property
    def day(self) -> datetime.date:
        return self.groups_from or timezone.localdate()


class NotOpened(Exception):
    """Some people's papers were refused when they were written: nothing of the whole list was."""

    def __init__(self, refusals: dict[int, Refused]):
        super().__init__()
        # By the place in the list.
        self.refusals = refusals


def prepared(by: User | Agent, person: NewPerson) -> Opening:
    """The file as it will be written; Refused when a fact cannot be."""
    check_place(person.township, person.village)
    identity = checked_identity(person.id_kind, person.id_number)
    names = [checked_name(person.name), *(clean_name(alias) for alias in person.aliases)]
    phone = checked_phone(person.phone)
    trainee = Trainee(
        # Replaced by the serial as soon as the row has one; unique until then.
        file_number=uuid.uuid4().hex[:20],
        name=names[0],
        name_pinyin=search_text(names),
        aliases=[alias for alias in names[1:] if alias],
        sex=identity.sex if identity.birth_date else person.sex or Sex.UNKNOWN,
        birth_date=identity.birth_date or person.birth_date,
        ethnic=person.ethnic,
        education=person.education,
        phone=phone,
        phone_hash=Trainee.hash_phone(phone),
        township=person.township,
        village=person.village,
        village_group=person.village_group,
        created_by=by.label,
        source=person.source,
    )
    put_identity(trainee, identity)
    groups = checked_groups(person.groups)
    refuse_sensitive(None, [*groups, *_told_by_numbers(person)])
    return Opening(
        trainee, groups, person.groups_from, person.evidence, checked_number(person.household_number),
        person.disability_number,
    )  # fmt: skip


def _told_by_numbers(person: NewPerson) -> list[str]:
    """The number of a household of the poverty register, or of a disability certificate, says as much as the group."""
    said = {rules.POOR: person.household_number, rules.DISABLED: person.disability_number}
    return [group for group, number in said.items() if number.strip()]


def write_files(by: User | Agent, openings: Sequence[Opening]) -> None:
    """All of them with a constant number of queries, but for those who are poor by their household or hold a
    disability certificate; an IntegrityError when one ID number is held by a file, NotOpened when a certificate is
    refused. The caller's transaction takes all of it back then."""
    _put_households(openings, by=by)
    trainees = [opening.trainee for opening in openings]
    Trainee.objects.bulk_create(trainees)
    _number(trainees)
    index_new(trainees)
    GroupMembership.objects.bulk_create(
        GroupMembership(
            trainee=opening.trainee, group=group, valid_from=opening.day,
            evidence=opening.evidence, recorded_by=by.label,
        )
        for opening in openings for group in opening.groups
    )  # fmt: skip
    record_events(_opened(by, opening) for opening in openings)
    enter_new(by=by, people=[(one.trainee, one.day) for one in openings if one.trainee.household_id])
    _put_certificates(openings, by=by)
    for trainee in trainees:
        followers.tell(trainee.pk)


def _put_certificates(openings: Sequence[Opening], *, by: User | Agent) -> None:
    refusals = {}
    for place, opening in enumerate(openings):
        if not opening.disability_number:
            continue
        try:
            record_disability(
                by=by, trainee=opening.trainee, number=opening.disability_number, evidence=opening.evidence,
                reported_on=opening.day,
            )  # fmt: skip
        except Refused as refusal:
            refusals[place] = refusal
    if refusals:
        raise NotOpened(refusals)


def _number(trainees: Sequence[Trainee]) -> None:
    """As rules.file_number says, by one statement a county: a thousand CASEs cost more than all the rest."""
    counties: dict[str, list[int]] = {}
    for trainee in trainees:
        trainee.file_number = rules.file_number(trainee.township.code, trainee.pk)
        counties.setdefault(trainee.file_number.partition("-")[0], []).append(trainee.pk)
    serial = Cast("pk", CharField(max_length=20))
    padded = Case(
        When(pk__lt=10**rules.SERIAL_DIGITS, then=LPad(serial, rules.SERIAL_DIGITS, Value("0"))), default=serial
    )
    for code, pks in counties.items():
        Trainee.objects.filter(pk__in=pks).update(file_number=Concat(Value(f"{code}-"), padded))


def _opened(by: User | Agent, opening: Opening) -> AuditEvent:
    trainee = opening.trainee
    return event_row(
        by=by, event="trainee.registered", record=trainee, label=trainee.file_number,
        place=(trainee.village or trainee.township).code,
        changes={"groups": [[], opening.groups]} if opening.groups else {},
    )  # fmt: skip


@transaction.atomic
def register_many(*, by: User | Agent, people: Sequence[NewPerson]) -> list[Trainee | Refused]:
    """For each person, in order, the file that was opened or why none was: what `register` would have said.

    A constant number of queries for any number of people.
    """
    # Two lists that hold the same people in another order would wait for each other: one list at a time.
    list(Division.objects.select_for_update(no_key=True).filter(pk=county().pk).values_list("pk"))
    found: list[Opening | Refused] = [_prepared_or_refusal(by, person) for person in people]
    for _try in range(TRIES):
        found = _without_known(found)
        openings = [one for one in found if isinstance(one, Opening)]
        try:
            with transaction.atomic():
                write_files(by, openings)
        except IntegrityError:
            _begin_again(openings)
            continue
        except NotOpened as papers:
            _begin_again(openings)
            refused = {id(openings[place]): refusal for place, refusal in papers.refusals.items()}
            found = [refused.get(id(one), one) for one in found]
            continue
        return [one.trainee if isinstance(one, Opening) else one for one in found]
    raise _busy()


def _busy() -> Refused:
    return Refused("registry_busy", _("Others are opening the same files just now. Try again in a moment."))


def _begin_again(openings: Sequence[Opening]) -> None:
    """As if never written: the next try gives other keys, so other file numbers too."""
    for opening in openings:
        opening.trainee.pk, opening.trainee._state.adding = None, True
        opening.trainee.file_number = uuid.uuid4().hex[:20]


def _prepared_or_refusal(by: User | Agent, person: NewPerson) -> Opening | Refused:
    try:
        return prepared(by, person)
    except Refused as refusal:
        return refusal


def _without_known(found: Sequence[Opening | Refused]) -> list[Opening | Refused]:
    """A number that a file holds, or somebody earlier in the same list, opens no second file."""
    hashes = {one.trainee.id_hash for one in found if isinstance(one, Opening)} - {""}
    holders = {trainee.id_hash: trainee for trainee in Trainee.objects.holding(hashes)}
    left: list[Opening | Refused] = []
    for one in found:
        if isinstance(one, Refused) or not one.trainee.id_hash:
            left.append(one)
        elif one.trainee.id_hash in holders:
            left.append(id_known(holders[one.trainee.id_hash]))
        else:
            holders[one.trainee.id_hash] = one.trainee
            left.append(one)
    return left


def id_known(trainee: Trainee) -> Refused:
    text = _(
        "A file with this ID number exists already. Look for it and go on there; "
        "where you cannot find it, it lies outside your places: ask the county centre."
    )
    return Refused("id_known", text, trainee=trainee)


def _put_households(openings: Sequence[Opening], *, by: User | Agent) -> None:
    numbers = {
        Household.hash_number(opening.household_number): opening for opening in openings if opening.household_number
    }
    if not numbers:
        return
    households = _households(numbers)
    for _try in range(TRIES):
        if numbers.keys() <= households.keys():
            break
        # When somebody opens one of them meanwhile, it is met at the next look.
        with suppress(IntegrityError), transaction.atomic():
            _open_households(numbers, households, by=by)
        households = _households(numbers)
    else:
        if not numbers.keys() <= households.keys():
            raise _busy()
    for opening in openings:
        if opening.household_number:
            opening.trainee.household = households[Household.hash_number(opening.household_number)]


def _open_households(numbers: Mapping[str, Opening], known: Mapping[str, Household], *, by: User | Agent) -> None:
    opened = Household.objects.bulk_create(
        Household(
            number=opening.household_number,
            number_hash=number_hash,
            township=opening.trainee.township,
            created_by=by.label,
        )
        for number_hash, opening in sorted(numbers.items())
        if number_hash not in known
    )
    record_events(opened_row(household, by=by) for household in opened)


def _households(hashes: Iterable[str]) -> dict[str, Household]:
    """Held, by key: who writes two lists at once never waits for who waits for them."""
    held = Household.objects.select_for_update(of=("self",), no_key=True).filter(number_hash__in=list(hashes))
    return {one.number_hash: one for one in held.order_by("pk")}
