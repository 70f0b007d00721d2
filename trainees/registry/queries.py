"""What the pages of the registry show."""

from collections import Counter
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, Prefetch, Q, QuerySet, When
from django.utils import timezone

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.audit.models import AuditEvent
from lms.jobs import queries as jobs
from lms.jobs.models import Job
from lms.places.models import Division
from lms.places.phones import clean_phone, is_phone
from lms.places.queries import code_names, codes_of, county, townships
from lms.privacy.models import FileView

from .enums import ACCEPTED_VERDICTS, COMMIT_JOB, READ_JOB, Verdict
from .identity import clean_id, read_identity
from .models import GroupMembership, RosterImport, RosterRow, Trainee, place_name
from .names import HAN, search_text
from .reasons import sentence, with_value
from .rules import FILE_NUMBER

ENTERING = (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR)
SEES_SENSITIVE = (*ENTERING, Role.AUDITOR)
RECENT = 10
# From here on digits are somebody's number and not a count or a year.
PERSONAL_DIGITS = 7
KINDS = (READ_JOB, COMMIT_JOB)


def search(people: QuerySet[Trainee], text: str) -> QuerySet[Trainee]:
    """By name, other name, pinyin or its initials, file number, or an ID or telephone number in full."""
    text = text.strip()
    if not text:
        return people
    identity = read_identity(text, today=timezone.localdate())
    found = Q(name__icontains=text) | Q(file_number__icontains=text)
    if not identity.problem:
        found |= Q(id_hash=Trainee.hash_id(identity.number))
    elif len(clean_id(text)) >= 15:
        found |= Q(id_hash=Trainee.hash_id(clean_id(text)))
    phone = clean_phone(text)
    if is_phone(phone):
        found |= Q(phone_hash=Trainee.hash_phone(phone))
    if text.isascii():
        if text.replace(" ", "").isalpha():
            found |= _sounds_like(text.replace(" ", "").lower())
    elif any(char in HAN or char > "㐀" for char in text):
        # Other names are kept as JSON, so they are found by their sound.
        for sound in search_text([text]).split("|")[::2]:
            found |= ~Q(aliases=[]) & _sounds_like(sound)
    return people.filter(found)


def is_personal_number(text: str) -> bool:
    """An ID or telephone number, whole or in part; a file number is neither."""
    return sum(char.isdigit() for char in text) >= PERSONAL_DIGITS and not FILE_NUMBER.fullmatch(text.strip())


def _sounds_like(sound: str) -> Q:
    if not sound:
        return Q(pk__in=[])
    return Q(name_pinyin__startswith=sound) | Q(name_pinyin__contains=f"|{sound}")


def in_group(people: QuerySet[Trainee], group: str) -> QuerySet[Trainee]:
    """Who belongs to the group today; women by their sex."""
    if group == "women":
        return people.filter(sex="2")
    members = GroupMembership.objects.as_of(timezone.localdate()).filter(group=group)
    return people.filter(pk__in=members.values("trainee"))


def places_of(user: User | AnonymousUser) -> list[tuple[Division, list[Division]]]:
    """Townships with their villages that this person enters people for."""
    scope = scope_of(user)
    found = Division.objects.current().villages().order_by("code")
    whole = townships().prefetch_related(Prefetch("children", queryset=found, to_attr="current_villages"))
    return [(township, township.current_villages) for township in whole if scope.covers(township.code, *ENTERING)]


def import_places(user: User | AnonymousUser) -> list[Division]:
    """What a roster of this person may reach: the county, or the own townships."""
    scope, whole = scope_of(user), county()
    if scope.covers(whole.code, *ENTERING):
        return [whole]
    return [township for township in townships() if scope.covers(township.code, *ENTERING)]


@dataclass
class ClassLine:
    """One class of a person: enrolment, attendance, results, what the ledger says."""

    enrolment: object
    planned: int = 0
    present: int = 0
    results: list = field(default_factory=list)
    units: list = field(default_factory=list)


@dataclass
class File:
    trainee: Trainee
    memberships: list[dict]
    classes: list[ClassLine]
    views: list[FileView]
    events: list[AuditEvent]
    ethnic: str
    education: str


