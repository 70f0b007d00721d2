"""How finished pages lie on the printer's paper: backs, cut marks, two on a sheet. Works on any PDF, page by page.

Everything is points (1/72 inch) from the lower left corner, as in the file.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

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


def impose(document: pikepdf.Pdf, *, layout: Layout = Layout.PLAIN, back: Back | None = None) -> list[int]:
    """Lays the pages of `document` anew, in place. Returns for each old page the new one it stands on.

    Two on a sheet are cut and stacked: the upper halves are the first half of the pile, so that after one cut the
    lower pile goes under the upper one and everything is in order.
    """
    fronts = list(range(len(document.pages)))
    if layout == Layout.PLAIN and back is None:
        return fronts
    backs = _Backs(document, back) if back is not None else None
    if layout == Layout.TWO_UP:
        return _two_up(document, backs)
    return _one_up(document, backs, marks=layout == Layout.MARKS)


# --- One page on a sheet ----------------------------------------------------------------------------------------
def _one_up(document: pikepdf.Pdf, backs: "_Backs | None", *, marks: bool) -> list[int]:
    old = list(document.pages)
    at = []
    for page in old:
        face = _face(document, page) if marks or backs else None
        at.append(len(document.pages) - len(old))
        document.pages.append(_marked(document, face) if marks and face else page)
        if backs is not None and face is not None:
            behind = backs.of(face.width, face.height)
            document.pages.append(_marked(document, behind) if marks else backs.page(behind))
            _turn(document.pages[-1], like=document.pages[len(old)])
    del document.pages[: len(old)]
    if backs is not None and old:
        _duplex(document, document.pages[0])
    return at


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


# --- Two pages on a sheet ---------------------------------------------------------------------------------------
def _two_up(document: pikepdf.Pdf, backs: "_Backs | None") -> list[int]:
    old = list(document.pages)
    faces = [_face(document, page) for page in old]
    sheets = -(-len(faces) // 2)
    per_sheet = 2 if backs is not None else 1
    for at in range(sheets):
        pair = [faces[at], faces[at + sheets] if at + sheets < len(faces) else None]
        document.pages.append(_pair(document, pair))
        if backs is not None:
            behind = [backs.of(face.width, face.height) if face else None for face in pair]
            # Turned over like a page of a book: a portrait sheet keeps above and below, a landscape one swaps sides.
            document.pages.append(_pair(document, behind if _lies(pair) else behind[::-1]))
            _turn(document.pages[-1], like=document.pages[len(old)])
    del document.pages[: len(old)]
    if backs is not None and old:
        _duplex(document, document.pages[0])
    return [per_sheet * (at % sheets) for at in range(len(faces))]


def _lies(pair: Sequence[_Face | None]) -> bool:
    """Landscape pages lie one above the other on a portrait sheet."""
    first = next(face for face in pair if face is not None)
    return first.width >= first.height


def _pair(document: pikepdf.Pdf, pair: Sequence[_Face | None]) -> pikepdf.Page:
    lies = _lies(pair)
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
        self.sources: list[pikepdf.Pdf] = []

    def _of(self, width: float, height: float) -> _Face:
        content = self.make(width, height)
        if content is None:
            empty = self.document.make_stream(
                b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=pikepdf.Array([0, 0, width, height])
            )
            return _Face(empty, width, height)
        source = pikepdf.open(io.BytesIO(content))
        self.sources.append(source)  # copied when the whole is saved
        form = self.document.copy_foreign(source.make_indirect(source.pages[0].as_form_xobject()))
        return _Face(form, width, height)

    def page(self, face: _Face) -> pikepdf.Page:
        return _sheet(self.document, (face.width, face.height), [(face, 1.0, 0.0, 0.0)], [])


def _turn(page: pikepdf.Page, *, like: pikepdf.Page) -> None:
    """One edge is turned round for the whole file: backs of pages that lie the other way than the first stand on their
    heads then, unless they are turned by half a circle before."""
    if _is_landscape(page) != _is_landscape(like):
        page.rotate(180, relative=True)


def _is_landscape(page: pikepdf.Page) -> bool:
    box = page.mediabox
    turned = int(page.obj.get("/Rotate", 0)) % 180 != 0
    return (float(box[2]) - float(box[0]) > float(box[3]) - float(box[1])) != turned


def _duplex(document: pikepdf.Pdf, first: pikepdf.Page) -> None:
    """Tells the print dialogue which edge to turn round: the back then stands upright behind the front."""
    name = pikepdf.Name.DuplexFlipShortEdge if _is_landscape(first) else pikepdf.Name.DuplexFlipLongEdge
    document.Root.ViewerPreferences = pikepdf.Dictionary(Duplex=name, PrintScaling=pikepdf.Name("/None"))
