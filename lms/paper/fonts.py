"""Which characters the paper can show. A name with a missing glyph is stopped before it is printed as a box."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from lms.refusals import Refused

# What lms.paper.faces makes; a style sheet names the families in this order:
# "Paper Serif", "Paper Serif Wide", "HanaMinB", or the same with Sans.
SERIF, SANS, RARE = "Serif", "Sans", "Rare"


@lru_cache(maxsize=8)
def characters(name: str) -> frozenset[str]:
    """What all weights of a face can show; bin/setup wrote it down beside the fonts."""
    try:
        return frozenset((Path(settings.PAPER_FONTS) / f"{name}.txt").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refused(
            "font_missing",
            _("The font “%(font)s” is not installed on the server, so nothing was printed. Run bin/setup.")
            % {"font": f"Paper {name}"},
        ) from None


def missing_glyphs(text: str, *, face: str = SERIF) -> str:
    """The characters of `text` that would print as a box, each once; empty when all is well."""
    held = characters(face), characters(RARE)
    unknown = (
        char for char in text
        if not any(char in one for one in held) and not unicodedata.category(char).startswith("Z")
    )  # fmt: skip
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
