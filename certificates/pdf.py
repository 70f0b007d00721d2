"""Certificates on paper. Import it only where something is printed: it brings WeasyPrint, see lms.paper.setting.

WeasyPrint sets the text. The border, the seal and the QR codes are written beneath it as plain drawing operators, the
border once for the whole document: drawn by WeasyPrint on every page they would cost more than all of the text. What
leaves here is either sheets for a printer, as small and quick as can be, or one person's file, made to be kept.
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache

from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string

from lms.paper import codes, setting
from lms.paper.fonts import refuse_missing_glyphs

from . import border, facts, pictures, rules
from .drawing import BLACK, rgb
from .enums import Motif, Paper
from .layouts import LAYOUTS, Place, scale_of
from .models import Certificate
from .sheets import sheet_of

INK = rgb(BLACK)
LENGTH = re.compile(r"(\d*\.?\d+)(mm|pt)\b")


def _style_of(paper: Paper) -> str:
    """The places and sizes of a layout, made smaller where the paper is."""
    css = render_to_string(f"certificates/print-{LAYOUTS[paper].name}.css").replace("PAPER", paper.value)
    return LENGTH.sub(lambda found: f"{float(found[1]) * scale_of(paper):.4g}{found[2]}", css)


STYLE = setting.style_of(render_to_string("certificates/print.css") + "".join(map(_style_of, Paper)))


def _lay_out(certificates: Sequence[Certificate], *, title: str) -> setting.Document:
    """All of them as one text: its style is worked out once."""
    prefetch_related_objects(certificates, "design")
    context = {
        "title": f"{certificates[0].design.title} {title}",
        "issuer": certificates[0].issuer,
        "sheets": [sheet_of(each, each.design) for each in certificates],
    }
    return setting.lay_out(render_to_string("certificates/print.html", context), STYLE)


@lru_cache(maxsize=32)
def _ground(paper: str, motif: str, seal: bytes, signature: bytes) -> setting.Ground:
    """Border, seal and signature; the same object for all pages that share them."""
    layout = LAYOUTS[Paper(paper)]
    shared, motifs = border.written(Motif(motif), layout)
    inks = {}
    if seal:
        inks["Seal"] = _within(layout.seal, seal)
    if signature:
        inks["Signature"] = _within(layout.signature, signature)
    return setting.Ground(shared, motifs, layout.width, layout.height, inks, scale_of(paper))


def _within(place: Place, png: bytes) -> setting.Laid:
    """As large as the place allows, its own proportions kept, in the middle."""
    ink = pictures.ink_of(png)
    share = min(place.width / ink.size[0], place.height / ink.size[1])
    width, height = ink.size[0] * share, ink.size[1] * share
    left, top = place.left + (place.width - width) / 2, place.top + (place.height - height) / 2
    return setting.Laid(ink, left, top, width, height)


def _beneath(certificates: Sequence[Certificate]) -> setting.Beneath:
    return setting.Beneath([_page_of(each) for each in certificates])


def _page_of(certificate: Certificate) -> tuple[setting.Ground, str]:
    design = certificate.design
    place = LAYOUTS[Paper(design.paper)].code
    code = codes.operators(certificate.check_address, left=place.left, top=place.top, size=place.width, colour=INK)
    return _ground(design.paper, design.motif, bytes(design.seal), bytes(design.signature)), code


def print_sheets(certificates: Sequence[Certificate], *, title: str) -> bytes:
    """One PDF for the printer, a page and a bookmark per certificate in the given order, each on its design's paper.

    The caller has sorted out what must not be printed. At most a hundred at a time: the pages stay in memory.
    """
    return setting.sheets(_lay_out(certificates, title=title), beneath=_beneath(certificates))


def print_one(certificate: Certificate) -> bytes:
    """The archival file of one certificate, not yet signed.

    Refuses what must not leave the printer: a revoked or replaced certificate, a name that would show a box.
    """
    rules.refuse_print(certificate)
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

    return signing.sign(print_one(certificate), reason=f"{certificate.design.title} {certificate.number}")
