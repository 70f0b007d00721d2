"""学员登记表 with 培训记录栏 as PDF. Import it only where something is printed: it brings WeasyPrint, see
lms.paper.setting. The county's form is Chinese, whatever language the clerk reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation

from courses.catalogue.enums import Tier
from lms.accounts.models import User
from lms.paper import setting
from lms.paper.fonts import refuse_missing_glyphs
from lms.places.queries import code_name, codes_of, county
from lms.refusals import Refused
from trainees.outcomes.queries import outcomes_of
from trainees.profiles.enums import Device, Language, Need
from trainees.profiles.models import Profile
from trainees.profiles.queries import profile_of
from trainees.registry.groups.queries import groups_as_of
from trainees.registry.models import Trainee

from .profile import guardian, photo_address, where
from .training import enrolments_of, training_of

FIELDS_ON_PAPER = "paper"
CHINESE = "zh-hans"
# Rows to write into by hand on the empty form; on a printed one, so many below the last class.
EMPTY_ROWS, ROWS_BELOW = 10, 3


@dataclass(frozen=True)
class Box:
    """□ or ■ and its word: a ticked box is in no serif font."""

    word: str
    ticked: bool


@lru_cache(maxsize=1)
def style() -> Any:
    return setting.style_of(render_to_string("trainees/dossier/paper.css"))


def print_file(trainee: Trainee, *, by: User, reason: str) -> bytes:
    """Refuses a character that would print as an empty box: Refused("missing_glyph")."""
    with translation.override(CHINESE):
        facts = facts_of(trainee) | {"by": by.label, "at": timezone.localtime(), "reason": reason}
        html = render_to_string("trainees/dossier/paper.html", facts)
    # Line breaks of the template are no characters of the page.
    refuse_missing_glyphs(number=trainee.file_number, text="".join(html.split()))
    return setting.tagged(html, style())


def print_blank() -> bytes:
    with translation.override(CHINESE):
        html = render_to_string("trainees/dossier/paper.html", blank_facts())
    return setting.tagged(html, style())


def facts_of(trainee: Trainee) -> dict[str, Any]:
    """Everything the form asks, as the words that stand on it."""
    profile, outcomes = profile_of(trainee), outcomes_of(trainee)
    # The oldest class first, as the paper is filled from the top.
    lines = training_of(trainee, enrolments_of(trainee), outcomes)[::-1]
    return {
        "county": county_name(),
        "trainee": trainee,
        "profile": profile,
        "photo": photo_address(profile),
        "birth": trainee.birth_date,
        "sex": trainee.get_sex_display() if trainee.sex in ("1", "2") else "",
        "ethnic": _named("ethnic", trainee.ethnic),
        "education": _named("education", trainee.education),
        "political": _named("political", profile.political),
        "employment": _named("employment", profile.employment),
        "residence": where(profile.residence_place, profile.residence),
        "guardian": guardian(profile, full=True),
        "household": trainee.household.number if trainee.household else "",
        "lines": lines,
        "empty_rows": range(ROWS_BELOW),
        **boxes(profile, set(groups_as_of([trainee], timezone.localdate())[trainee.pk])),
    }


def blank_facts() -> dict[str, Any]:
    return {"county": county_name(), "blank": True, "empty_rows": range(EMPTY_ROWS), **boxes(Profile(), set())}


def boxes(profile: Profile, groups: set[str]) -> dict[str, list[Box]]:
    sold = {True: "yes", False: "no"}.get(profile.has_sold_online) if profile.has_sold_online is not None else ""
    return {
        "group_boxes": _boxes([(item.code, item.label) for item in codes_of("trainee_group")], groups),
        "language_boxes": _boxes(Language.choices, profile.languages),
        "need_boxes": _boxes(Need.choices, profile.needs),
        "device_boxes": _boxes(Device.choices, profile.devices),
        "wish_boxes": _boxes(Tier.choices, profile.wishes),
        "sold_boxes": _boxes([("yes", "是"), ("no", "否")], [sold]),
    }


def county_name() -> str:
    """A form can be printed before there is a programme; then the name is written by hand."""
    try:
        return county().name
    except Refused:
        return "　　　　　县"


def _boxes(choices: Iterable[tuple[str, Any]], chosen: Iterable[str | None] | None) -> list[Box]:
    ticked = set(chosen or ())
    return [Box(str(word), code in ticked) for code, word in choices]


def _named(key: str, code: str) -> str:
    return code_name(key, code) if code else ""
