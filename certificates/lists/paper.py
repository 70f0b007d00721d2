"""The lists as PDF. Import it only where something is printed: it brings WeasyPrint, see lms.paper.setting.

Long lists are set in parts, so that only the pages of one lie in memory at once.
"""

import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import batched

import pikepdf
from django.template.loader import render_to_string

from certificates.models import Certificate
from lms.paper import setting

from . import columns
from .enums import EnvelopeSize, LabelLayout
from .rules import GRIDS, SIZES, Grid

ROWS, LABEL_SHEETS, ENVELOPES = 250, 10, 60  # of one part


@lru_cache(maxsize=16)
def _style(name: str, width: float = 297, height: float = 210) -> setting.CSS:
    context = {"width": width, "height": height}
    return setting.style_of(render_to_string(f"certificates/lists/{name}.css", context))


def table(
    *, title: str, lead: str, headings: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]],
    foot: Sequence[str], to_sign: bool = False,
) -> Iterator[bytes]:  # fmt: skip
    """A4 landscape, the headings on every page; one PDF for each part, the page numbers going on."""
    parts = list(batched(rows, ROWS)) or [()]
    before, total = 0, sum(widths)
    for at, part in enumerate(parts):
        context = {
            "title": title, "lead": columns.shown(lead), "headings": headings, "first": at == 0,
            "widths": [round(100 * width / total, 2) for width in widths],
            "rows": [[columns.shown(text) for text in row] for row in part],
            "foot": [columns.shown(text) for text in foot] if at == len(parts) - 1 else [],
            "to_sign": to_sign, "start": before + 1,
        }  # fmt: skip
        content = setting.tagged(render_to_string("certificates/lists/table.html", context), _style("table"))
        before += pages_of(content)
        yield content


def pages_of(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as document:
        return len(document.pages)


def labels(certificates: Sequence[Certificate], *, layout: LabelLayout, start: int) -> Iterator[bytes]:
    """Row by row; the first sheet begins at label `start`, counted from 1: a half used sheet is used up."""
    grid = GRIDS[layout]
    places = [*([None] * (start - 1)), *certificates]
    sheets = list(batched(places, grid.per_sheet))
    for part in batched(sheets, LABEL_SHEETS):
        context = {"sheets": [_sheet(grid, sheet) for sheet in part], "grid": grid}
        yield setting.tagged(render_to_string("certificates/lists/labels.html", context), _style("labels", 210, 297))


def _sheet(grid: Grid, sheet: Sequence[Certificate | None]) -> list[dict]:
    return [
        {"left": left, "top": top, **address_of(certificate)}
        for at, certificate in enumerate(sheet)
        if certificate is not None
        for left, top in [grid.corner(at)]
    ]


def envelopes(certificates: Sequence[Certificate], *, size: EnvelopeSize) -> Iterator[bytes]:
    width, height = SIZES[size]
    for part in batched(certificates, ENVELOPES):
        context = {"envelopes": [address_of(each) for each in part]}
        html = render_to_string("certificates/lists/envelopes.html", context)
        yield setting.tagged(html, _style("envelopes", width, height))


def address_of(certificate: Certificate) -> dict:
    """What stands on a label: never an ID number, never a telephone."""
    trainee = certificate.trainee
    village = trainee.village.short_name if trainee.village else ""
    return {
        "name": columns.shown(certificate.name),
        "size": "" if len(certificate.name) <= 8 else "long" if len(certificate.name) <= 18 else "longest",
        "village": columns.shown(f"{village}村" if village and not village.endswith(("村", "社区")) else village),
        "township": columns.shown(trainee.township.name),
        "about": columns.shown(columns.about(certificate)),
        "about_size": "long" if len(columns.about(certificate)) > 40 else "",
        "number": certificate.number,
        "issuer": columns.shown(certificate.issuer),
    }
