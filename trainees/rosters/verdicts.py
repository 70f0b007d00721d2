"""What becomes of each row of a roster: a new person, a known one, a repeat, or refused with its reasons."""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lms.places.models import Division
from lms.places.phones import clean_phone, is_phone
from lms.places.queries import find_code, find_township, find_village, townships
from lms.privacy import masking
from trainees.registry.enums import IdKind
from trainees.registry.identity import DISABILITY, Identity, clean_id, read_identity
from trainees.registry.models import Trainee
from trainees.registry.names import clean_name, name_problem, name_warnings
from trainees.registry.quotes import masked
from trainees.registry.rules import is_household_number

from . import values as read
from .beside import read_beside
from .cells import CELL_ERROR, Roster, Row, is_number, text_of
from .enums import Verdict
from .ledger import read_class
from .matching import weigh
from .models import RosterRow
from .nearness import near_places

STEP = 500
# Written as numbers somewhere on their way: 5309271.0 is a household, 13800138000.0 a telephone.
NUMBERS = frozenset({"phone", "household_no", "age", "hours", "score", "term"})
WHOLE = re.compile(r"(?<=\d)\.0+$")
NUMERIC_ID = re.compile(r"\d{8,}\.0+")
# Two rows of one file with the same number are told apart by name; the worst reasons stand first.
MASKS = {
    "name": masking.name,
    # The end of a disability certificate's number tells the kind and the grade.
    "id_number": lambda text: "*" * len(text) if len(clean_id(text)) in (20, 22) else masking.id_number(text),
    "phone": masked,
    "birth": lambda text: text[:4] + "…",
    "household_no": masking.household_number,
    "head_name": masking.name,
    "disability_no": masking.disability_number,
    "address": lambda text: masked(text[:6]) + "…",
}


@dataclass(frozen=True)
class Ground:
    """Where and when a roster is read; rows outside `place` are refused."""

    place: Division
    today: datetime.date
    # Groups named on the roster hold from this day on.
    report_day: datetime.date | None = None


@dataclass(frozen=True)
class Known:
    """A live file with the row's ID number."""

    pk: int
    names: frozenset[str]
    township_code: str


@dataclass
class Reading:
    """One row on its way to a verdict."""

    row: Row
    titles: dict[str, str]
    from_1904: bool = False
    values: dict = field(default_factory=dict)
    reasons: list[dict] = field(default_factory=list)
    warnings: list[dict] = field(default_factory=list)
    township: Division | None = None

    def text(self, key: str) -> str:
        text = read.visible(text_of(self.row.cells.get(key, "")))
        return WHOLE.sub("", text) if key in NUMBERS else text

    def refuse(self, code: str, key: str, **facts: object) -> None:
        self.reasons.append(self._said(code, key, facts))

    def warn(self, code: str, key: str, **facts: object) -> None:
        self.warnings.append(self._said(code, key, facts))

    def _said(self, code: str, key: str, facts: dict) -> dict:
        mask = MASKS.get(key, masked)
        said = {"code": code, "column": self.titles.get(key, ""), "value": mask(self.text(key))[:60]}
        return {**said, "facts": facts} if facts else said


@dataclass
class Seen:
    """What earlier rows of the file said: enough to tell a repeat, not the rows themselves."""

    names: dict[str, str] = field(default_factory=dict)
    # ID number -> (row, phone) of the row that was accepted with it.
    accepted: dict[str, tuple[int, str]] = field(default_factory=dict)


class Lookups:
    """Names of places and codes, each looked up once a file."""

    def __init__(self, place: Division):
        self.own = place if place in townships() else None
        self.township = lru_cache(maxsize=None)(find_township)
        self.village = lru_cache(maxsize=None)(find_village)
        self.code = lru_cache(maxsize=None)(find_code)
        self.near = lru_cache(maxsize=1000)(near_places)

    @lru_cache(maxsize=1000)  # noqa: B019 - lives as long as one file is read
    def by_village(self, text: str) -> Division | None:
        """The one township that has this village; none when two have it."""
        found = [township for township in townships() if self.village(township, text)]
        return found[0] if len(found) == 1 else None


