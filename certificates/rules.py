"""How a certificate is numbered, dated and worded. No database here."""

import datetime
import re
import unicodedata
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from pypinyin import Style, lazy_pinyin
from stdnum.iso7064 import mod_37_36

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.refusals import Refused

if TYPE_CHECKING:
    from .models import Certificate  # for the signature only

# Whoever works with a class sees its certificates; the office there issues and revokes (schedule.rules.may_manage).
READERS = (Role.MANAGER, Role.CLERK, Role.AUDITOR, Role.TOWNSHIP_OPERATOR, Role.TRAINER)
# The paper shows the whole ID number: those who hand it over may have the file.
HAND_OVER = (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR)

# 人社部函〔2022〕25号: what a training certificate must not carry.
FORBIDDEN_WORDS = (
    "中华人民共和国", "中国", "国家", "全国", "职业资格", "职业技能等级", "岗位合格", "专业技术职务",
)  # fmt: skip

NUMBER = re.compile(r"([A-Z]{2}\d{6})(\d{4})(\d{5,8})([0-9A-Z])")
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,32}")
DASHES = re.compile(r"[\s\-‐‑‒–—―−－﹣ー_.·]+")


def forbidden_word(text: str) -> str:
    """The first forbidden word in a text that would be printed; '' when there is none."""
    return next((word for word in FORBIDDEN_WORDS if word in text), "")


def refuse_forbidden_words(**texts: str) -> None:
    """`texts`: what is printed, by the name people know it under."""
    for text in texts.values():
        word = forbidden_word(text)
        if word:
            raise Refused(
                "forbidden_word",
                _(
                    "“%(text)s” contains “%(word)s”, which a training certificate must not carry "
                    "(人社部函〔2022〕25号). Change this name, then issue again."
                )
                % {"text": text, "word": word},
                word=word,
            )


def series_key(*, county_name: str, county_code: str, year: int) -> str:
    """CY530927-2018: initials of the county's first two characters, its six-digit code, the year of issue."""
    initials = "".join(lazy_pinyin(county_name[:2], style=Style.FIRST_LETTER)).upper()
    return f"{initials[:2]:X<2}{county_code[:6]}-{year}"


def number_of(series: str, serial: int) -> str:
    """CY530927-2018-00001-K; the last character finds every single typing error (ISO 7064, MOD 37,36)."""
    number = f"{series}-{serial:05d}"
    return f"{number}-{mod_37_36.calc_check_digit(number.replace('-', ''))}"


def read_number(text: str) -> str:
    """A number as people type it, in the form it is stored; '' when it cannot be one."""
    plain = DASHES.sub("", unicodedata.normalize("NFKC", text[:80])).upper()
    parts = NUMBER.fullmatch(plain)
    if parts is None or not mod_37_36.is_valid(plain):
        return ""
    county, year, serial, check = parts.groups()
    return f"{county}-{year}-{serial}-{check}"


def same_name(one: str, other: str) -> bool:
    """Spaces and the shape of the dot do not matter; everything else does."""
    return _plain_name(one) == _plain_name(other) != ""


def _plain_name(text: str) -> str:
    return re.sub(r"[•・．‧⋅●﹒･.]", "·", re.sub(r"\s+", "", text)).casefold()


def check_issue_day(issued_on: datetime.date, *, last_day: datetime.date, today: datetime.date) -> None:
    if issued_on < last_day:
        raise Refused(
            "before_last_session",
            _(
                "The last session was on %(last)s: a certificate cannot be dated %(day)s. "
                "Choose that day or a later one."
            )
            % {"last": date_format(last_day, "DATE_FORMAT"), "day": date_format(issued_on, "DATE_FORMAT")},
        )
    if issued_on > today:
        raise Refused(
            "in_the_future",
            _("%(day)s has not come yet. Date the certificates today or earlier.")
            % {"day": date_format(issued_on, "DATE_FORMAT")},
        )


def may_have_file(user: User | AnonymousUser, certificate: "Certificate") -> bool:
    """The person it belongs to, and those who hand it over."""
    trainee = certificate.trainee
    # Where they do: another role of theirs may show certificates of other places without the paper.
    return trainee.user_id == user.pk or scope_of(user).covers(trainee.township.code, *HAND_OVER)
