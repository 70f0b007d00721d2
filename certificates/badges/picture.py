"""The picture of a badge: a round of the Wa's red and black cloth with a figure for each kind, as plain polygons.

Drawn once and written twice, as SVG and as PNG. No text in it: programs show the title beside it.
"""

import io
import math
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from ..enums import CertificateKind

RED, BLACK, OCHRE, CREAM = "#9e1b20", "#221815", "#d59a2c", "#fbf3df"
SIDE = 512  # pixels of the PNG; the drawing reaches from -100 to 100
FINER = 4  # drawn larger and brought down, so that slanting edges are smooth

Point = tuple[float, float]


class Shape(NamedTuple):
    colour: str
    points: tuple[Point, ...]


def round_of(radius: float, colour: str) -> Shape:
    return Shape(colour, tuple(_around(at / 120, radius) for at in range(120)))


def _around(turn: float, radius: float) -> Point:
    """A point on a circle: turn 0 is at the top, 0.25 at the right."""
    return radius * math.sin(turn * math.tau), -radius * math.cos(turn * math.tau)


def lozenge(colour: str, x: float, y: float, half_width: float, half_height: float) -> Shape:
    return Shape(colour, ((x - half_width, y), (x, y - half_height), (x + half_width, y), (x, y + half_height)))


def mirrored(colour: str, *points: Point) -> Iterator[Shape]:
    """A shape and its other half."""
    yield Shape(colour, points)
    yield Shape(colour, tuple((-x, y) for x, y in points))


def rim() -> Iterator[Shape]:
    """Bands from the outside in: black, an ochre thread, red with mountains and eyes, black, the cream field."""
    for radius, colour in ((98.0, BLACK), (94.0, OCHRE), (92.0, RED)):
        yield round_of(radius, colour)
    for step in range(48):
        yield Shape(BLACK, (_around(step / 48, 92), _around((step + 1) / 48, 92), _around((step + 0.5) / 48, 86)))
    for step in range(16):
        turn = step / 16
        for colour, half in ((OCHRE, 6.0), (BLACK, 4.8), (OCHRE, 3.0), (CREAM, 1.2)):
            width = half / 79 / math.tau
            corners = ((turn, 79 + half), (turn + width, 79), (turn, 79 - half), (turn - width, 79))
            yield Shape(colour, tuple(_around(*corner) for corner in corners))
    for radius, colour in ((70.0, OCHRE), (68.5, BLACK), (65.0, CREAM)):
        yield round_of(radius, colour)


def eye() -> Iterator[Shape]:
    """Completion: the eye that watches over a house."""
    for colour, share in ((RED, 1.0), (CREAM, 0.9), (BLACK, 0.82), (OCHRE, 0.56), (RED, 0.44), (CREAM, 0.16)):
        yield lozenge(colour, 0, 0, 52 * share, 44 * share)


def paths() -> Iterator[Shape]:
    """Attendance: the path between the villages, two hourglasses and the mountains above and below."""
    for x in (-27.0, 0.0, 27.0):
        for sign in (1, -1):
            yield Shape(BLACK, ((x - 12, 22 * sign), (x + 12, 22 * sign), (x, 0)))
        yield lozenge(OCHRE, x, 0, 4.5, 6)
    for sign in (1, -1):
        for x in (-24.0, 0.0, 24.0):
            yield Shape(RED, ((x - 12, 27 * sign), (x + 12, 27 * sign), (x, 43 * sign)))
    for x in (-13.5, 13.5):
        yield lozenge(RED, x, 0, 5, 9)


def sun() -> Iterator[Shape]:
    """Trainer: the eight-pointed sun of the cloth, which gives light to others."""
    for colour, long, short in ((RED, 54.0, 15.0), (OCHRE, 44.0, 9.5)):
        for ray in range(8):
            turn = ray / 8
            reach = long if ray % 2 == 0 else long * 0.82
            yield Shape(
                colour, (_around(turn, reach), _around(turn + 1 / 16, short), (0, 0), _around(turn - 1 / 16, short))
            )
    for colour, half in ((BLACK, 17.0), (RED, 13.0), (CREAM, 5.0)):
        yield lozenge(colour, 0, 0, half, half)


def ox() -> Iterator[Shape]:
    """Award: the head of the ox, the sign of plenty on every house."""
    yield from mirrored(BLACK, (9, -14), (24, -17), (38, -27), (43, -46), (50, -24), (41, -7), (22, -1), (9, -2))
    yield from mirrored(RED, (17, 1), (34, 1), (27, 10), (16, 9))
    yield Shape(BLACK, ((-17, -16), (17, -16), (19, 2), (11, 34), (5, 43), (-5, 43), (-11, 34), (-19, 2)))
    yield lozenge(OCHRE, 0, -4, 8, 10)
    yield lozenge(RED, 0, -4, 4, 5)
    yield from mirrored(CREAM, (9, 9), (15, 7), (12, 14))
    yield Shape(RED, ((-7, 33), (7, 33), (4, 39), (-4, 39)))


FIGURES = {
    CertificateKind.COMPLETION: eye,
    CertificateKind.ATTENDANCE: paths,
    CertificateKind.TRAINER: sun,
    CertificateKind.AWARD: ox,
}


@lru_cache(maxsize=len(FIGURES))
def shapes(kind: CertificateKind) -> tuple[Shape, ...]:
    return (*rim(), *FIGURES[kind]())


def svg(kind: CertificateKind, *, title: str = "", inside: str = "") -> str:
    """`inside`: elements that the picture carries (see baking)."""
    name = f"<title>{_escaped(title)}</title>" if title else ""
    lines = [
        f'<polygon fill="{shape.colour}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)}"/>'
        for shape in shapes(kind)
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-100 -100 200 200" width="512" height="512">'
        + name + inside + "".join(lines) + "</svg>\n"
    )  # fmt: skip


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@lru_cache(maxsize=len(FIGURES))
def _raster(kind: CertificateKind) -> Image.Image:
    large = Image.new("RGBA", (SIDE * FINER, SIDE * FINER), (0, 0, 0, 0))
    pen = ImageDraw.Draw(large)
    scale = SIDE * FINER / 200
    for shape in shapes(kind):
        pen.polygon([((x + 100) * scale, (y + 100) * scale) for x, y in shape.points], fill=shape.colour)
    return large.resize((SIDE, SIDE), Image.Resampling.BOX)


def png(kind: CertificateKind, *, text: PngInfo | None = None) -> bytes:
    target = io.BytesIO()
    # Few colours: a third of the size, and nobody sees it.
    _raster(kind).quantize(64).save(target, "PNG", optimize=True, pnginfo=text)
    return target.getvalue()
