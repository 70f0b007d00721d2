"""Personal names: cleaned without being changed, and made findable by pinyin.

No NFC or NFKC here: both turn rare characters of real names into others (民委发〔2016〕33号).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

MAX_LENGTH = 50
SEARCH_LENGTH = 300
HAN = "〇㐀-鿿豈-﫿\U00020000-\U0003ffff"
DOTS = "·•・．.。‧⋅●﹒･∙"
BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])\s*[{re.escape(DOTS)}]\s*(?=[{HAN}])")
GAP_IN_HAN = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")

# How the first character of a name is read where dictionaries differ; 岩 is ái in Wa and Dai men's names.
FIRST_READINGS = {
    "岩": ("ai", "yan"),
    "单": ("shan", "dan"),
    "曾": ("zeng",),
    "仇": ("qiu",),
    "查": ("zha",),
    "解": ("xie",),
    "盖": ("ge", "gai"),
    "区": ("ou",),
    "朴": ("piao", "pu"),
    "召": ("zhao", "shao"),
}


def clean_name(text: str) -> str:
    """'  田　强 ' -> '田强', '艾•嘎' -> '艾·嘎'; one space between Latin words stays."""
    visible = "".join(
        " " if char.isspace() else char for char in text if unicodedata.category(char) != "Cf" and char != "\x00"
    )
    single = " ".join(visible.split())
    return GAP_IN_HAN.sub("", BETWEEN_HAN.sub("·", single))


def name_problem(name: str) -> str:
    """A code of reasons.py, or nothing. One character is a name: only a warning."""
    if not name:
        return "name_missing"
    letters = [char for char in name if unicodedata.category(char)[0] == "L" or char == "〇" or PRIVATE_USE.match(char)]
    if not letters or any(char.isdigit() and char != "〇" for char in name):
        return "name_invalid"
    if len(name) > MAX_LENGTH:
        return "name_long"
    return ""


def name_warnings(name: str) -> list[str]:
    warnings = []
    if len(name) == 1:
        warnings.append("name_single")
    if PRIVATE_USE.search(name):
        warnings.append("name_private_use")
    return warnings


def search_text(names: Iterable[str]) -> str:
    """'岩嘎' -> 'aiga|ag|yanga|yg': every reading in full and as initials, for all of a person's names."""
    found: list[str] = []
    for name in names:
        for syllables in readings(name):
            for text in ("".join(syllables), "".join(syllable[0] for syllable in syllables)):
                if text and text not in found:
                    found.append(text)
    return "|".join(found)[:SEARCH_LENGTH]


def sounds(name: str) -> list[str]:
    """'岩嘎' -> ['aiga', 'yanga']: what two spellings of one name have in common."""
    return list(dict.fromkeys("".join(syllables) for syllables in readings(name)))


def readings(name: str) -> list[Sequence[str]]:
    """The syllables, once for each way the first character is read: 岩嘎 -> [ai, ga], [yan, ga]."""
    words = name.replace("·", " ").split()
    syllables = [syllable for word in words for syllable in _syllables(word)]
    if not syllables:
        return []
    firsts = FIRST_READINGS.get(name[0], (syllables[0],))
    return [[first, *syllables[1:]] for first in firsts]


def _syllables(word: str) -> list[str]:
    """Pinyin without tones a character, Latin words as they are, lower case."""
    if word.isascii():
        return [word.lower()]
    from pypinyin import Style, pinyin  # its dictionaries take 55 MB: only a process that reads names pays them

    return [read[0].lower() for char in word for read in pinyin(char, style=Style.NORMAL) if read[0]]
