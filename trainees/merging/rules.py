"""What makes two files alike, which facts of a file are chosen when two become one, and by default whose."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations, pairwise

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trainees.registry import rules as registry
from trainees.registry.enums import IdState, Sex
from trainees.registry.models import Trainee

# More files than this behind one key are a mistake in the data: neighbours are paired, merging them finds the rest.
CROWD = 8
ID_RANK = {IdState.VALID: 3, IdState.REVIEWED: 2, IdState.REVIEW: 1}


def pairs_of(members: Iterable[int]) -> list[tuple[int, int]]:
    """Every two of the files behind one key, the older first."""
    ordered = sorted(set(members))
    if len(ordered) > CROWD:
        return list(pairwise(ordered))
    return list(combinations(ordered, 2))


def same_village(one: int | None, other: int | None) -> bool:
    """A file that knows only the township contradicts no village in it."""
    return one is None or other is None or one == other


@dataclass(frozen=True)
class Fact:
    """One choice of a merge: the columns that go together, and when they say nothing."""

    label: str | Promise
    columns: tuple[str, ...]
    empty: Callable[[Trainee], bool]


def _blank(column: str) -> Callable[[Trainee], bool]:
    return lambda trainee: getattr(trainee, column) in ("", None)


FACTS = {
    "name": Fact(_("Name"), ("name",), _blank("name")),
    "identity": Fact(_("ID number"), ("id_kind", "id_number", "id_hash", "id_state", "id_note"), _blank("id_number")),
    "sex": Fact(_("Sex"), ("sex",), lambda trainee: trainee.sex in (Sex.UNKNOWN, Sex.NOT_STATED)),
    "birth_date": Fact(_("Date of birth"), ("birth_date",), _blank("birth_date")),
    "phone": Fact(_("Phone"), ("phone", "phone_hash"), _blank("phone")),
    "place": Fact(_("Lives in"), ("township_id", "village_id", "village_group"), _blank("village_id")),
    "ethnic": Fact(_("Ethnic group"), ("ethnic",), _blank("ethnic")),
    "education": Fact(_("Education"), ("education",), _blank("education")),
    "household": Fact(_("Household"), ("household_id",), _blank("household_id")),
    "account": Fact(_("Account"), ("user_id",), _blank("user_id")),
}
# Columns of a file that nobody chooses: they stay what they are, or follow from the choices.
NOT_CHOSEN = frozenset({
    "id", "file_number", "name_pinyin", "aliases", "created_at", "created_by", "source", "voided_at", "voided_by",
    "void_reason", "merged_into_id", "use_withdrawn_at", "sensitive_withdrawn_at", "restricted_at", "anonymised_at",
})  # fmt: skip
# What either file's person or the law has stopped is stopped in the one that stays.
LIMITS = ("use_withdrawn_at", "sensitive_withdrawn_at", "restricted_at")


def says_birth(trainee: Trainee) -> bool:
    """Sex and birth follow from the number and are not chosen beside it."""
    return registry.says_birth(trainee.id_kind, trainee.id_number)


def limits_of(survivor: Trainee, loser: Trainee) -> dict[str, datetime.datetime]:
    """Each limit from the first day on which one of the two had it."""
    days = {name: [day for one in (survivor, loser) if (day := getattr(one, name))] for name in LIMITS}
    return {name: min(found) for name, found in days.items() if found}


def id_rank(trainee: Trainee) -> int:
    return ID_RANK[IdState(trainee.id_state)] if trainee.id_number else 0


def stays_by_default(one: Trainee, other: Trainee) -> Trainee:
    """The file with the better identity, then the one with an account, then the older one."""
    return max(one, other, key=lambda trainee: (id_rank(trainee), trainee.user_id is not None, -trainee.pk))


def differing(one: Trainee, other: Trainee) -> list[str]:
    return [name for name, fact in FACTS.items() if any(getattr(one, c) != getattr(other, c) for c in fact.columns)]


def by_default(name: str, survivor: Trainee, loser: Trainee) -> Trainee:
    """Whose value stays when nobody chose: the surviving file's, unless it says nothing or less."""
    if name == "identity":
        return loser if id_rank(loser) > id_rank(survivor) else survivor
    if name == "place" and survivor.township_id != loser.township_id:
        return survivor
    empty = FACTS[name].empty
    return loser if empty(survivor) and not empty(loser) else survivor


def aliases_of(name: str, survivor: Trainee, loser: Trainee) -> list[str]:
    """Every name either file knew, but for the one that stays."""
    names = (survivor.name, loser.name, *survivor.aliases, *loser.aliases)
    return [alias for alias in dict.fromkeys(names) if alias != name]
