"""Places a misspelt name may mean: offered to a person, never taken by itself."""

from collections.abc import Iterable

from lms.places.models import Division
from lms.places.queries import townships, villages_of
from lms.places.rules import TOWNSHIP_TAILS, VILLAGE_TAILS, plain
from trainees.registry.names import search_text

MOST = 5


def near_places(township: Division | None, text: str) -> dict[str, list[dict[str, str]]]:
    """{"suggestions": [{"code", "name"}]}, likeliest first, or nothing. Without a township, townships are meant."""
    if not text:
        return {}
    found = _near_villages(township, text) if township else _near_townships(text)
    return {"suggestions": found[:MOST]} if found else {}


def _near_townships(text: str) -> list[dict[str, str]]:
    wanted = _bare(text, TOWNSHIP_TAILS)
    return [_said(place) for place in _sorted(wanted, townships(), TOWNSHIP_TAILS)]


def _near_villages(township: Division, text: str) -> list[dict[str, str]]:
    """In the township by spelling or sound; elsewhere only where the name is exactly this: 新寨 is in two."""
    wanted = _bare(text.removeprefix(township.name), VILLAGE_TAILS)
    here = [_said(place) for place in _sorted(wanted, villages_of(township), VILLAGE_TAILS)]
    elsewhere = [
        {"code": village.code, "name": f"{other.name}{village.short_name}"}
        for other in townships() if other.pk != township.pk
        for village in villages_of(other) if plain(village.short_name) == wanted
    ]  # fmt: skip
    return here + elsewhere


def _said(place: Division) -> dict[str, str]:
    return {"code": place.code, "name": place.short_name}


def _sorted(wanted: str, places: Iterable[Division], tails: tuple[str, ...]) -> list[Division]:
    rated = [(rating, place) for place in places if (rating := _rating(wanted, place, tails)) is not None]
    return [place for _rating_of, place in sorted(rated, key=lambda pair: (pair[0], pair[1].code))]


def _rating(wanted: str, place: Division, tails: tuple[str, ...]) -> int | None:
    """0: it sounds the same; 1: one character more or less; 2: one character differs; none: not near."""
    name = _bare(place.short_name, tails)
    if not wanted or not name:
        return None
    if _sound(wanted) == _sound(name):
        return 0
    if abs(len(wanted) - len(name)) == 1 and (wanted in name or name in wanted):
        return 1
    if len(wanted) == len(name) > 1 and sum(a != b for a, b in zip(wanted, name, strict=True)) == 1:
        return 2
    return None


def _sound(text: str) -> str:
    return search_text([text]).partition("|")[0]


def _bare(text: str, tails: tuple[str, ...]) -> str:
    text = plain(text)
    tail = next((tail for tail in tails if text.endswith(tail) and len(text) - len(tail) > 1), "")
    return text.removesuffix(tail)
