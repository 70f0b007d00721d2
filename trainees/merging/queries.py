"""What the pages of duplicates and merges show: masked as on the file's own page."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.access.scope import scope_of
from lms.accounts.models import User
from lms.places.queries import code_names
from trainees.attendance.enums import EnrolmentState
from trainees.attendance.models import Enrolment
from trainees.progress.models import PersonTime
from trainees.registry.models import Trainee

from .enums import Ground
from .models import MERGING, DuplicatePair, Merge
from .rules import FACTS, differing

Asker = User | AnonymousUser
NOTHING = "—"
FIGURES = ("classes", "units", "registered")


def waiting_for(user: Asker) -> QuerySet[DuplicatePair]:
    """Pairs this person may decide, the strongest first."""
    people = ("first__township", "first__village", "second__township", "second__village")
    unread = [f"{side}__{name}" for side in ("first", "second") for name in ("id_number", "phone")]
    return DuplicatePair.objects.visible_to(user).waiting().select_related(*people).defer(*unread)


def grounds_of(pair: DuplicatePair) -> list[str | Promise]:
    return [Ground(ground).label for ground in pair.grounds]


@dataclass(frozen=True)
class Twin:
    """Another file that may be this person's."""

    trainee: Trainee
    grounds: list[str | Promise]


@dataclass(frozen=True)
class OfFile:
    """What a file's page says: who may be the same person, and which files went on in this one."""

    trainee: Trainee
    twins: list[Twin]
    # Somebody beyond the asker's places may be the same: said without a name, the county centre has the pair.
    outside: bool
    merges: list[Merge]
    may_merge: bool


def of_file(trainee: Trainee, *, by: Asker) -> OfFile:
    """Two queries, whatever there is."""
    scope = scope_of(by)
    may_merge = scope.covers(trainee.township.code, *MERGING)
    if not may_merge:
        return OfFile(trainee, [], False, [], False)
    pairs = (
        DuplicatePair.objects.waiting()
        .filter(Q(first=trainee) | Q(second=trainee))
        .select_related("first__township", "second__township")
    )
    twins, outside = [], False
    for pair in pairs:
        other = pair.second if pair.first_id == trainee.pk else pair.first
        if scope.covers(other.township.code, *MERGING):
            twins.append(Twin(other, grounds_of(pair)))
        else:
            outside = True
    merges = Merge.objects.visible_to(by).standing().filter(survivor=trainee).select_related("loser").defer("snapshot")
    return OfFile(trainee, twins, outside, list(merges), True)


@dataclass(frozen=True)
class Line:
    """One fact of two files side by side. `hidden`: they differ in what is masked."""

    name: str
    label: str | Promise
    one: str
    other: str
    differs: bool

    @property
    def hidden(self) -> bool:
        return self.differs and self.one == self.other

    @property
    def compared(self) -> bool:
        """Two facts that are there; figures of two files are not meant to be equal."""
        return self.name not in FIGURES and (self.one, self.other) != (NOTHING, NOTHING)


SHOWN: dict[str, Callable[[Trainee], str]] = {
    "name": lambda trainee: trainee.name,
    "identity": lambda trainee: (
        f"{trainee.masked_id or trainee.get_id_kind_display()} ({trainee.get_id_state_display()})"
    ),
    "sex": lambda trainee: trainee.get_sex_display(),
    "birth_date": lambda trainee: f"{trainee.birth_date:%Y}" if trainee.birth_date else "",
    "phone": lambda trainee: trainee.masked_phone,
    "place": lambda trainee: f"{trainee.lives_in} {trainee.village_group}".strip(),
    "ethnic": lambda trainee: code_names("ethnic").get(trainee.ethnic, trainee.ethnic),
    "education": lambda trainee: code_names("education").get(trainee.education, trainee.education),
    "household": lambda trainee: str(trainee.household) if trainee.household else "",
    "account": lambda trainee: trainee.user.username if trainee.user else "",
}


def shown(name: str, trainee: Trainee) -> str:
    return SHOWN[name](trainee) or NOTHING


def side_by_side(one: Trainee, other: Trainee) -> list[Line]:
    """Every fact of both, then what they took part in."""
    unlike = set(differing(one, other))
    lines = [
        Line(name, fact.label, shown(name, one), shown(name, other), name in unlike) for name, fact in FACTS.items()
    ]
    mine, theirs = ("、".join(trainee.aliases) or NOTHING for trainee in (one, other))
    lines.insert(1, Line("aliases", gettext_lazy("Other names"), mine, theirs, one.aliases != other.aliases))
    return [*lines, *_history(one, other)]


def _history(one: Trainee, other: Trainee) -> list[Line]:
    people = (one.pk, other.pk)
    classes = dict(
        Enrolment.objects.filter(trainee__in=people).exclude(state=EnrolmentState.CANCELLED).values_list("trainee")
        .annotate(n=Count("pk")).order_by()
    )  # fmt: skip
    units = dict(
        PersonTime.objects.filter(trainee__in=people, counted=True).values_list("trainee").annotate(n=Count("pk"))
        .order_by()
    )  # fmt: skip
    days = [f"{trainee.created_at:%Y-%m-%d} {trainee.source}".strip() for trainee in (one, other)]
    figures = (
        ("classes", gettext_lazy("Classes"), classes),
        ("units", gettext_lazy("Person-times that count"), units),
    )
    return [
        *(Line(name, label, str(n.get(one.pk, 0)), str(n.get(other.pk, 0)), False) for name, label, n in figures),
        Line("registered", gettext_lazy("Registered"), days[0], days[1], False),
    ]


def two_numbers(one: Trainee, other: Trainee) -> bool:
    """Two documents: rarely one person, and worth a look at the card."""
    return bool(one.id_hash and other.id_hash)


def decided(one: Trainee, other: Trainee) -> DuplicatePair | None:
    first, second = sorted((one.pk, other.pk))
    return DuplicatePair.objects.filter(first=first, second=second).first()


def table_label(label: str) -> str:
    """Of a table, as the preview names it."""
    from .tables import TABLES  # rules of tables act; pages that only name them ask late

    if label == "trainees.Trainee":
        return _("The file itself")
    return next((str(table.label) for table in TABLES.values() if table.model == label), label)
