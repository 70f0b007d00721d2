"""The border: woven bands after the Wa's red and black cloth, drawn as plain polygons in millimetres.

Lozenges stand for the eyes that watch over a house, the zigzag for mountains and rivers. It is written straight
into the PDF as one form that all pages share: a page then costs nothing for it, neither time nor bytes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

RED = "#9e1b20"
BLACK = "#221815"
OCHRE = "#d59a2c"
CREAM = "#fbf3df"
PALE, WHITE = "#fcf7ec", "#ffffff"
RINGS = ((PALE, 1.0), (WHITE, 0.93), (PALE, 0.86), (WHITE, 0.6), (PALE, 0.53), (WHITE, 0.3), (PALE, 0.23))

PAGE_WIDTH, PAGE_HEIGHT = 297.0, 210.0  # A4 landscape
MARGIN = 8.0  # paper kept white around the border: no office printer prints to the edge
BAND = 12.0
TILE = 9.5  # about this long; stretched a little so that whole tiles fill each side

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    colour: str
    points: tuple[Point, ...]


def rectangle(colour: str, x: float, y: float, width: float, height: float) -> Shape:
    return Shape(colour, ((x, y), (x + width, y), (x + width, y + height), (x, y + height)))


def lozenge(colour: str, x: float, y: float, half_width: float, half_height: float) -> Shape:
    return Shape(colour, ((x - half_width, y), (x, y - half_height), (x + half_width, y), (x, y + half_height)))


def frame(colour: str, inset: float, thickness: float) -> Iterator[Shape]:
    """Four bars around the page, `inset` from the paper's edge."""
    width, height = PAGE_WIDTH - 2 * inset, PAGE_HEIGHT - 2 * inset
    yield rectangle(colour, inset, inset, width, thickness)
    yield rectangle(colour, inset, inset + height - thickness, width, thickness)
    yield rectangle(colour, inset, inset, thickness, height)
    yield rectangle(colour, inset + width - thickness, inset, thickness, height)


def tile(length: float) -> Iterator[Shape]:
    """One repeat of the cloth, `length` along x and BAND along y, the page's outside up."""
    middle = BAND / 2
    # Mountains: black teeth on both selvedges, an ochre thread along each.
    for base, tip in ((0.0, 2.2), (BAND, BAND - 2.2)):
        for step in range(3):
            left = step * length / 3
            yield Shape(BLACK, ((left, base), (left + length / 3, base), (left + length / 6, tip)))
    for y in (2.6, BAND - 2.95):
        yield rectangle(OCHRE, 0, y, length, 0.35)
    # Between two eyes half an hourglass on each side: drums, and the paths between the villages.
    for x, inwards in ((0.0, 1.0), (length, -1.0)):
        yield Shape(BLACK, ((x, middle - 2.35), (x + inwards * 1.7, middle - 2.35), (x, middle)))
        yield Shape(BLACK, ((x, middle + 2.35), (x + inwards * 1.7, middle + 2.35), (x, middle)))
        yield Shape(CREAM, ((x, middle - 0.75), (x + inwards * 0.55, middle), (x, middle + 0.75)))
    # The eye: ochre, black, ochre, red, cream, one inside the other.
    for colour, share in ((OCHRE, 1.0), (BLACK, 0.84), (OCHRE, 0.56), (RED, 0.44), (CREAM, 0.18)):
        yield lozenge(colour, length / 2, middle, 3.1 * share, 2.65 * share)


def corner() -> Iterator[Shape]:
    """A square of BAND by BAND: an eight-pointed star, the sun of the cloth."""
    middle = BAND / 2
    yield rectangle(BLACK, 0, 0, BAND, BAND)
    yield rectangle(OCHRE, 0.6, 0.6, BAND - 1.2, BAND - 1.2)
    yield rectangle(RED, 0.95, 0.95, BAND - 1.9, BAND - 1.9)
    for x in (0.95, BAND - 0.95):
        for y in (0.95, BAND - 0.95):
            inward_x, inward_y = (2.3 if x < middle else -2.3), (2.3 if y < middle else -2.3)
            yield Shape(BLACK, ((x, y), (x + inward_x, y), (x, y + inward_y)))
    for half_width, half_height in ((1.35, 4.3), (4.3, 1.35)):
        yield lozenge(OCHRE, middle, middle, half_width, half_height)
    for tilt in (1, -1):
        arm, waist = 2.5, 0.75
        yield Shape(
            OCHRE,
            (
                (middle - arm, middle - tilt * arm),
                (middle + waist, middle - tilt * waist),
                (middle + arm, middle + tilt * arm),
                (middle - waist, middle + tilt * waist),
            ),
        )
    yield lozenge(BLACK, middle, middle, 1.75, 1.75)
    yield lozenge(RED, middle, middle, 1.25, 1.25)
    yield lozenge(CREAM, middle, middle, 0.5, 0.5)


