"""Whom a row speaks of: a known file and what is new about it, or people it may be, for a clerk to decide."""

import datetime
import json
from collections.abc import Iterable

from lms.places.models import Division
from lms.privacy.crypto import lookup_hash
from trainees.registry.enums import IdKind, Sex
from trainees.registry.models import GroupMembership, Trainee
from trainees.registry.reasons import IDENTITY
from trainees.registry.rules import DERIVED_GROUPS

from .enums import Decision, Verdict
from .models import RosterRow

OTHER_NAME = "id_known_other_name"
# What says that a clerk has to look; chosen anew whenever a row is weighed.
ASKING = ("perhaps_known", "perhaps_elsewhere")
BIRTH_IN_NUMBER = (IdKind.RESIDENT, IdKind.HMT_RESIDENCE)
# The alias, the phone ... as correct_trainee calls them; place and group are ours.
PLAIN_FACTS = ("village_group", "ethnic", "education")


def weigh(
    rows: list[RosterRow], place: Division, report_day: datetime.date, earlier: dict[int, RosterRow]
) -> list[RosterRow]:
    """The judged rows with candidates, decisions and offers. Personal columns of files outside `place` stay unread."""
    found = _holders(rows) | _look_alikes(rows)
    for row in rows:
        _decide(row, found.get(row.number, {}), place, earlier.get(row.number))
    people = people_by_key({row.trainee_id for row in rows if row.trainee_id})
    groups = groups_from(people, report_day)
    for row in rows:
        if row.trainee_id and row.verdict == Verdict.MATCHED:
            _offer(row, people[row.trainee_id], groups.get(row.trainee_id, set()), earlier.get(row.number))
    return rows


def people_by_key(keys: Iterable[int]) -> dict[int, Trainee]:
    return Trainee.objects.live().select_related("township", "village", "household").in_bulk(list(keys))


def groups_from(people: Iterable[int], day: datetime.date) -> dict[int, set[str]]:
    """What somebody belongs to on the day or later: the roster says nothing new of these groups."""
    groups: dict[int, set[str]] = {}
    memberships = GroupMembership.objects.touching(day, None).filter(trainee__in=list(people))
    for trainee_id, group in memberships.values_list("trainee_id", "group"):
        groups.setdefault(trainee_id, set()).add(group)
    return groups


# --- Who it may be --------------------------------------------------------------------------------------------
# Row number -> {key of a file: code of its township}
Found = dict[int, dict[int, str]]


def _codes(row: RosterRow) -> set[str]:
    return {reason["code"] for reason in row.reasons}


def _holders(rows: list[RosterRow]) -> Found:
    """Files that hold the row's ID number under another name."""
    asked: dict[str, list[RosterRow]] = {}
    for row in rows:
        if _codes(row) == {OTHER_NAME}:
            asked.setdefault(Trainee.hash_id(row.values["id_number"]), []).append(row)
    if not asked:
        return {}
    files = Trainee.objects.holding(asked).values_list("id_hash", "pk", "township__code")
    return {row.number: {pk: code} for id_hash, pk, code in files for row in asked[id_hash]}


def _look_alikes(rows: list[RosterRow]) -> Found:
    """Without the ID number: the same phone and name, or the same name, birth and village. A name alone is no key."""
    asked = [row for row in rows if row.values["name"] and (row.verdict == Verdict.NEW or _only_identity(row))]
    by_phone: dict[str, list[RosterRow]] = {}
    by_birth: dict[tuple, list[RosterRow]] = {}
    for row in asked:
        if phone := row.values["phone"]:
            by_phone.setdefault(Trainee.hash_phone(phone), []).append(row)
        if row.values["village"] and (birth := birth_of(row.values)):
            by_birth.setdefault((row.values["name"], birth, row.values["village"]), []).append(row)
    found: Found = {}
    if by_phone:
        files = Trainee.objects.live().filter(phone_hash__in=by_phone)
        for pk, phone_hash, name, aliases, code in files.values_list(
            "pk", "phone_hash", "name", "aliases", "township__code"
        ):
            for row in by_phone[phone_hash]:
                if row.values["name"] in (name, *aliases):
                    found.setdefault(row.number, {})[pk] = code
    if by_birth:
        names, births, villages = zip(*by_birth, strict=True)
        files = Trainee.objects.live().filter(
            name__in=set(names), birth_date__in=set(births), village__in=set(villages)
        )
        for pk, name, birth_date, village, code in files.values_list(
            "pk", "name", "birth_date", "village_id", "township__code"
        ):
            for row in by_birth.get((name, birth_date, village), ()):
                found.setdefault(row.number, {})[pk] = code
    return found