def judge(roster: Roster, ground: Ground, earlier: dict[int, RosterRow] | None = None) -> Iterator[list[RosterRow]]:
    """Verdicts for all rows in order, in steps of 500, not saved. `earlier` holds rows that were judged and decided
    before, by number: what was decided of them holds as long as it speaks of the same people."""
    titles = {column.field: column.title for column in roster.header.columns if column.used}
    look = Lookups(ground.place)
    seen = Seen()
    for start in range(0, len(roster.rows), STEP):
        readings = [Reading(row, titles, roster.from_1904) for row in roster.rows[start : start + STEP]]
        for reading in readings:
            _read(reading, look, ground)
        known = find_known([number for reading in readings if (number := reading.values.get("id_number"))])
        rows = [_judged(reading, known, seen, ground) for reading in readings]
        yield weigh(rows, ground.place, ground.report_day or ground.today, earlier or {})


def find_known(id_numbers: Sequence[str]) -> dict[str, Known]:
    """ID number -> the live file that holds it; personal columns stay encrypted and unread."""
    by_hash = {Trainee.hash_id(number): number for number in id_numbers}
    hashes, found = list(by_hash), {}
    for start in range(0, len(hashes), STEP):
        files = Trainee.objects.holding(hashes[start : start + STEP])
        for pk, id_hash, name, aliases, code in files.values_list("pk", "id_hash", "name", "aliases", "township__code"):
            found[by_hash[id_hash]] = Known(pk, frozenset([name, *aliases]), code)
    return found


def _judged(reading: Reading, known: dict[str, Known], seen: Seen, ground: Ground) -> RosterRow:
    verdict = _verdict(reading, known, seen, ground)
    person = known.get(reading.values.get("id_number", "")) if verdict == Verdict.MATCHED else None
    return RosterRow(
        number=reading.row.number,
        cells=reading.row.texts,
        number_fields=[key for key, value in reading.row.cells.items() if is_number(value)],
        values=reading.values,
        verdict=verdict,
        reasons=reading.reasons,
        warnings=reading.warnings,
        trainee_id=person.pk if person else None,
    )


def _verdict(reading: Reading, known: dict[str, Known], seen: Seen, ground: Ground) -> Verdict:
    number, name = reading.values.get("id_number", ""), reading.values["name"]
    if number and name and seen.names.setdefault(number, name) != name:
        reading.refuse("id_duplicate_other_name", "id_number")
    person = known.get(number) if number else None
    if person and not reading.reasons:
        _compare_known(reading, person, ground)
    if reading.reasons:
        return Verdict.REFUSED
    if number in seen.accepted:
        earlier, phone = seen.accepted[number]
        reading.warn("repeats", "id_number", row=earlier)
        if reading.values["phone"] != phone:
            reading.warn("phone_differs", "phone")
        return Verdict.REPEAT
    seen.accepted[number] = (reading.row.number, reading.values["phone"])
    return Verdict.MATCHED if person else Verdict.NEW


def _compare_known(reading: Reading, person: Known, ground: Ground) -> None:
    if not person.township_code.startswith(ground.place.prefix):
        reading.refuse("known_elsewhere", "id_number")
    elif reading.values["name"] not in person.names:
        reading.refuse("id_known_other_name", "name")
    elif reading.township and reading.township.code != person.township_code:
        reading.warn("place_differs", "township")


def _read(reading: Reading, look: Lookups, ground: Ground) -> None:
    for key, value in reading.row.cells.items():
        if isinstance(value, str) and CELL_ERROR.fullmatch(value):
            reading.warn("cell_error", key)
    identity = _read_identity(reading, ground.today)
    _read_name(reading)
    _read_place(reading, look, ground)
    _read_phone(reading)
    _read_sex_and_birth(reading, identity, ground.today)
    for key in ("ethnic", "education"):
        text = reading.text(key)
        code = look.code(key, text) if text not in read.UNKNOWN else ""
        if text not in read.UNKNOWN and not code:
            reading.warn(f"{key}_unknown", key)
        reading.values[key] = code
    _read_groups(reading, identity, look, ground.today)
    household = reading.text("household_no")
    if household and not is_household_number(household):
        reading.warn("household_unread", "household_no")
        household = ""
    reading.values |= {"household_number": household, "village_group": reading.text("group")[:60]}
    read_beside(reading, look.code, identity.birth_date, ground.today)
    read_class(reading, ground.today)


