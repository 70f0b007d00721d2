"""How finished pages lie on the printer's paper: backs, cut marks, two on a sheet. Works on any PDF, page by page.

Everything is points (1/72 inch) from the lower left corner, as in the file.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import batched

import pikepdf

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
# What a guillotine wants: the picture goes on past the cut, the marks stand clear of it.
BLEED, CLEAR, MARK = 3 * MM, 4 * MM, 5 * MM
ROUND = BLEED + CLEAR + MARK
HAIRLINE = 0.25


class Layout(StrEnum):
    PLAIN = "plain"
    MARKS = "marks"
    TWO_UP = "two_up"


# A back page as PDF, for a front of this width and height; None: an empty page.
Back = Callable[[float, float], bytes | None]


@dataclass(frozen=True)
class _Face:
    """A finished page as something that can be drawn anywhere; its size is the paper it was made for."""

    form: pikepdf.Object
    width: float
    height: float


class Imposer:
    """Lays finished pages on the printer's sheets, some at a time; the first sheet decides for the whole file which
    edge is turned round.

    Two on a sheet are cut and stacked: the upper halves are the first half of the pile, so that after one cut the
    lower pile goes under the upper one and everything is in order.
    """

    def __init__(self, layout: Layout = Layout.PLAIN, back: Back | None = None):
        self.layout = layout
        self.back = back
        self.landscape: bool | None = None  # the first sheet; not known yet

    def sheets(self, count: int) -> list[list[int]]:
        """Which of `count` finished pages lie on the front of each sheet, in order."""
        if self.layout != Layout.TWO_UP:
            return [[at] for at in range(count)]
        half = -(-count // 2)
        return [[at for at in (upper, upper + half) if at < count] for upper in range(half)]

    def places(self, count: int) -> list[int]:
        """For each finished page the page of the file it stands on, from 0."""
        step = 1 if self.back is None else 2
        found = {at: step * number for number, sheet in enumerate(self.sheets(count)) for at in sheet}
        return [found[at] for at in range(count)]

    @property
    def duplex(self) -> str:
        """Tells the print dialogue which edge to turn round: the back then stands upright behind the front."""
        if self.back is None or self.landscape is None:
            return ""
        return "/DuplexFlipShortEdge" if self.landscape else "/DuplexFlipLongEdge"

    def lay(self, document: pikepdf.Pdf) -> None:
        """The pages of `document`, which are those of some sheets in order, become the sheets, in place."""
        if self.layout == Layout.PLAIN and self.back is None:
            return
        backs = _Backs(document, self.back) if self.back is not None else None
        old = list(document.pages)
        if self.layout == Layout.TWO_UP:
            for pair in batched([_face(document, page) for page in old], 2, strict=False):
                self._pair(document, pair, backs)
        else:
            for page in old:
                self._one(document, page, backs)
        del document.pages[: len(old)]

    # --- One page on a sheet --------------------------------------------------------------------------------------
    def _one(self, document: pikepdf.Pdf, page: pikepdf.Page, backs: "_Backs | None") -> None:
        face, marks = _face(document, page), self.layout == Layout.MARKS
        self._front(document, _marked(document, face) if marks else page)
        if backs is not None:
            behind = backs.of(face.width, face.height)
            self._behind(document, _marked(document, behind) if marks else backs.page(behind))

    # --- Two pages on a sheet -------------------------------------------------------------------------------------
    def _pair(self, document: pikepdf.Pdf, pair: Sequence[_Face], backs: "_Backs | None") -> None:
        # The first decides for both sides: landscape pages lie one above the other on a portrait sheet.
        faces, lies = [*pair, None][:2], pair[0].width >= pair[0].height
        self._front(document, _pair(document, faces, lies=lies))
        if backs is not None:
            behind = [backs.of(face.width, face.height) if face else None for face in faces]
            # Turned over like a page of a book: a portrait sheet keeps above and below, a landscape one swaps sides.
            self._behind(document, _pair(document, behind if lies else behind[::-1], lies=lies))

    # --- Both sides -----------------------------------------------------------------------------------------------
    def _front(self, document: pikepdf.Pdf, page: pikepdf.Page) -> None:
        document.pages.append(page)
        if self.landscape is None:
            self.landscape = _is_landscape(page)

    def _behind(self, document: pikepdf.Pdf, page: pikepdf.Page) -> None:
        """One edge is turned round for the whole file: backs of pages that lie the other way than the first stand on
        their heads then, unless they are turned by half a circle before."""
        document.pages.append(page)
        if _is_landscape(page) != self.landscape:
            document.pages[-1].rotate(180, relative=True)


def _marked(document: pikepdf.Pdf, face: _Face) -> pikepdf.Page:
    """On paper larger by ROUND on every side, with marks at its corners and the picture shown into the bleed."""
    width, height = face.width + 2 * ROUND, face.height + 2 * ROUND
    left, bottom, right, top = ROUND, ROUND, ROUND + face.width, ROUND + face.height
    lines = []
    for x in (left, right):
        lines += [(x, 0, x, MARK), (x, height - MARK, x, height)]
    for y in (bottom, top):
        lines += [(0, y, MARK, y), (width - MARK, y, width, y)]
    page = _sheet(document, (width, height), [(face, 1.0, left, bottom)], lines, over=BLEED)
    page.TrimBox = pikepdf.Array([left, bottom, right, top])
    page.BleedBox = pikepdf.Array([left - BLEED, bottom - BLEED, right + BLEED, top + BLEED])
    return page


def _pair(document: pikepdf.Pdf, pair: Sequence[_Face | None], *, lies: bool) -> pikepdf.Page:
    width, height = A4 if lies else A4[::-1]
    half = (width, height / 2) if lies else (width / 2, height)
    placed = []
    for at, face in enumerate(pair):
        if face is None:
            continue
        scale = min(1.0, half[0] / face.width, half[1] / face.height)
        # The first is the upper half, or the left one.
        x0, y0 = (0.0, half[1] * (1 - at)) if lies else (half[0] * at, 0.0)
        x, y = x0 + (half[0] - scale * face.width) / 2, y0 + (half[1] - scale * face.height) / 2
        placed.append((face, scale, x, y))
    cut = height / 2 if lies else width / 2
    lines = (
        [(0, cut, MARK, cut), (width - MARK, cut, width, cut)]
        if lies
        else [(cut, 0, cut, MARK), (cut, height - MARK, cut, height)]
    )
    return _sheet(document, (width, height), placed, lines)


# --- Drawing ----------------------------------------------------------------------------------------------------
Placed = tuple[_Face, float, float, float]  # scale, left, bottom
Line = tuple[float, float, float, float]


def _face(document: pikepdf.Pdf, page: pikepdf.Page) -> _Face:
    box = page.trimbox
    width, height = float(box[2]) - float(box[0]), float(box[3]) - float(box[1])
    if int(page.obj.get("/Rotate", 0)) % 180:
        width, height = height, width
    form = document.make_indirect(page.as_form_xobject())
    return _Face(form, width, height)


def _sheet(
    document: pikepdf.Pdf,
    size: tuple[float, float],
    placed: Sequence[Placed],
    lines: Sequence[Line],
    *,
    over: float = 0,
) -> pikepdf.Page:
    """A new page with these faces on it, each shown `over` points beyond its edge, and hairlines."""
    drawing, forms = [], {}
    for at, (face, scale, x, y) in enumerate(placed):
        shown = (x - over, y - over, scale * face.width + 2 * over, scale * face.height + 2 * over)
        clip = " ".join(f"{number:.3f}" for number in shown)
        drawing.append(f"q {clip} re W n {scale:.6f} 0 0 {scale:.6f} {x:.3f} {y:.3f} cm /F{at} Do Q")
        forms[f"/F{at}"] = face.form
    for x1, y1, x2, y2 in lines:
        drawing.append(f"q {HAIRLINE} w {x1:.3f} {y1:.3f} m {x2:.3f} {y2:.3f} l S Q")
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=pikepdf.Array([0, 0, round(size[0], 3), round(size[1], 3)]),
        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(forms)),
        Contents=document.make_stream("\n".join(drawing).encode()),
    )
    return pikepdf.Page(document.make_indirect(page))


class _Backs:
    """Each back once in the file, whatever the number of fronts: one of each size."""

    def __init__(self, document: pikepdf.Pdf, make: Back):
        self.document = document
        self.make = make
        self.of = lru_cache(maxsize=8)(self._of)

    def _of(self, width: float, height: float) -> _Face:
        content = self.make(width, height)
        if content is None:
            empty = self.document.make_stream(
                b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=pikepdf.Array([0, 0, width, height])
            )
            return _Face(empty, width, height)
        with pikepdf.open(io.BytesIO(content)) as source:
            form = self.document.copy_foreign(source.make_indirect(source.pages[0].as_form_xobject()))
        return _Face(form, width, height)

    def page(self, face: _Face) -> pikepdf.Page:
        return _sheet(self.document, (face.width, face.height), [(face, 1.0, 0.0, 0.0)], [])


def _is_landscape(page: pikepdf.Page) -> bool:
    box = page.mediabox
    turned = int(page.obj.get("/Rotate", 0)) % 180 != 0
    return (float(box[2]) - float(box[0]) > float(box[3]) - float(box[1])) != turned