def laid(shapes: Iterator[Shape], origin: Point, along: Point = (1, 0), inward: Point = (0, 1)) -> Iterator[Shape]:
    """Shapes drawn at the corner (0, 0), laid at `origin` with their x axis `along` and their y axis `inward`."""
    for shape in shapes:
        yield Shape(
            shape.colour,
            tuple(
                (origin[0] + x * along[0] + y * inward[0], origin[1] + x * along[1] + y * inward[1])
                for x, y in shape.points
            ),
        )


@dataclass(frozen=True)
class Placed:
    """A motif laid at `origin` with its x axis `along` and its y axis `inward`."""

    motif: str
    origin: Point
    along: Point = (1, 0)
    inward: Point = (0, 1)


@lru_cache(maxsize=1)
def motifs() -> dict[str, tuple[Shape, ...]]:
    """What repeats around the page; each is drawn once."""
    across, up = (next(steps(side - 2 * (MARGIN + BAND)))[0] for side in (PAGE_WIDTH, PAGE_HEIGHT))
    return {"Across": tuple(tile(across)), "Up": tuple(tile(up)), "Corner": tuple(corner())}


def around() -> Iterator[Placed]:
    start, far_x, far_y = MARGIN + BAND, PAGE_WIDTH - MARGIN, PAGE_HEIGHT - MARGIN
    for _length, at in steps(PAGE_WIDTH - 2 * start):
        yield Placed("Across", (start + at, MARGIN))
        yield Placed("Across", (start + at, far_y), inward=(0, -1))
    for _length, at in steps(PAGE_HEIGHT - 2 * start):
        yield Placed("Up", (MARGIN, start + at), along=(0, 1), inward=(1, 0))
        yield Placed("Up", (far_x, start + at), along=(0, 1), inward=(-1, 0))
    for x in (MARGIN, far_x - BAND):
        for y in (MARGIN, far_y - BAND):
            yield Placed("Corner", (x, y))


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


def ground() -> Iterator[Shape]:
    """The eye once more, page-high and so pale that text and photocopies do not mind."""
    x, y = PAGE_WIDTH / 2, 112.0
    for colour, share in RINGS:
        yield lozenge(colour, x, y, 105 * share, 76 * share)


def under() -> Iterator[Shape]:
    yield from ground()
    yield from frame(BLACK, MARGIN - 1.4, 0.5)
    yield from frame(RED, MARGIN, BAND)


def over() -> Iterator[Shape]:
    yield from frame(BLACK, MARGIN + BAND, 0.7)
    yield from frame(OCHRE, MARGIN + BAND + 1.7, 0.35)
    yield from ornament(PAGE_WIDTH / 2, 61.5)


def page_shapes() -> Iterator[Shape]:
    """All of it, the motifs where they come to lie."""
    yield from under()
    for placed in around():
        yield from laid(iter(motifs()[placed.motif]), placed.origin, placed.along, placed.inward)
    yield from over()


def rgb(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.3f}".rstrip("0") for at in (1, 3, 5))


def short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def drawn(shapes: Iterable[Shape]) -> str:
    """PDF drawing operators, in millimetres with y downwards."""
    lines, colour = [], ""
    for shape in shapes:
        if shape.colour != colour:
            colour = shape.colour
            lines.append(f"{rgb(colour)} rg")
        first, *rest = (f"{short(x)} {short(y)}" for x, y in shape.points)
        lines.append(f"{first} m " + " ".join(f"{point} l" for point in rest) + " f")
    return "\n".join(lines)


@lru_cache(maxsize=1)
def operators() -> bytes:
    """The border of a page from its top left corner; it calls the forms of `motif_operators`."""
    lines = [drawn(under())]
    for placed in around():
        matrix = " ".join(short(number) for number in (*placed.along, *placed.inward, *placed.origin))
        lines.append(f"q {matrix} cm /{placed.motif} Do Q")
    return "\n".join([*lines, drawn(over())]).encode()


@lru_cache(maxsize=1)
def motif_operators() -> dict[str, bytes]:
    return {name: drawn(shapes).encode() for name, shapes in motifs().items()}
