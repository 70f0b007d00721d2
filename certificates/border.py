"""The border: woven bands of a motif around the page, see motifs.

It is written straight into the PDF as one form that all pages share: a page then costs nothing for it, neither time
nor bytes. A5 is A4 folded: the same drawing, made smaller as a whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .drawing import BLACK, CREAM, OCHRE, RED, Point, Shape, drawn, laid, lozenge, rectangle, short
from .enums import Motif
from .layouts import LANDSCAPE, Layout
from .motifs import BAND, CLOTHS

PALE, WHITE = "#fcf7ec", "#ffffff"
RINGS = ((PALE, 1.0), (WHITE, 0.93), (PALE, 0.86), (WHITE, 0.6), (PALE, 0.53), (WHITE, 0.3), (PALE, 0.23))

MARGIN = 8.0  # paper kept white around the border: no office printer prints to the edge
TILE = 9.5  # about this long; stretched a little so that whole tiles fill each side


@dataclass(frozen=True)
class Placed:
    """A motif laid at `origin` with its x axis `along` and its y axis `inward`."""

    motif: str
    origin: Point
    along: Point = (1, 0)
    inward: Point = (0, 1)


@dataclass(frozen=True)
class Border:
    """One motif around one layout of A4."""

    motif: Motif = Motif.EYES
    layout: Layout = LANDSCAPE

    def repeats(self) -> dict[str, tuple[Shape, ...]]:
        """What repeats around the page; each is drawn once."""
        cloth = CLOTHS[self.motif]
        sides = (self.layout.width, self.layout.height)
        across, up = (next(steps(side - 2 * (MARGIN + BAND)))[0] for side in sides)
        return {"Across": tuple(cloth.tile(across)), "Up": tuple(cloth.tile(up)), "Corner": tuple(cloth.corner())}

    def around(self) -> Iterator[Placed]:
        start, far_x, far_y = MARGIN + BAND, self.layout.width - MARGIN, self.layout.height - MARGIN
        for _length, at in steps(self.layout.width - 2 * start):
            yield Placed("Across", (start + at, MARGIN))
            yield Placed("Across", (start + at, far_y), inward=(0, -1))
        for _length, at in steps(self.layout.height - 2 * start):
            yield Placed("Up", (MARGIN, start + at), along=(0, 1), inward=(1, 0))
            yield Placed("Up", (far_x, start + at), along=(0, 1), inward=(-1, 0))
        for x in (MARGIN, far_x - BAND):
            for y in (MARGIN, far_y - BAND):
                yield Placed("Corner", (x, y))

    def frame(self, colour: str, inset: float, thickness: float) -> Iterator[Shape]:
        """Four bars around the page, `inset` from the paper's edge."""
        width, height = self.layout.width - 2 * inset, self.layout.height - 2 * inset
        yield rectangle(colour, inset, inset, width, thickness)
        yield rectangle(colour, inset, inset + height - thickness, width, thickness)
        yield rectangle(colour, inset, inset, thickness, height)
        yield rectangle(colour, inset + width - thickness, inset, thickness, height)

    def ground(self) -> Iterator[Shape]:
        """The eye once more, page-high and so pale that text and photocopies do not mind."""
        x, y = self.layout.ground
        half_width, half_height = self.layout.ground_size
        for colour, share in RINGS:
            yield lozenge(colour, x, y, half_width * share, half_height * share)

    def under(self) -> Iterator[Shape]:
        yield from self.ground()
        yield from self.frame(BLACK, MARGIN - 1.4, 0.5)
        yield from self.frame(CLOTHS[self.motif].ground, MARGIN, BAND)

    def over(self) -> Iterator[Shape]:
        yield from self.frame(BLACK, MARGIN + BAND, 0.7)
        yield from self.frame(OCHRE, MARGIN + BAND + 1.7, 0.35)
        yield from ornament(self.layout.width / 2, self.layout.ornament)

    def shapes(self) -> Iterator[Shape]:
        """All of it, the motifs where they come to lie."""
        repeats = self.repeats()
        yield from self.under()
        for placed in self.around():
            yield from laid(repeats[placed.motif], placed.origin, placed.along, placed.inward)
        yield from self.over()

    def operators(self) -> bytes:
        """The drawing from its top left corner; it calls the forms of `repeat_operators`."""
        lines = [drawn(self.under())]
        for placed in self.around():
            matrix = " ".join(short(number) for number in (*placed.along, *placed.inward, *placed.origin))
            lines.append(f"q {matrix} cm /{placed.motif} Do Q")
        return "\n".join([*lines, drawn(self.over())]).encode()

    def repeat_operators(self) -> dict[str, bytes]:
        return {name: drawn(shapes).encode() for name, shapes in self.repeats().items()}


def steps(whole: float) -> Iterator[Point]:
    """Whole tiles that fill a side: their length, and where each begins."""
    count = round(whole / TILE)
    for number in range(count):
        yield whole / count, number * whole / count


def ornament(x: float, y: float) -> Iterator[Shape]:
    """The small row of lozenges under the title, centred on (x, y)."""
    for step, size in ((-3, 0.55), (-2, 0.8), (-1, 1.1), (0, 1.7), (1, 1.1), (2, 0.8), (3, 0.55)):
        at = x + step * 4.6
        yield lozenge(RED, at, y, size, size)
        yield lozenge(CREAM if step == 0 else OCHRE, at, y, size * 0.45, size * 0.45)
    for side in (-1, 1):
        near, far = x + side * 17.5, x + side * 62.0
        yield rectangle(OCHRE, min(near, far), y - 0.12, abs(far - near), 0.24)


@lru_cache(maxsize=16)
def written(motif: Motif, layout: Layout) -> tuple[bytes, dict[str, bytes]]:
    """Operators and repeats of a border, made once in a process."""
    border = Border(motif, layout)
    return border.operators(), border.repeat_operators()
