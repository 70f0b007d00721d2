"""What the pages of the registry show."""

from collections import Counter
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.audit.models import AuditEvent
from lms.places.models import Division
from lms.places.phones import clean_phone, is_phone
from lms.places.queries import code_names, codes_of, townships
from lms.privacy.models import FileView

from .identity import clean_id, read_identity
from .models import GroupMembership, Trainee
from .names import HAN, search_text
from .rules import FILE_NUMBER

ENTERING = (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR)
SEES_SENSITIVE = (*ENTERING, Role.AUDITOR)
RECENT = 10
# From here on digits are somebody's number and not a count or a year.
PERSONAL_DIGITS = 7


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
    if FILE_NUMBER.fullmatch(text):
        old = Trainee.objects.filter(file_number=text, merged_into__isnull=False).values_list("pk", flat=True)
        found |= Q(pk__in=Trainee.objects.surviving(old).values())
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


def went_on_in(file_number: str, *, user: User | AnonymousUser) -> str:
    """The number of the file in which this one went on, if this person may see both; otherwise nothing."""
    visible = Trainee.objects.visible_to(user)
    old = visible.filter(file_number=file_number, merged_into__isnull=False).values_list("pk", flat=True).first()
    today = Trainee.objects.surviving([old]).get(old) if old else None
    return visible.live().filter(pk=today).values_list("file_number", flat=True).first() or "" if today else ""


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
