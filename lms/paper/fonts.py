"""Which characters the paper can show. A name with a missing glyph is stopped before it is printed as a box."""

import subprocess
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont

from lms.refusals import Refused

# bin/setup installs it (fonts-noto-cjk). Each face is one file per weight: slices of one family are mixed up in print.
FAMILY = "Noto Serif CJK SC"
WEIGHTS = ("regular", "bold")


@dataclass(frozen=True)
class Face:
    path: str
    number: int  # within a collection file
    families: tuple[str, ...]


@lru_cache(maxsize=8)
def face(family: str, weight: str) -> Face:
    """The file fontconfig gives for a family; Pango, and so the printed page, asks the same library."""
    answer = subprocess.run(  # noqa: S603
        ["fc-match", "-f", "%{file}|%{index}|%{family}", f"{family}:{weight}"],  # noqa: S607
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout
    path, number, families = answer.split("|", 2)
    return Face(path, int(number) & 0xFFFF, tuple(families.split(",")))


@lru_cache(maxsize=8)
def characters(family: str, weight: str) -> frozenset[int]:
    """Code points of the face; read once per process (about half a second a file)."""
    found = face(family, weight)
    if family not in found.families:
        raise Refused(
            "font_missing",
            _("The font “%(font)s” is not installed on the server, so nothing was printed. Run bin/setup.")
            % {"font": family},
        )
    with TTFont(found.path, fontNumber=found.number, lazy=True) as font:
        return frozenset(font.getBestCmap())


def missing_glyphs(text: str) -> str:
    """The characters of `text` that would print as a box, each once; empty when all is well."""
    known = frozenset.intersection(*(characters(FAMILY, weight) for weight in WEIGHTS))
    unknown = (char for char in text if ord(char) not in known and not unicodedata.category(char).startswith("Z"))
    return "".join(dict.fromkeys(unknown))


def in_words(missing: str) -> str:
    """'𪚥 (U+2A6A5)': the clerk sees the code point even where the screen has no glyph either."""
    return ", ".join(f"{char} (U+{ord(char):04X})" for char in missing)


def refuse_missing_glyphs(*, number: str, text: str) -> None:
    missing = missing_glyphs(text)
    if missing:
        raise Refused(
            "missing_glyph",
            _("%(number)s was not printed: the fonts have no %(missing)s. Install a wider font, then print it again.")
            % {"number": number, "missing": in_words(missing)},
            missing=missing,
        )
