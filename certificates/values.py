"""What the fields of a design stand for on one certificate: plain text in Chinese and English."""

import datetime

from trainees.registry.enums import IdKind

from .enums import ReissueReason
from .models import Certificate

# On paper, whatever the language of who prints it. A renewal is a term of its own, not another copy.
REISSUED = {
    ReissueReason.LOST: "遗失补发",
    ReissueReason.DAMAGED: "损坏换发",
    ReissueReason.MISPRINT: "更正换发",
    ReissueReason.NAME_CHANGE: "更名换发",
}

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def chinese_day(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_days(first: datetime.date, last: datetime.date) -> str:
    return chinese_day(first) if first == last else f"{chinese_day(first)}至{chinese_day(last)}"


def english_day(day: datetime.date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def english_days(first: datetime.date, last: datetime.date) -> str:
    """3 May 2018; 3–4 May 2018; 28 April – 3 May 2018; 28 December 2018 – 3 January 2019."""
    if first == last:
        return english_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{english_day(last)}"
    begin = english_day(first).removesuffix(f" {last.year}")
    return f"{begin} – {english_day(last)}"


def values_of(certificate: Certificate) -> dict[str, str]:
    """Field -> text, as wording.FIELDS lists them; '' where the certificate has nothing to say."""
    until = certificate.valid_until
    return {
        "name": certificate.name,
        "id_label": "身份证号" if certificate.id_kind == IdKind.RESIDENT else "证件号码",
        "id_number": str(certificate.id_number),
        "number": certificate.number,
        "class": certificate.class_title,
        "class_word": "" if not certificate.class_title or "班" in certificate.class_title else "培训班",
        "class_en": certificate.class_title_en,
        "class_code": certificate.class_code,
        "course": certificate.course_title,
        "course_en": certificate.course_title_en,
        "hours": "" if certificate.hours is None else str(certificate.hours),
        "days": chinese_days(certificate.first_day, certificate.last_day),
        "days_en": english_days(certificate.first_day, certificate.last_day),
        "first_day": chinese_day(certificate.first_day),
        "last_day": chinese_day(certificate.last_day),
        "assessed": "经考核合格" if certificate.assessed else "",
        "contest": certificate.contest_title,
        "contest_en": certificate.contest_title_en,
        "project": certificate.project_title,
        "award": certificate.award,
        "award_en": certificate.award_en,
        "issuer": certificate.issuer,
        "issuer_en": certificate.issuer_en,
        "issued_on": chinese_day(certificate.issued_on),
        "issued_on_en": english_day(certificate.issued_on),
        "reissue": REISSUED.get(ReissueReason(certificate.reissue_reason), "") if certificate.reissue_reason else "",
        "valid_until": chinese_day(until) if until else "",
        "valid_until_en": english_day(until) if until else "",
    }
