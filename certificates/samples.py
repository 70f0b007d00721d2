"""Invented certificates for looking at a design: an ordinary name, the longest, a rare one, the emptiest."""

import datetime

from .enums import CertificateKind
from .models import Certificate, DesignVersion

ORDINARY = "艾嘎"
# As long as a name may be, with the dots of long names.
LONGEST = "阿布都热依木·买买提艾力·" * 3 + "爱新觉罗·努尔哈赤艾嘎岩"
# Names that people bear and few fonts have: beyond the BMP, extensions A, B and E, a compatibility ideograph.
RARE = ("𬭼娜", "𠮷田", "㐂英", "王〇", "李﨑")

MODES = ("ordinary", "longest", "rare", "bare")


def certificate(design: DesignVersion, *, mode: str = "ordinary", name: str = "") -> Certificate:
    """Unsaved and in no register: its code leads nowhere."""
    sample = Certificate(**_facts(design.kind), design=design)
    if mode == "longest":
        sample.name = LONGEST
        _lengthen(sample, times=2)
    elif mode == "rare":
        sample.name = RARE[0]
    elif mode == "bare":
        _strip(sample)
    if name:
        sample.name = name
    return sample


def fullest(design: DesignVersion) -> Certificate:
    """As much in every field as the register takes: what a design must have room for."""
    sample = certificate(design, mode="longest")
    sample.course_title, sample.class_title = "课" * 255, "班" * 120
    sample.contest_title, sample.award, sample.project_title = "赛" * 120, "奖" * 60, "项" * 120
    sample.course_title_en = sample.class_title_en = sample.contest_title_en = "long words " * 14
    sample.award_en = "long words " * 7
    return sample


def _facts(kind: str) -> dict:
    day = datetime.date
    award = kind == CertificateKind.AWARD
    return {
        "kind": kind,
        "number": "CY530927-2018-00000-X",
        "token": "sample-of-no-register",
        "name": ORDINARY,
        "id_number": "533528196001019983",
        "course_title": "" if award else "农村电子商务基础",
        "course_title_en": "" if award else "Foundations of rural e-commerce",
        "class_code": "2018-03",
        "class_title": "" if award else "2018年第三期农村电子商务创业培训班",
        "class_title_en": "" if award else "Third class for entrepreneurs, 2018",
        "hours": None if award else 16,
        "first_day": day(2018, 5, 28),
        "last_day": day(2018, 6, 1),
        "assessed": kind != CertificateKind.ATTENDANCE,
        "contest_title": "2018年农村电商创业大赛",
        "contest_title_en": "Rural e-commerce contest 2018",
        "project_title": "勐角茶叶直播小店",
        "award": "二等奖",
        "award_en": "second prize",
        "issuer": "沧源佤族自治县农村电子商务公共服务中心",
        "issuer_en": "Cangyuan County Rural E-commerce Centre",
        "issued_on": day(2018, 6, 15),
        "valid_until": day(2021, 6, 14) if kind == CertificateKind.TRAINER else None,
    }


def _lengthen(sample: Certificate, *, times: int) -> None:
    for name in (
        "course_title",
        "class_title",
        "contest_title",
        "project_title",
        "course_title_en",
        "contest_title_en",
    ):
        text = getattr(sample, name)
        setattr(sample, name, (" " if name.endswith("_en") else "").join([text] * times))


def _strip(sample: Certificate) -> None:
    sample.id_number = sample.course_title_en = sample.class_title_en = sample.contest_title_en = ""
    sample.award_en = sample.issuer_en = sample.project_title = ""
    sample.assessed, sample.valid_until = False, None
