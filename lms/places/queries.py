"""Places and codes as people write them, and as they are shown."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lms.refusals import Refused

from .models import CodeItem, Division, in_language
from .rules import TOWNSHIP_TAILS, VILLAGE_TAILS, plain, spellings

CACHE_SECONDS = 3600


@dataclass(frozen=True)
class Code:
    code: str
    name: str
    name_en: str
    aliases: tuple[str, ...]

    @property
    def label(self) -> str:
        return in_language(self.name, self.name_en)


def cache_key(list_key: str) -> str:
    return f"codes:{list_key}"


def codes_of(list_key: str) -> list[Code]:
    """A whole code list in its order; cached, because every list of people asks for it."""
    codes = cache.get(cache_key(list_key))
    if codes is None:
        items = CodeItem.objects.filter(list_key=list_key).order_by("position", "code")
        codes = [Code(item.code, item.name, item.name_en, tuple(item.aliases)) for item in items]
        if codes:
            cache.set(cache_key(list_key), codes, CACHE_SECONDS)
    return codes


def code_names(list_key: str) -> dict[str, str]:
    """Code -> name in the reader's language, for tables."""
    return {item.code: item.label for item in codes_of(list_key)}


def code_name(list_key: str, code: str) -> str:
    """The name of a code in the reader's language; an unknown code is shown as it is."""
    return code_names(list_key).get(code, code)


def code_choices(list_key: str) -> list[tuple[str, str]]:
    return list(code_names(list_key).items())


def find_code(list_key: str, text: str) -> str:
    """The code whose name, English name or alias is this text, or the code itself; '' when none is."""
    wanted = plain(text)
    if not wanted:
        return ""
    codes = codes_of(list_key)
    for item in codes:
        if wanted in {plain(item.name), plain(item.name_en), *map(plain, item.aliases)}:
            return item.code
    return next((item.code for item in codes if plain(item.code) == wanted), "")


def county() -> Division:
    """The county of the programme that started last. Reached from the division: programmes know places, not
    the other way."""
    counties = Division.objects.filter(programmes__isnull=False).select_related("parent__parent")
    found = counties.order_by("-programmes__starts_on", "-programmes__pk").first()
    if found is None:
        raise Refused("no_programme", _("There is no programme yet. Create one, or load the demo county."))
    return found


def townships() -> QuerySet[Division]:
    """The current townships, towns and farms of the county."""
    return Division.objects.current().townships().filter(code__startswith=county().prefix)


def villages_of(township: Division) -> QuerySet[Division]:
    return Division.objects.current().villages().filter(parent=township)


def find_township(text: str) -> Division | None:
    """勐省, 勐省镇, 勐角乡 or 沧源县勐省镇; None when unknown or when two would fit. Never a guess."""
    wanted = _without_county(plain(text))
    if not wanted:
        return None
    found = [place for place in townships() if _is_township(place, wanted)]
    return found[0] if len(found) == 1 else None


def find_village(township: Division, text: str) -> Division | None:
    """回珠, 回珠村, 回珠村委会, 勐省镇回珠村 or an alias, within the township alone. Never a guess."""
    wanted = _without_county(plain(text))
    wanted = wanted.removeprefix(plain(township.name)) or wanted
    if not wanted:
        return None
    written = spellings(wanted, VILLAGE_TAILS)
    found = [village for village in villages_of(township) if written & _village_names(village)]
    if len(found) > 1:  # a full name decides between near-twins
        found = [village for village in found if wanted in _village_names(village)]
    return found[0] if len(found) == 1 else None


def _without_county(text: str) -> str:
    """云南省临沧市沧源佤族自治县勐省镇 -> 勐省镇, by the names and aliases of the divisions above."""
    place: Division | None = county()
    above: list[Division] = []
    while place is not None:
        above.insert(0, place)
        place = place.parent
    for division in above:
        for name in sorted([division.name, *division.aliases], key=len, reverse=True):
            if text.startswith(plain(name)) and text != plain(name):
                text = text.removeprefix(plain(name))
                break
    return text


def _is_township(place: Division, wanted: str) -> bool:
    return wanted in spellings(plain(place.name), TOWNSHIP_TAILS) | set(map(plain, place.aliases))


def _village_names(village: Division) -> set[str]:
    return {plain(village.name), plain(village.short_name), *map(plain, village.aliases)}
