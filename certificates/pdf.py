"""Certificates on paper. Import it only where something is printed: it brings WeasyPrint, see lms.paper.setting.

WeasyPrint sets the text. The border and the QR codes are written beneath it as plain drawing operators, the border
once for the whole document: drawn by WeasyPrint on every page they would cost more than all of the text.
"""

import datetime
from collections.abc import Iterable, Sequence

import pydyf
import segno
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from lms.paper import setting
from lms.paper.fonts import refuse_missing_glyphs
from lms.refusals import Refused
from trainees.registry.enums import IdKind

from . import border
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
MM = 72 / 25.4
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


def lay_out(certificate: Certificate) -> setting.Document:
    html = render_to_string(
        "certificates/print.html",
        {
            "certificate": certificate,
            "address": certificate.check_address,
            "name_size": name_size(certificate.name),
            "body_size": body_size(certificate),
            "id_label": "身份证号" if certificate.id_kind == IdKind.RESIDENT else "证件号码",
            "days": chinese_days(certificate.first_day, certificate.last_day),
            "days_en": english_days(certificate.first_day, certificate.last_day),
            "issued": chinese_day(certificate.issued_on),
        },
    )
    return setting.lay_out(html, STYLE)


def code_operators(address: str) -> str:
    """The QR code as filled runs of modules, in millimetres from the top left corner; error correction M."""
    matrix = segno.make(address, error="m", micro=False, boost_error=False).matrix
    module = CODE_SIZE / len(matrix)
    runs = []
    for row, modules in enumerate(matrix):
        start = None
        for column, dark in enumerate([*modules, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                runs.append(f"{start} {row} {column - start} 1 re")
                start = None
    placed = f"{module:.5f} 0 0 {module:.5f} {CODE_LEFT} {CODE_TOP} cm"
    return f"q {border.rgb(border.BLACK)} rg {placed} {' '.join(runs)} f Q"


def draw_beneath(certificates: Sequence[Certificate]) -> setting.Finisher:
    """A WeasyPrint finisher: the border and each page's code under the text."""

    def finish(document: setting.Document, pdf: pydyf.PDF) -> None:
        box = pydyf.Array([0, 0, border.PAGE_WIDTH, border.PAGE_HEIGHT])
        form = pydyf.Stream([border.operators()], {"Type": "/XObject", "Subtype": "/Form", "BBox": box}, compress=True)
        pdf.add_object(form)
        pages = [item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/Page"]
        resources = pdf.objects[int(pages[0]["Resources"].split()[0])]
        resources["XObject"]["Border"] = form.reference
        axes = f"{MM:.6f} 0 0 {-MM:.6f} 0 {border.PAGE_HEIGHT * MM:.4f} cm"
        for page, certificate in zip(pages, certificates, strict=True):
            # An artifact: nothing that a reading voice should speak.
            drawing = f"/Artifact BMC q {axes} /Border Do {code_operators(certificate.check_address)} Q EMC"
            beneath = pydyf.Stream([drawing.encode()], compress=True)
            pdf.add_object(beneath)
            page["Contents"] = pydyf.Array([beneath.reference, page["Contents"]])

    return finish


def write(certificates: Sequence[Certificate], laid_out: Iterable[setting.Document]) -> bytes:
    """One PDF, a page and a bookmark per certificate in the given order."""
    return setting.bind(laid_out, finisher=draw_beneath(certificates))


def print_one(certificate: Certificate) -> bytes:
    """Refuses what must not leave the printer: a revoked certificate, a name that would show a box."""
    if certificate.state == CertificateState.REVOKED:
        raise Refused("revoked", _("%(number)s is revoked and is not printed.") % {"number": certificate.number})
    refuse_missing_glyphs(number=certificate.number, text=certificate.printed_text)
    return write([certificate], [lay_out(certificate)])
