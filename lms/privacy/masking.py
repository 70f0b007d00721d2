"""What is shown to those who need to recognise a value but not to know it (habits of GB/T 35273-2020)."""

import datetime
import re
from collections.abc import Callable
from functools import wraps

from .locked import Locked

DOT = "·"
# Seven digits and more, also when written in groups: 138 0013 8000, 138-0013-8000.
RUN = re.compile(r"\d(?:[ \t\u00a0\u3000.·\-－—()]{0,2}\d){6,}[XxＸｘ]?")
BETWEEN = re.compile(r"[^\dXxＸｘ]+")
LANDLINE = re.compile(r"0\d{2,3}-\d{7,8}")
# A date, or the number of a file.
KEPT = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d([-.])(?:0?[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01]|[1-9])|\d{6}-\d{6})(?![\dXx])"
)


def _remark_stays(mask: Callable[[str], str]) -> Callable[[str], str]:
    """That a value could not be opened is said in full."""

    @wraps(mask)
    def masked(text: str) -> str:
        return str(text) if isinstance(text, Locked) else mask(text)

    return masked


def name(text: str) -> str:
    """田志强 -> 田**, 艾嘎 -> 艾*, 玉罕·香勐 -> 玉罕·**, 那 -> *."""
    if DOT in text:
        return text.split(DOT, 1)[0] + DOT + "**"
    if len(text) <= 1:
        return "*" * len(text)
    return text[0] + "*" * (len(text) - 1)


@_remark_stays
def id_number(text: str) -> str:
    """533528198506159964 -> 533528********9964; anything shorter than 10 keeps its last two."""
    if len(text) < 10:
        return "*" * max(len(text) - 2, 0) + text[-2:]
    return text[:6] + "*" * (len(text) - 10) + text[-4:]


@_remark_stays
def phone(text: str) -> str:
    """13800138000 -> 138****8000, 0883-7121234 -> 0883-*****34."""
    if len(text) == 11 and text.startswith("1"):
        return text[:3] + "****" + text[-4:]
    area, dash, number = text.partition("-")
    if dash:
        return area + dash + "*" * max(len(number) - 2, 0) + number[-2:]
    return "*" * max(len(text) - 2, 0) + text[-2:]


@_remark_stays
def household_number(text: str) -> str:
    return "*" * max(len(text) - 4, 0) + text[-4:]


def disability_number(text: str) -> str:
    """Nothing of it: it holds the ID number, and its end tells the kind and the grade."""
    return "*" * len(text)


def address(text: str) -> str:
    """岩帅镇贺勐村3组 -> 岩帅镇贺勐村; what names no village keeps its township and nothing more."""
    kept = re.match(r".*?(?:村民委员会|村委会|社区|村(?!民|委))", text)
    if kept is None:
        kept = re.match(r".*?(?:街道|镇|乡|农场)", text)
    return kept[0] if kept else "*" * len(text)


def birth(day: datetime.date | str | None) -> str:
    """1985-06-15 -> 1985年: the year alone."""
    if not day:
        return ""
    year = str(day)[:4]
    return f"{year}年" if year.isdigit() else "*" * len(str(day))


def digits(text: str) -> str:
    """What a reason or a log may keep of free text: long runs of digits masked, dates and file numbers as they are."""
    parts, end = [], 0
    for kept in KEPT.finditer(text):
        parts += [RUN.sub(_run, text[end : kept.start()]), kept[0]]
        end = kept.end()
    return "".join([*parts, RUN.sub(_run, text[end:])])


def _run(found: re.Match[str]) -> str:
    number = BETWEEN.sub("", found[0])
    if len(number) >= 15:
        return id_number(number)
    return phone(found[0] if LANDLINE.fullmatch(found[0]) else number)
