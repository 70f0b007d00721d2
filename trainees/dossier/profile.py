"""A profile in words, for the page and for the paper: only what is known."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from courses.catalogue.enums import Tier
from lms.places.enums import TOWNSHIP_LEVELS
from lms.places.models import Division
from lms.places.queries import code_name
from lms.privacy import masking
from trainees.profiles.enums import Device, Language, Need
from trainees.profiles.models import Profile
from trainees.registry.models import place_name

from .words import FIELDS, listed


@dataclass(frozen=True)
class Line:
    label: str | Promise
    text: str


def words(choices: Any, codes: Iterable[str] | None) -> str:
    names = dict(choices.choices)
    return listed(names.get(code, code) for code in codes or ())


def where(place: Division | None, text: str) -> str:
    if place is None:
        return text
    named = str(place) if place.level in TOWNSHIP_LEVELS or not place.parent else place_name(place.parent, place)
    return f"{named} {text}".strip()


def phone_shown(text: str, *, full: bool) -> str:
    return text if full else masking.phone(text)


def said(value: bool | None) -> str:
    return {True: _("Yes"), False: _("No")}.get(value, "") if value is not None else ""


def guardian(profile: Profile, *, full: bool) -> str:
    relation = code_name("relation", profile.guardian_relation) if profile.guardian_relation else ""
    return " ".join(filter(None, (profile.guardian_name, relation, phone_shown(profile.guardian_phone, full=full))))


def profile_lines(profile: Profile, *, full: bool) -> list[Line]:
    facts = {
        "languages": words(Language, profile.languages),
        "needs": words(Need, profile.needs),
        "devices": words(Device, profile.devices),
        "wechat": phone_shown(profile.wechat, full=full),
        "residence_place": where(profile.residence_place, profile.residence),
        "employment": code_name("employment", profile.employment) if profile.employment else "",
        "unit": " ".join(filter(None, (profile.unit, profile.post))),
        "political": code_name("political", profile.political) if profile.political else "",
        "business": profile.business,
        "has_sold_online": " ".join(filter(None, (said(profile.has_sold_online), profile.shop))),
        "wishes": "；".join(filter(None, (words(Tier, profile.wishes), profile.wishes_note))),
        "guardian_name": guardian(profile, full=full),
    }
    return [Line(FIELDS[field], text) for field, text in facts.items() if text]


def photo_address(profile: Profile) -> str:
    """The small picture inside the page: it has no address of its own that could be passed on or missed by the log."""
    if not profile.photo:
        return ""
    with profile.photo.open("rb") as picture:
        return "data:image/jpeg;base64," + base64.b64encode(picture.read()).decode()
