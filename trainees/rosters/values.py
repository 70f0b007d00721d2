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
EPOCH_1904 = datetime.date(1904, 1, 1)


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


def visible(text: str) -> str:
    """Without what nobody sees: marks of direction and width, a byte-order mark, the apostrophe that makes a text."""
    shown = "".join(" " if char in "\r\n\t\v\f" else char for char in text if unicodedata.category(char) != "Cf")
    shown = "".join(char for char in shown if unicodedata.category(char) != "Cc")
    return shown.strip().lstrip("'`‘’").strip()


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


def written_date(text: str, *, today: datetime.date, from_1904: bool = False) -> WrittenDate | None:
    """1990.5.1, 90-5-1, 1990年5月, 1990/05, 19900501, 199005, and a spreadsheet's day number."""
    text = plain(text)
    numbers = NUMBERS.findall(text)
    if text.isdigit():
        return _solid(text, EPOCH_1904 if from_1904 else EXCEL_EPOCH)
    if not 2 <= len(numbers) <= 6 or len(numbers[0]) not in (2, 4):
        return _year(numbers, today) if len(numbers) == 1 else None
    year = _full_year(numbers[0], today)
    return _real(year, int(numbers[1]), int(numbers[2]) if len(numbers) > 2 else None)


def _solid(digits: str, epoch: datetime.date) -> WrittenDate | None:
    if len(digits) == 8:
        return _real(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if len(digits) == 6:
        return _real(int(digits[:4]), int(digits[4:]), None)
    if len(digits) == 5:
        day = epoch + datetime.timedelta(days=int(digits))
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


def whole_number(text: str) -> int | None:
    """32, 32岁; None when there is no number or more than one."""
    numbers = NUMBERS.findall(plain(text))
    return int(numbers[0]) if len(numbers) == 1 and len(numbers[0]) <= 9 else None


def age_on(day: datetime.date, birth: datetime.date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


FULL_DAY = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?")
MONTH_AND_DAY = re.compile(r"(\d{1,2})[月./-](\d{1,2})日?")
DAY_ALONE = re.compile(r"(\d{1,2})日?")
UNTIL = re.compile(r"(--?|—{1,2}|–|~{1,2}|至|到)")
# 2018年5月12日(星期六)上午: what stands beside a day and says nothing of which day.
BESIDE_A_DAY = re.compile(
    r"\([^)]*\)|星期[一二三四五六日天]|周[一二三四五六日天]|上午|下午|全天|晚上|\d{1,2}:\d\d(:\d\d)?"
)


def written_days(
    text: str, *, today: datetime.date, from_1904: bool = False
) -> tuple[datetime.date, datetime.date] | None:
    """First and last day: 2018年5月12日-13日, 2018.5.30至6.2, 2018-05-12, 43232; None unless both are exact."""
    bare = re.sub(r"\s+", "", BESIDE_A_DAY.sub("", unicodedata.normalize("NFKC", text)))
    first = FULL_DAY.match(bare)
    if first is None:
        written = written_date(bare, today=today, from_1904=from_1904)
        day = _exact(written.year, written.month, written.day) if written and written.month and written.day else None
        return (day, day) if day else None
    begin, rest = _exact(*map(int, first.groups())), bare[first.end() :]
    end = begin if not rest else _until(begin, rest)
    return (begin, end) if begin and end else None


def _until(begin: datetime.date | None, rest: str) -> datetime.date | None:
    between = UNTIL.match(rest)
    if between is None or begin is None:
        return None
    written = rest[between.end() :]
    if found := FULL_DAY.fullmatch(written):
        return _exact(*map(int, found.groups()))
    if found := MONTH_AND_DAY.fullmatch(written):
        return _exact(begin.year, *map(int, found.groups()))
    if found := DAY_ALONE.fullmatch(written):
        return _exact(begin.year, begin.month, int(found[1]))
    return None


def _exact(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


LESSON_MINUTES = 45
AMOUNTS = re.compile(r"(\d+(?:\.\d+)?)(学时|课时|小时|天|日)?")
MINUTES_OF = {"学时": LESSON_MINUTES, "课时": LESSON_MINUTES, "小时": 60}


def lesson_minutes(text: str) -> int | None:
    """Minutes of 16, 16学时, 12小时, 2天/16学时 or 2/16 (days and lessons of 45 minutes); days alone say nothing."""
    found = AMOUNTS.findall(re.sub(r"[\s/、,(]+|共", " ", plain(text)))
    if not 1 <= len(found) <= 2:
        return None
    units = [unit for _amount, unit in found]
    told = [pair for pair in found if pair[1] in MINUTES_OF] or [pair for pair in found[-1:] if not pair[1]]
    if not told or (len(found) == 2 and "天" not in units and "日" not in units and any(units)):
        return None
    amount, unit = told[0]
    minutes = round(float(amount) * MINUTES_OF.get(unit, LESSON_MINUTES))
    return minutes if 0 < minutes <= 60_000 else None


def score_of(text: str) -> str | None:
    """A score out of 100, as text with at most one decimal: 85, 85分, 85.5."""
    found = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)分?", plain(text))
    return f"{float(found[1]):.1f}" if found and float(found[1]) <= 100 else None


PASSED = YES | frozenset(["合格", "通过", "及格", "优秀", "优", "良好", "良", "已通过", "passed", "pass"])
FAILED = NO | frozenset(["不合格", "未通过", "不通过", "不及格", "补考", "待补考", "failed", "fail"])


def passed_of(text: str) -> bool | None:
    word = plain(text)
    return True if word in PASSED else False if word in FAILED else None


# As ledgers name the plan's six audiences.
TIERS = {
    "cadre": ("干部普及", "普及", "干部", "干部群众普及"),
    "entrepreneur": ("创业", "创业者", "电商创业", "创业培训"),
    "practitioner": ("从业", "从业人员", "从业者", "电商从业"),
    "enterprise": ("企业", "企业培训"),
    "leader": ("带头人", "致富带头人", "农村带头人"),
    "local_trainer": ("本地讲师", "讲师", "师资", "讲师培训"),
}


def tier_of(text: str) -> str | None:
    word = plain(text).removesuffix("类").removesuffix("培训").removesuffix("班")
    return next((tier for tier, words in TIERS.items() if word in words or plain(text) in words), None)
