"""What repeats around a certificate: bands after the Wa's woven cloth, each a tile, a corner and the band's ground.

Drawn by us from plain polygons after what is seen on bags, skirts and doors: lozenges that stand for watching eyes,
the horns of the buffalo, the heads of hill rice. No emblem of a state, an army or a party is like them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .drawing import BLACK, CREAM, OCHRE, RED, Shape, lozenge, mirrored, rectangle
from .enums import Motif

BAND = 12.0


@dataclass(frozen=True)
class Cloth:
    ground: str
    # One repeat, `length` along x and BAND along y, the page's outside up.
    tile: Callable[[float], Iterator[Shape]]
    # A square of BAND by BAND.
    corner: Callable[[], Iterator[Shape]]


def eyes(length: float) -> Iterator[Shape]:
    """Lozenges stand for the eyes that watch over a house, the zigzag for mountains and rivers."""
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


def horns(length: float) -> Iterator[Shape]:
    """The buffalo's head between its horns, as it hangs on a house; red threads on black cloth."""
    middle = length / 2
    yield from _threads(length)
    # One horn: out from the head, up, and the tip turned in again.
    horn = (
        (middle - 0.5, 7.0), (middle - 2.2, 7.0), (middle - 3.6, 5.9), (middle - 4.0, 4.3), (middle - 3.6, 2.9),
        (middle - 2.5, 2.3), (middle - 3.0, 3.4), (middle - 2.9, 4.6), (middle - 2.1, 5.5), (middle - 0.5, 5.6),
    )  # fmt: skip
    yield Shape(CREAM, horn)
    yield from mirrored([Shape(CREAM, horn)], middle)
    # The head narrows to the muzzle; a lozenge on the brow.
    head = ((middle - 1.3, 5.3), (middle + 1.3, 5.3), (middle + 0.75, 8.6), (middle, 9.7), (middle - 0.75, 8.6))
    yield Shape(RED, head)
    yield lozenge(OCHRE, middle, 6.5, 0.6, 0.85)
    # Between two heads a small drum, half on each tile.
    for x, inwards in ((0.0, 1.0), (length, -1.0)):
        yield Shape(OCHRE, ((x, 7.6), (x + inwards * 0.8, 8.6), (x, 9.6)))
        yield Shape(RED, ((x, 8.1), (x + inwards * 0.4, 8.6), (x, 9.1)))


def _threads(length: float) -> Iterator[Shape]:
    for y, height, colour in ((0.7, 0.5, RED), (1.45, 0.25, OCHRE), (BAND - 1.7, 0.25, OCHRE), (BAND - 1.2, 0.5, RED)):
        yield rectangle(colour, 0, y, length, height)


def grain(length: float) -> Iterator[Shape]:
    """Heads of hill rice, grains aslant on both sides of the stalk, between rows of steps: the terraces."""
    middle = BAND / 2
    step = length / 6
    for number in range(6):
        left = number * step
        rise = 0.75 if number % 2 else 1.5
        yield rectangle(RED, left, 0, step, rise)
        yield rectangle(RED, left, BAND - rise, step, rise)
    for y in (1.95, BAND - 2.25):
        yield rectangle(RED, 0, y, length, 0.3)
    yield rectangle(BLACK, 0, middle - 0.14, length, 0.28)
    grains = 4
    for number in range(grains):
        at = (number + 0.15) * length / grains
        upper = ((at, middle - 0.3), (at + 0.55, middle - 1.9), (at + 1.75, middle - 2.7), (at + 1.35, middle - 1.1))
        for points in (upper, tuple((x, 2 * middle - y) for x, y in upper)):
            yield Shape(OCHRE, points)
            x, y = (points[0][0] + points[2][0]) / 2, (points[0][1] + points[2][1]) / 2
            yield lozenge(RED, x + 0.1, y, 0.22, 0.34)


def sun() -> Iterator[Shape]:
    """An eight-pointed star, the sun of the cloth."""
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


def drum() -> Iterator[Shape]:
    """The wooden drum seen from its end: ring in ring, square as the loom draws them."""
    middle = BAND / 2
    yield rectangle(BLACK, 0, 0, BAND, BAND)
    for colour, half in ((RED, 5.1), (BLACK, 4.6), (OCHRE, 4.3), (BLACK, 4.0)):
        yield rectangle(colour, middle - half, middle - half, 2 * half, 2 * half)
    for colour, half in ((CREAM, 3.7), (RED, 3.0), (OCHRE, 1.9), (BLACK, 1.3), (CREAM, 0.6)):
        yield lozenge(colour, middle, middle, half, half)
    for x in (middle - 3.1, middle + 3.1):
        for y in (middle - 3.1, middle + 3.1):
            yield lozenge(RED, x, y, 0.6, 0.6)


def field() -> Iterator[Shape]:
    """Four fields around a well."""
    middle = BAND / 2
    yield rectangle(RED, 0, 0, BAND, BAND)
    yield rectangle(CREAM, 0.8, 0.8, BAND - 1.6, BAND - 1.6)
    for x in (1.4, middle + 0.4):
        for y in (1.4, middle + 0.4):
            side = middle - 1.8
            yield rectangle(OCHRE, x, y, side, side)
            yield lozenge(RED, x + side / 2, y + side / 2, side / 2 - 0.5, side / 2 - 0.5)
            yield lozenge(CREAM, x + side / 2, y + side / 2, 0.6, 0.6)
    yield lozenge(BLACK, middle, middle, 1.5, 1.5)
    yield lozenge(OCHRE, middle, middle, 0.8, 0.8)


CLOTHS = {
    Motif.EYES: Cloth(RED, eyes, sun),
    Motif.HORNS: Cloth(BLACK, horns, drum),
    Motif.GRAIN: Cloth(CREAM, grain, field),
}
