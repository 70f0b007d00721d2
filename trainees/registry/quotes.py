"""What notes, remarks and logs may repeat of a file: its words, never the whole of a long number in them."""

import re

from lms.privacy import masking

# Seven digits and more, also when written in groups: 138 0013 8000, 138-0013-8000.
RUN = re.compile(r"\d(?:[ \t\u00a0\u3000.·\-－—()]{0,2}\d){6,}[XxＸｘ]?")
BETWEEN = re.compile(r"[^\dXxＸｘ]+")
DATE = re.compile(r"(19|20)\d\d([-.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])")


def masked(text: str) -> str:
    """A cell: every long number in it masked."""
    return RUN.sub(_masked, text)


def quoted(text: str) -> str:
    """A title, a heading, the name of a sheet or a file: they often hold the date of the list, which stays."""
    return RUN.sub(lambda found: found[0] if DATE.fullmatch(found[0]) else _masked(found), text)


def _masked(found: re.Match[str]) -> str:
    digits = BETWEEN.sub("", found[0])
    return masking.id_number(digits) if len(digits) >= 15 else masking.phone(digits)
