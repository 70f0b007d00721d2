"""Certificates on paper. Import it only where something is printed: it brings WeasyPrint, see lms.paper.setting.

WeasyPrint sets the text. The border and the QR codes are written beneath it as plain drawing operators, the border
once for the whole document: drawn by WeasyPrint on every page they would cost more than all of the text. What leaves
here is either sheets for a printer, as small and quick as can be, or one person's file, made to be kept.
"""

import datetime
import json
from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from lms.paper import codes, setting
from lms.paper.fonts import refuse_missing_glyphs
from lms.refusals import Refused
from trainees.registry.enums import IdKind

from . import border, facts
from .enums import CertificateState
from .models import Certificate

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
CODE_LEFT, CODE_TOP, CODE_SIZE = 32.0, 154.5, 27.0  # mm; the same box as .code in print.css

STYLE = setting.style_of(render_to_string("certificates/print.css"))


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


def name_size(name: str) -> str:
    """The style class for long names: 欧阳娜娜 stands large, 阿布都热依木·买买提艾力 smaller, 50 in two lines."""
    if len(name) <= 7:
        return ""
    return " long" if len(name) <= 14 else " longest"


def body_size(certificate: Certificate) -> str:
    """The style class for the paragraph: 37 characters a line and three lines, or smaller type for long titles."""
    length = 60 + len(certificate.class_title) + len(certificate.course_title)
    if length <= 108:
        return ""
    return " long" if length <= 170 else " longest"


def facts_of(certificate: Certificate) -> dict:
    """What the template prints of one certificate."""
    return {
        "certificate": certificate,
        "address": certificate.check_address,
        "name_size": name_size(certificate.name),
        "body_size": body_size(certificate),
        "id_label": "身份证号" if certificate.id_kind == IdKind.RESIDENT else "证件号码",
        "days": chinese_days(certificate.first_day, certificate.last_day),
        "days_en": english_days(certificate.first_day, certificate.last_day),
        "issued": chinese_day(certificate.issued_on),
    }


def _lay_out(certificates: Sequence[Certificate], *, title: str) -> setting.Document:
    """All of them as one text: its style is worked out once."""
    context = {
        "title": f"结业证书 {title}",
        "issuer": certificates[0].issuer,
        "sheets": [facts_of(each) for each in certificates],
    }
    return setting.lay_out(render_to_string("certificates/print.html", context), STYLE)


def _beneath(certificates: Sequence[Certificate]) -> setting.Beneath:
    black = border.rgb(border.BLACK)
    return setting.Beneath(
        shared=border.operators(),
        motifs=border.motif_operators(),
        own=[
            codes.operators(each.check_address, left=CODE_LEFT, top=CODE_TOP, size=CODE_SIZE, colour=black)
            for each in certificates
        ],
        width=border.PAGE_WIDTH,
        height=border.PAGE_HEIGHT,
    )


def print_sheets(certificates: Sequence[Certificate], *, title: str) -> bytes:
    """One PDF for the printer, a page and a bookmark per certificate in the given order.

    The caller has sorted out what must not be printed. At most a hundred at a time: the pages stay in memory.
    """
    return setting.sheets(_lay_out(certificates, title=title), beneath=_beneath(certificates))


def print_one(certificate: Certificate) -> bytes:
    """The archival file of one certificate, not yet signed.

    Refuses what must not leave the printer: a revoked certificate, a name that would show a box.
    """
    if certificate.state == CertificateState.REVOKED:
        raise Refused("revoked", _("%(number)s is revoked and is not printed.") % {"number": certificate.number})
    refuse_missing_glyphs(number=certificate.number, text=certificate.printed_text)
    record = json.dumps(facts.record_of(certificate), ensure_ascii=False, indent=1).encode()
    return setting.archival(
        _lay_out([certificate], title=certificate.number),
        beneath=_beneath([certificate]),
        record=setting.Record(facts.FILE_NAME, record, f"Record of certificate {certificate.number}"),
    )


def signed(certificate: Certificate) -> bytes:
    """What a person is given: the archival file with the centre's signature."""
    from lms.paper import signing  # pyHanko takes a fifth of a second: only a process that signs pays for it

    return signing.sign(print_one(certificate), reason=f"结业证书 {certificate.number}")
