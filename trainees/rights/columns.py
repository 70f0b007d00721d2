"""The columns of an exported list: what each one shows masked and in full, and whose role it needs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lms.places.models import in_language
from lms.privacy import masking
from lms.records import FieldClass
from trainees.registry.models import Trainee


@dataclass(frozen=True)
class Person:
    """A file with what the columns need of other tables."""

    trainee: Trainee
    groups: list[str] = field(default_factory=list)
    group_names: list[str] = field(default_factory=list)
    education: str = ""
    ethnic: str = ""


Cell = Callable[[Person], str]


@dataclass(frozen=True)
class Column:
    """`masked` is missing where nothing of the value may be shown without a reason."""

    key: str
    label: str | Promise
    kind: FieldClass
    clear: Cell
    masked: Cell | None = None
    # Disability, poverty, household: with a tick and a role of their own.
    sensitive: bool = False

    def text(self, person: Person, *, clear: bool) -> str:
        show = self.clear if clear or self.masked is None else self.masked
        return show(person)

    @property
    def shows_more(self) -> bool:
        """With full values something stands there that a masked list does not have."""
        return self.masked is not self.clear

    def is_open(self, *, clear: bool, sensitive: bool) -> bool:
        """What may not even be shown masked waits for the tick of full values."""
        return (sensitive or not self.sensitive) and (clear or self.masked is not None)


def _same(show: Cell) -> dict:
    return {"clear": show, "masked": show}


def _has(group: str) -> Cell:
    return lambda person: _withheld(person) or (gettext("Yes") if group in person.groups else gettext("No"))


def _withheld(person: Person) -> str:
    """Who took back the consent to sensitive data stands in the list, and these cells do not speak of them."""
    return gettext("withheld") if person.trainee.sensitive_withdrawn_at else ""


def _household(mask: Callable[[str], str]) -> Cell:
    def show(person: Person) -> str:
        household = person.trainee.household
        return _withheld(person) or (mask(household.number) if household else "")

    return show


COLUMNS = (
    Column("file_number", _("File number"), FieldClass.INTERNAL, **_same(lambda p: p.trainee.file_number)),
    Column("name", _("Name"), FieldClass.PERSONAL, lambda p: p.trainee.name, lambda p: masking.name(p.trainee.name)),
    Column("sex", _("Sex"), FieldClass.PERSONAL, **_same(lambda p: str(p.trainee.get_sex_display()))),
    Column(
        "birth", _("Born"), FieldClass.PERSONAL,
        lambda p: p.trainee.birth_date.isoformat() if p.trainee.birth_date else "",
        lambda p: masking.birth(p.trainee.birth_date),
    ),
    Column(
        "id_kind", _("Kind of document"), FieldClass.INTERNAL,
        **_same(lambda p: str(p.trainee.get_id_kind_display())),
    ),
    Column(
        "id_number", _("ID number"), FieldClass.SENSITIVE,
        lambda p: p.trainee.id_number, lambda p: masking.id_number(p.trainee.id_number),
    ),
    Column("id_state", _("Identity"), FieldClass.INTERNAL, **_same(lambda p: str(p.trainee.get_id_state_display()))),
    Column(
        "phone", _("Phone"), FieldClass.PERSONAL,
        lambda p: p.trainee.phone, lambda p: masking.phone(p.trainee.phone),
    ),
    Column("township", _("Township"), FieldClass.PERSONAL, **_same(lambda p: str(p.trainee.township))),
    Column("village", _("Village"), FieldClass.PERSONAL, **_same(lambda p: _village(p.trainee))),
    Column("village_group", _("Village group"), FieldClass.PERSONAL, lambda p: p.trainee.village_group),
    Column("ethnic", _("Ethnic group"), FieldClass.PERSONAL, lambda p: p.ethnic),
    Column("education", _("Education"), FieldClass.PERSONAL, lambda p: p.education),
    Column("groups", _("Groups"), FieldClass.PERSONAL, **_same(lambda p: "、".join(p.group_names))),
    Column(
        "registered", _("Registered"), FieldClass.INTERNAL,
        **_same(lambda p: formats.date_format(p.trainee.created_at, "Y-m-d")),
    ),
    Column("poor", _("Poor household"), FieldClass.SENSITIVE, **_same(_has("poor_household")), sensitive=True),
    Column("disabled", _("Disabled"), FieldClass.SENSITIVE, **_same(_has("disabled")), sensitive=True),
    Column(
        "household", _("Household number"), FieldClass.SENSITIVE,
        _household(str), _household(masking.household_number), sensitive=True,
    ),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}


def _village(trainee: Trainee) -> str:
    return in_language(trainee.village.short_name, trainee.village.name_en) if trainee.village else ""


def seen_of(columns: Iterable[Column], *, clear: bool) -> list[str]:
    """Keys of what a look of the export names: the sensitive columns, and those that show more than a masked list."""
    return [column.key for column in columns if column.sensitive or (clear and column.shows_more)]