def file_of(trainee: Trainee, *, sensitive: bool, log: bool) -> File:
    """One person's whole file; sensitive groups and the log only for those who need them."""
    enrolments = trainee.enrolments.select_related("training_class").annotate(
        planned=Count("training_class__sessions", distinct=True)
    )
    lines = {row.training_class_id: ClassLine(row, row.planned) for row in enrolments.order_by("-training_class_id")}
    present = trainee.presences.filter(present=True).values_list("session__training_class_id")
    for class_id, count in Counter(class_id for (class_id,) in present).items():
        if class_id in lines:
            lines[class_id].present = count
    for result in trainee.practical_results.select_related("task").order_by("task__position", "attempt"):
        if result.task.training_class_id in lines:
            lines[result.task.training_class_id].results.append(result)
    for unit in trainee.person_times.order_by("unit_key"):
        if unit.training_class_id in lines:
            lines[unit.training_class_id].units.append(unit)
    return File(
        trainee=trainee,
        memberships=_memberships(trainee, sensitive=sensitive),
        classes=list(lines.values()),
        views=list(FileView.objects.filter(file_number=trainee.file_number)[:RECENT]) if log else [],
        events=list(_events(trainee)[:RECENT]) if log else [],
        ethnic=code_names("ethnic").get(trainee.ethnic, ""),
        education=code_names("education").get(trainee.education, ""),
    )


def _events(trainee: Trainee) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(record_type="trainees.trainee", record_id=str(trainee.pk))


def _memberships(trainee: Trainee, *, sensitive: bool) -> list[dict]:
    names, hidden = code_names("trainee_group"), set() if sensitive else sensitive_groups()
    return [
        {"row": row, "name": names.get(row.group, row.group)}
        for row in trainee.memberships.all()
        if row.group not in hidden
    ]


def sensitive_groups() -> set[str]:
    """Disability and poverty are for those whose work needs them (PIPL art. 28)."""
    return {"poor_household", "disabled"} & {item.code for item in codes_of("trainee_group")}


@dataclass
class Preview:
    """A roster as its page shows it."""

    figures: dict[str, int]
    notes: list[str]
    job: jobs.Shown | None

    @property
    def rows(self) -> int:
        return sum(self.figures.values())

    @property
    def accepted(self) -> int:
        return sum(self.figures[verdict] for verdict in ACCEPTED_VERDICTS)

    @property
    def persons(self) -> int:
        return self.figures[Verdict.NEW] + self.figures[Verdict.MATCHED]


def preview_of(roster: RosterImport) -> Preview:
    counted = dict(roster.rows.order_by().values_list("verdict").annotate(Count("pk")))
    job = Job.objects.filter(kind__in=KINDS, subject=str(roster.pk)).order_by("-pk").first()
    return Preview(
        figures={str(verdict): counted.get(verdict, 0) for verdict in Verdict},
        notes=[sentence(note["code"], **note.get("facts", {})) for note in roster.notes],
        job=jobs.shown(job) if job else None,
    )


def rows_of(roster: RosterImport, verdict: str = "", *, warned: bool = False) -> QuerySet[RosterRow]:
    """Refused rows first, then in the order of the file."""
    rows = roster.rows.select_related("trainee").defer("cells", "trainee__id_number", "trainee__phone")
    if verdict:
        rows = rows.filter(verdict=verdict)
    if warned:
        rows = rows.exclude(warnings=[])
    return rows.order_by(Case(When(verdict=Verdict.REFUSED, then=0), default=1), "number")


@dataclass(frozen=True)
class ShownRow:
    row: RosterRow
    place: str
    reasons: list[str]
    warnings: list[str]


def shown_rows(rows: list[RosterRow]) -> list[ShownRow]:
    keys = {row.values.get(key) for row in rows for key in ("township", "village")} - {None}
    places = Division.objects.in_bulk(keys)
    return [
        ShownRow(
            row=row,
            place=_place(row, places),
            reasons=[with_value(reason) for reason in row.reasons],
            warnings=[with_value(warning) for warning in row.warnings],
        )
        for row in rows
    ]


def _place(row: RosterRow, places: dict[int, Division]) -> str:
    township = places.get(row.values.get("township"))
    return place_name(township, places.get(row.values.get("village"))) if township else ""


def imports_of(user: User | AnonymousUser) -> QuerySet[RosterImport]:
    return (
        RosterImport.objects.visible_to(user)
        .select_related("training_class", "started_by", "place")
        .annotate(
            accepted=Count("rows", filter=Q(rows__verdict__in=ACCEPTED_VERDICTS)),
            refused=Count("rows", filter=Q(rows__verdict=Verdict.REFUSED)),
        )
        .order_by("-pk")
    )
