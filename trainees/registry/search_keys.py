"""The words a person can be found by: what stands in the search table, and what a typed word is compared with.

Names stand there in clear, as in the file itself. Of numbers there are keyed hashes of their last four characters;
whole numbers are found through the hashes of the file. Written by actions.search, read by finding.py.
"""

from collections.abc import Iterable
from typing import Protocol

from lms.privacy.crypto import lookup_hash
from lms.privacy.locked import Locked

from .enums import KeyKind
from .names import DOTS, readings

LENGTH = 64
TAIL = 4
# No typed word begins with it, so a hash is never found by its first letters.
HASH_MARK = "#"
DROPPED = str.maketrans("", "", DOTS + HASH_MARK)

Keys = set[tuple[int, str]]


class Person(Protocol):
    """A Trainee, or what a migration knows of one."""

    name: str
    aliases: list
    file_number: str
    id_number: str
    phone: str


def plain(text: str) -> str:
    """'玉罕·香勐' -> '玉罕香勐', 'John Smith' -> 'johnsmith'. Characters of names are not changed."""
    return "".join(text.translate(DROPPED).lower().split())[:LENGTH]


def keys_of(person: Person) -> Keys:
    keys = {(KeyKind.FILE, serial(person.file_number))} | tails_of(person)
    for kind, text in _name_keys(person.name, (KeyKind.NAME, KeyKind.PINYIN, KeyKind.INITIALS)):
        keys |= _with_parts(kind, text)
    for alias in person.aliases:
        for kind, text in _name_keys(alias, (KeyKind.ALIAS, KeyKind.ALIAS_PINYIN, KeyKind.ALIAS_INITIALS)):
            keys |= _with_parts(kind, text)
    return {(int(kind), key) for kind, key in keys if key}


def tails_of(person: Person) -> Keys:
    """A number whose key is lost has no end to be found by; what is stored of it stays, see locked_kinds."""
    numbers = {KeyKind.ID_TAIL: person.id_number, KeyKind.PHONE_TAIL: person.phone}
    return {(kind, tail_hash(kind, text[-TAIL:])) for kind, text in numbers.items() if not isinstance(text, Locked)}


def locked_kinds(person: Person) -> set[int]:
    numbers = {KeyKind.ID_TAIL: person.id_number, KeyKind.PHONE_TAIL: person.phone}
    return {int(kind) for kind, text in numbers.items() if isinstance(text, Locked)}


def tail_hash(kind: KeyKind, tail: str) -> str:
    """Of four characters: '9964', '123X'. Shorter numbers have no tail of their own."""
    if len(tail) < TAIL:
        return ""
    return HASH_MARK + lookup_hash(f"search.{kind.name.lower()}", tail.upper())[:31]


def serial(file_number: str) -> str:
    """530927-000123 -> 123: what people say."""
    return file_number.rpartition("-")[2].lstrip("0") or "0"


def sounds_of(name: str) -> list[str]:
    """Every reading in full: 岩嘎 -> aiga, yanga."""
    return ["".join(syllables)[:LENGTH] for syllables in readings(name)]


def _name_keys(name: str, kinds: tuple[KeyKind, KeyKind, KeyKind]) -> Iterable[tuple[KeyKind, list[str]]]:
    """The name's characters, its syllables and their first letters, each as the pieces it may be cut at."""
    written, pinyin, initials = kinds
    yield written, list(plain(name))
    for syllables in readings(name):
        yield pinyin, [plain(syllable) for syllable in syllables]
        yield initials, [syllable[0] for syllable in syllables]


def _with_parts(kind: KeyKind, pieces: list[str]) -> Keys:
    """The whole, and from each later piece to the end: what a search by any part begins with.

    One initial alone would find a tenth of the county, so a part has two at least.
    """
    least = 2 if kind in (KeyKind.INITIALS, KeyKind.ALIAS_INITIALS) else 1
    keys: Keys = {(kind, "".join(pieces)[:LENGTH])}
    for start in range(1, len(pieces) - least + 1):
        keys.add((kind.part, "".join(pieces[start:])[:LENGTH]))
    return keys
