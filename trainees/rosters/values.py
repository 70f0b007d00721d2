"""What people write into the cells of a roster, as values. None means: this could not be read."""

import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from lms.places.queries import find_code
from trainees.registry.enums import Sex

YES = frozenset(["是", "有", "对", "属于", "√", "✓", "✔", "☑", "●", "1", "y", "yes", "t", "true"])
NO = frozenset(["否", "不是", "非", "无", "没有", "不属于", "×", "✗", "✘", "x", "0", "n", "no", "f", "false"])
UNKNOWN = frozenset(["", "/", "\\", "-", "—", "——", "?", "不详", "未知"])
SEXES = {
    "男": Sex.MALE, "男性": Sex.MALE, "m": Sex.MALE, "male": Sex.MALE, "1": Sex.MALE,
    "女": Sex.FEMALE, "女性": Sex.FEMALE, "f": Sex.FEMALE, "female": Sex.FEMALE, "2": Sex.FEMALE,
}  # fmt: skip
BETWEEN_GROUPS = re.compile(r"[、,，;；/|\n]+")
NUMBERS = re.compile(r"\d+")
EXCEL_EPOCH = datetime.date(1899, 12, 30)


@dataclass(frozen=True)
class WrittenDate:
    """As exact as it was written: 1994年5月 has no day."""

    year: int
    month: int | None = None
    day: int | None = None

    def differs_from(self, day: datetime.date) -> bool:
        return (
            self.year != day.year
            or (self.month is not None and self.month != day.month)
            or (self.day is not None and self.day != day.day)
        )


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def yes_no(text: str) -> tuple[bool | None, bool]:
    """(answer, was it readable): blank is unknown, not no."""
    word = plain(text)
    if word in YES:
        return True, True
    if word in NO:
        return False, True
    return None, word in UNKNOWN


def sex_of(text: str) -> Sex | None:
    return SEXES.get(plain(text))


def written_date(text: str, *, today: datetime.date) -> WrittenDate | None:
    """1990.5.1, 90-5-1, 1990年5月, 1990/05, 19900501, 199005, and a spreadsheet's day number."""
    text = plain(text)
    numbers = NUMBERS.findall(text)
    if text.isdigit():
        return _solid(text)
    if not 2 <= len(numbers) <= 6 or len(numbers[0]) not in (2, 4):
        return _year(numbers, today) if len(numbers) == 1 else None
    year = _full_year(numbers[0], today)
    return _real(year, int(numbers[1]), int(numbers[2]) if len(numbers) > 2 else None)


def _solid(digits: str) -> WrittenDate | None:
    if len(digits) == 8:
        return _real(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if len(digits) == 6:
        return _real(int(digits[:4]), int(digits[4:]), None)
    if len(digits) == 5:
        day = EXCEL_EPOCH + datetime.timedelta(days=int(digits))
        return WrittenDate(day.year, day.month, day.day)
    if len(digits) == 4:
        return WrittenDate(int(digits))
    return None


def _year(numbers: list[str], today: datetime.date) -> WrittenDate | None:
    return WrittenDate(_full_year(numbers[0], today)) if len(numbers[0]) in (2, 4) else None


def _full_year(digits: str, today: datetime.date) -> int:
    year = int(digits)
    if len(digits) == 2:
        year += 2000 if year <= today.year % 100 else 1900
    return year


def _real(year: int, month: int, day: int | None) -> WrittenDate | None:
    try:
        datetime.date(year, month, day or 1)
    except ValueError:
        return None
    return WrittenDate(year, month, day)


def groups_of(text: str, find: Callable[[str, str], str] = find_code) -> tuple[list[str], list[str]]:
    """(codes, words that are in no list) of 建档立卡贫困户、返乡农民工. `find` is find_code or a cache of it."""
    text = text.strip()
    if not text or text in UNKNOWN:
        return [], []
    whole = find("trainee_group", text)  # some names hold a slash themselves
    if whole:
        return [whole], []
    codes, unknown = [], []
    for word in filter(None, map(str.strip, BETWEEN_GROUPS.split(text))):
        code = find("trainee_group", word)
        if code:
            codes.append(code)
        elif word not in UNKNOWN:
            unknown.append(word)
    return codes, unknown