def _only_identity(row: RosterRow) -> bool:
    """Refused for its ID number and for nothing else: the file of the person may have the right one."""
    return row.verdict == Verdict.REFUSED and _codes(row) <= IDENTITY.keys()


def birth_of(values: dict) -> datetime.date | None:
    number = values["id_number"]
    if number and values["id_kind"] in BIRTH_IN_NUMBER:
        return datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return datetime.date.fromisoformat(values["birth_date"]) if values["birth_date"] else None


# --- What a clerk decided -------------------------------------------------------------------------------------


def _decide(row: RosterRow, found: dict[int, str], place: Division, earlier: RosterRow | None) -> None:
    within = sorted(pk for pk, code in found.items() if code.startswith(place.prefix))
    row.candidates = sorted(found)
    if not found or (_only_identity(row) and not within):
        row.candidates = []
        return
    holds = earlier is not None and earlier.decision and set(found) <= set(earlier.candidates)
    row.decision = earlier.decision if earlier and holds else Decision.NONE
    if row.decision in (Decision.SAME, Decision.ALIAS) and earlier and earlier.trainee_id in within:
        _accept(row, earlier.trainee_id)
    elif row.decision in (Decision.OTHER, Decision.WRONG):
        return  # a new person, or refused for the reasons it has
    else:
        row.decision = Decision.NONE
        row.verdict = Verdict.UNDECIDED
        if _codes(row) != {OTHER_NAME}:
            row.reasons = [*row.reasons, _said("perhaps_known" if within else "perhaps_elsewhere")]


def _accept(row: RosterRow, trainee_id: int) -> None:
    """This person: what was wrong with the ID number is only remarked, since the file keeps its own."""
    row.trainee_id, row.verdict = trainee_id, Verdict.MATCHED
    row.warnings = [*(reason for reason in row.reasons if reason["code"] != OTHER_NAME), *row.warnings]
    row.reasons = []


def _said(code: str) -> dict:
    return {"code": code, "column": "", "value": ""}


# --- What is new ----------------------------------------------------------------------------------------------


def _offer(row: RosterRow, person: Trainee, groups: set[str], earlier: RosterRow | None) -> None:
    offers = offers_of(row, person, groups)
    taken = {_meant(offer): offer["take"] for offer in (earlier.offers or [] if earlier else [])}
    row.offers = [{**offer, "take": taken.get(_meant(offer), offer["take"])} for offer in offers] or None
    row.verdict = Verdict.CHANGED if offers else Verdict.MATCHED
    number = row.values["id_number"]
    if number and person.id_number and number != person.id_number:
        row.warnings = [*row.warnings, _said("id_differs")]


def _meant(offer: dict) -> tuple[str, str, str]:
    return offer["field"], str(offer["old"]), str(offer["new"])


def offers_of(row: RosterRow, person: Trainee, groups: set[str]) -> list[dict]:
    """What the row says new of a file. What fills a gap or adds is ticked; what replaces waits for the clerk's tick."""
    said, offers = row.values, []

    def offer(field: str, old: object, new: object, *, take: bool | None = None) -> None:
        if new and new != old:
            offers.append({"field": field, "old": old, "new": new, "take": not old if take is None else take})

    if said["name"] not in (person.name, *person.aliases):
        offer("aliases", "、".join(person.aliases), "、".join([*person.aliases, said["name"]]), take=True)
    if not person.id_number:
        offer("id_number", "", said["id_number"])
    offer("phone", person.phone, said["phone"])
    new_place = [said["township"], said["village"]]
    if said["village"] or said["township"] != person.township_id:
        fills = said["township"] == person.township_id and person.village_id is None
        offer("place", [person.township_id, person.village_id], new_place, take=fills)
    for field in PLAIN_FACTS:
        offer(field, getattr(person, field), said[field])
    offer("household_number", person.household.number if person.household else "", said["household_number"])
    if not (person.id_number and person.id_kind in BIRTH_IN_NUMBER):
        offer("sex", person.sex if person.sex in (Sex.MALE, Sex.FEMALE) else "", said["sex"])
        offer("birth_date", person.birth_date.isoformat() if person.birth_date else "", said["birth_date"])
    for group in said["groups"]:
        if group not in groups | DERIVED_GROUPS:
            offer("group", "", group)
    return offers


def key_of_offers(offers: list[dict] | None) -> str:
    """Of exactly these values beside each other: ticks set before they changed are refused."""
    return lookup_hash("roster.offers", json.dumps([_meant(offer) for offer in offers or []], ensure_ascii=False))[:16]