def _read_identity(reading: Reading, today: datetime.date) -> Identity:
    value = reading.row.cells.get("id_number", "")
    identity = read_identity(reading.text("id_number"), today=today)
    numeric = is_number(value) or NUMERIC_ID.fullmatch(reading.text("id_number"))
    problem = "id_numeric" if numeric else identity.problem
    if problem:
        reading.refuse(problem, "id_number")
    for warning in () if problem else identity.warnings:
        reading.warn(warning, "id_number")
    if identity.disability and not problem:
        reading.warn("disability_split", "id_number")
    # A number that is wrong is nobody's: it must neither match a file nor a row.
    reading.values |= {"id_number": "" if problem else identity.number, "id_kind": identity.kind}
    return identity


def _read_name(reading: Reading) -> None:
    name = clean_name(reading.text("name"))
    problem = name_problem(name)
    if problem:
        reading.refuse(problem, "name")
    for warning in () if problem else name_warnings(name):
        reading.warn(warning, "name")
    reading.values["name"] = name


def _read_place(reading: Reading, look: Lookups, ground: Ground) -> None:
    township_text, village_text = reading.text("township"), reading.text("village")
    township = look.township(township_text) if township_text else look.own
    if township is None and not township_text and village_text:
        township = look.by_village(village_text)
        if township:
            reading.warn("township_from_village", "village")
    village = None
    if township is None:
        code = "township_unknown" if township_text else "township_missing"
        reading.refuse(code, "township", **look.near(None, township_text))
    elif not township.code.startswith(ground.place.prefix):
        reading.refuse("out_of_place", "township")
    elif not village_text:
        reading.warn("village_missing", "village")
    else:
        village = look.village(township, village_text)
        if village is None:
            reading.refuse("village_unknown", "village", **look.near(township, village_text))
    reading.township = township
    reading.values |= {"township": township.pk if township else None, "village": village.pk if village else None}


def _read_phone(reading: Reading) -> None:
    text = reading.text("phone")
    phone = clean_phone(text) if text not in read.UNKNOWN else ""
    if phone and not is_phone(phone):
        reading.warn("phone_invalid", "phone")
        phone = ""
    reading.values["phone"] = phone


def _read_sex_and_birth(reading: Reading, identity: Identity, today: datetime.date) -> None:
    """What the ID number says beats what was typed; a difference is shown."""
    sex, birth = read.sex_of(reading.text("sex")), reading.text("birth")
    written = read.written_date(birth, today=today, from_1904=reading.from_1904) if birth else None
    if identity.birth_date and not identity.problem:
        if sex and sex != identity.sex:
            reading.warn("sex_differs", "sex")
        if written and written.differs_from(identity.birth_date):
            reading.warn("birth_differs", "birth")
    if birth and written is None and birth not in read.UNKNOWN:
        reading.warn("birth_unread", "birth")
    exact = written and written.month and written.day
    reading.values |= {
        "sex": sex or "",
        "birth_date": f"{written.year}-{written.month:02d}-{written.day:02d}" if written and exact else "",
    }


def _read_groups(reading: Reading, identity: Identity, look: Lookups, today: datetime.date) -> None:
    codes, unknown = read.groups_of(reading.text("groups"), look.code)
    if unknown:
        reading.warn("group_unknown", "groups", words=masked("、".join(unknown))[:60])
    for key, code in (("is_poor", "poor_household"), ("is_disabled", "disabled")):
        answer, readable = read.yes_no(reading.text(key))
        if answer:
            codes.append(code)
        if not readable:
            reading.warn("yes_no_unread", key)
    if identity.disability or _certificate_of(reading):
        codes.append("disabled")
    reading.values["disability_number"] = _disability_number(reading, identity, today)
    reading.values["groups"] = sorted(set(codes))


def _certificate_of(reading: Reading) -> str:
    """What stands in the column of disability certificates; 无 and / stand there for nothing."""
    text = reading.text("disability_no")
    return "" if read.plain(text) in read.UNKNOWN | read.NO else text


def _disability_number(reading: Reading, identity: Identity, today: datetime.date) -> str:
    """From its own column, or from the ID column where it stood instead; of this person, or left out."""
    own = clean_id(_certificate_of(reading))
    if not own:
        return clean_id(reading.text("id_number")) if identity.disability and not identity.problem else ""
    found = DISABILITY.fullmatch(own)
    of_another = found and identity.kind == IdKind.RESIDENT and not identity.problem and found[1] != identity.number
    if found is None or of_another or read_identity(own, today=today).problem:
        reading.warn("disability_unread", "disability_no")
        return ""
    return own
