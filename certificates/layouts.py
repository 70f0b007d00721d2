"""Where things stand on a certificate: two arrangements of A4, which A5 repeats at 0.7071. No PDF here.

Millimetres from the top left corner of A4; print-landscape.css and print-portrait.css name the same places.
"""

import unicodedata
from dataclasses import dataclass
from math import ceil, floor, sqrt

from .enums import Paper

POINT = 25.4 / 72


@dataclass(frozen=True)
class Size:
    """A step of type: its style class, points, and height of a line in ems."""

    name: str
    points: float
    line: float


@dataclass(frozen=True)
class Box:
    """Room for running text; the largest step that fits is taken."""

    width: float
    height: float
    sizes: tuple[Size, ...]
    indent: int = 0

    def size_for(self, text: str) -> Size | None:
        """None when even the smallest step leaves no room."""
        return next((size for size in self.sizes if self.lines(text, size) <= self.room(size)), None)

    def room(self, size: Size) -> int:
        return floor(self.height / (size.points * POINT * size.line))

    def lines(self, text: str, size: Size) -> int:
        em = floor(self.width / (size.points * POINT))
        # One em less: no line begins with a comma.
        return sum(max(1, ceil((ems(line) + self.indent + 1) / em)) for line in text.split("\n"))


@dataclass(frozen=True)
class Place:
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    name: str
    width: float
    height: float
    ornament: float
    ground: tuple[float, float]
    ground_size: tuple[float, float]
    identity: Box
    body: Box
    translation: Box
    # Characters of a title in its largest size, and in the next; of an English one in its larger size.
    title: tuple[int, int]
    title_en: int
    code: Place
    seal: Place
    signature: Place


BODY = (Size("", 16.5, 1.85), Size("long", 13.5, 1.6), Size("longest", 9.5, 1.45), Size("tiny", 7.5, 1.4))
IDENTITY = (Size("", 12.5, 1.5), Size("long", 10, 1.4), Size("longest", 7.5, 1.35))
TRANSLATION = (Size("", 11, 1.35), Size("long", 9, 1.3), Size("longest", 7, 1.25))

LANDSCAPE = Layout(
    name="landscape", width=297.0, height=210.0, ornament=61.5, ground=(148.5, 112.0), ground_size=(105.0, 76.0),
    identity=Box(229, 11, IDENTITY), body=Box(217, 36, BODY, indent=2), translation=Box(229, 14, TRANSLATION),
    title=(9, 12), title_en=42,
    code=Place(32.0, 154.5, 27.0, 27.0), seal=Place(191.0, 149.0, 36.0, 36.0),
    signature=Place(116.5, 158.0, 36.0, 14.0),
)  # fmt: skip
PORTRAIT = Layout(
    name="portrait", width=210.0, height=297.0, ornament=72.0, ground=(105.0, 158.0), ground_size=(76.0, 105.0),
    identity=Box(150, 11, IDENTITY), body=Box(150, 58, BODY, indent=2), translation=Box(150, 17, TRANSLATION),
    title=(6, 9), title_en=27,
    code=Place(32.0, 242.0, 27.0, 27.0), seal=Place(108.0, 199.0, 36.0, 36.0),
    signature=Place(32.0, 212.0, 38.0, 14.0),
)  # fmt: skip

LAYOUTS = {
    Paper.A4_LANDSCAPE: LANDSCAPE, Paper.A5_LANDSCAPE: LANDSCAPE,
    Paper.A4_PORTRAIT: PORTRAIT, Paper.A5_PORTRAIT: PORTRAIT,
}  # fmt: skip
FOLDED = frozenset({Paper.A5_LANDSCAPE, Paper.A5_PORTRAIT})


def scale_of(paper: str) -> float:
    return sqrt(0.5) if paper in FOLDED else 1.0


def ems(text: str) -> float:
    """About how wide a text is: a Chinese character is one em, a Latin letter a little over half."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.55 for char in text)
