"""Rows of a roster as the preview shows them: masked, with what to mend, to decide and to take."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Case, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.audit.models import AuditEvent
from lms.places.models import Division
from lms.places.queries import code_name
from lms.privacy import masking
from trainees.registry.enums import Sex
from trainees.registry.models import Trainee, place_name
from trainees.registry.reasons import with_value

from ..enums import Decision, Tab, Verdict
from ..matching import OTHER_NAME, key_of_offers
from ..models import RosterImport, RosterRow
from .files import tab_of

# What cannot go on without a person comes first, what is done last.
ORDER = (Verdict.REFUSED, Verdict.UNDECIDED, Verdict.CHANGED)
# Fields of a near miss: the reading names what may have been meant.
MENDABLE = {"village_unknown": "village", "township_unknown": "township"}


def rows_of(roster: RosterImport, tab: str = "", *, warned: bool = False) -> QuerySet[RosterRow]:
    rows = roster.rows.select_related("trainee").defer("cells", "done", "trainee__id_number", "trainee__phone")
    if tab == Tab.ENTERED:
        rows = rows.filter(committed=True)
    elif tab == Tab.SKIPPED:
        rows = rows.filter(committed=False, skipped=True)
    elif tab:
        rows = rows.filter(committed=False, skipped=False, verdict=tab)
    if warned:
        rows = rows.exclude(warnings=[])
    first = [When(committed=False, skipped=False, verdict=verdict, then=at) for at, verdict in enumerate(ORDER)]
    return rows.order_by(Case(*first, default=len(ORDER)), "number")


@dataclass(frozen=True)
class ShownOffer:
    at: int
    label: str | Promise
    old: str
    new: str
    take: bool


@dataclass(frozen=True)
class Reason:
    column: str
    text: str
    # What may have been meant, and the field it would be written into.
    writes: str = ""
    suggestions: list[str] = field(default_factory=list)


@dataclass
class ShownRow:
    row: RosterRow
    tab: str
    place: str
    reasons: list[Reason]
    warnings: list[Reason]
    offers: list[ShownOffer]
    offers_key: str
    candidates: list[Trainee]
    # Somebody like this is known where this roster does not reach.
    outside: bool
    # The question is about a name, not about a person.
    named: bool
    problem: str | Promise = ""
    focus: bool = False

    @property
    def waits(self) -> bool:
        return not self.row.committed and not self.row.skipped

    @property
    def asks(self) -> bool:
        return self.waits and self.row.verdict == Verdict.UNDECIDED

    @property
    def decided(self) -> str | Promise:
        return Decision(self.row.decision).label if self.waits and self.row.decision else ""

    @property
    def tone(self) -> str:
        return TONES.get(self.tab, "info")

    @property
    def state(self) -> str | Promise:
        return Tab(self.tab).label if self.tab in (Tab.ENTERED, Tab.SKIPPED) else Verdict(self.tab).label


TONES: dict[str, str] = {
    Tab.REFUSED: "bad",
    Tab.UNDECIDED: "warn",
    Tab.NEW: "ok",
    Tab.ENTERED: "ok",
    Tab.SKIPPED: "neutral",
}


def shown_rows(roster: RosterImport, rows: list[RosterRow]) -> list[ShownRow]:
    keys = {row.values.get(key) for row in rows for key in ("township", "village")}
    keys |= {pk for row in rows for offer in row.offers or [] if offer["field"] == "place" for pk in _both(offer)}
    places = Division.objects.in_bulk(keys - {None})
    asked = {pk for row in rows if not row.committed for pk in row.candidates}
    files = Trainee.objects.live().filter(township__code__startswith=roster.place.prefix)
    people = files.select_related("township", "village").in_bulk(asked)
    return [_shown(row, places, people) for row in rows]


def _shown(row: RosterRow, places: dict[int, Division], people: dict[int, Trainee]) -> ShownRow:
    return ShownRow(
        row=row,
        tab=tab_of(row.verdict, skipped=row.skipped, committed=row.committed),
        place=_place_of(places, row.values.get("township"), row.values.get("village")),
        reasons=[_reason(said) for said in row.reasons],
        warnings=[_reason(said) for said in row.warnings],
        offers=[_offer(at, offer, places) for at, offer in enumerate(row.offers or [])],
        offers_key=key_of_offers(row.offers),
        candidates=[people[pk] for pk in row.candidates if pk in people],
        outside=any(pk not in people for pk in row.candidates),
        named=OTHER_NAME in {said["code"] for said in row.reasons},
    )


def _reason(said: dict) -> Reason:
    suggestions = [one if isinstance(one, str) else one.get("name", "") for one in said.get("facts", {}).get(
        "suggestions", []
    )]  # fmt: skip
    return Reason(said.get("column", ""), with_value(said), MENDABLE.get(said["code"], ""), suggestions)


def _both(offer: dict) -> list[int | None]:
    return [*offer["old"], *offer["new"]]


def _place_of(places: dict[int, Division], township: int | None, village: int | None) -> str:
    place = places.get(township or 0)
    return place_name(place, places.get(village or 0)) if place else ""


LABELS: dict[str, str | Promise] = {
    "aliases": _("Other names"), "id_number": _("ID number"), "phone": _("Phone"), "place": _("Township and village"),
    "village_group": _("Village group"), "ethnic": _("Ethnic group"), "education": _("Education"),
    "household_number": _("Household number"), "sex": _("Sex"), "birth_date": _("Born on"), "group": _("Group"),
}  # fmt: skip
WORDS: dict[str, Callable[[str], str]] = {
    "aliases": lambda text: "、".join(masking.name(part) for part in text.split("、")),
    "id_number": masking.id_number,
    "phone": masking.phone,
    "household_number": masking.household_number,
    "ethnic": lambda code: code_name("ethnic", code),
    "education": lambda code: code_name("education", code),
    "group": lambda code: code_name("trainee_group", code),
    "sex": lambda code: str(Sex(code).label),
    "birth_date": lambda day: day[:4] + "…",
}


def _offer(at: int, offer: dict, places: dict[int, Division]) -> ShownOffer:
    name = offer["field"]
    if name == "place":
        old, new = (_place_of(places, *offer[key]) for key in ("old", "new"))
    else:
        words = WORDS.get(name, str)
        old, new = (words(offer[key]) if offer[key] else "" for key in ("old", "new"))
    return ShownOffer(at, LABELS.get(name, name), old, new, offer["take"])


def row_events(row: RosterRow) -> QuerySet[AuditEvent]:
    """Who mended or decided it, when, and what stood before, masked."""
    return AuditEvent.objects.filter(
        record_type="trainees.rosterrow", record_id=str(row.pk), event__in=("roster.row_edited", "roster.row_decided")
    )
