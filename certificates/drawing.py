"""Plain polygons in millimetres, y downwards, and how they become PDF drawing operators."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

RED = "#9e1b20"
BLACK = "#221815"
OCHRE = "#d59a2c"
CREAM = "#fbf3df"

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    colour: str
    points: tuple[Point, ...]


def rectangle(colour: str, x: float, y: float, width: float, height: float) -> Shape:
    return Shape(colour, ((x, y), (x + width, y), (x + width, y + height), (x, y + height)))


def lozenge(colour: str, x: float, y: float, half_width: float, half_height: float) -> Shape:
    return Shape(colour, ((x - half_width, y), (x, y - half_height), (x + half_width, y), (x, y + half_height)))


def mirrored(shapes: Iterable[Shape], middle: float) -> Iterator[Shape]:
    """The same shapes on the other side of the vertical line at `middle`."""
    for shape in shapes:
        yield Shape(shape.colour, tuple((2 * middle - x, y) for x, y in shape.points))


def laid(shapes: Iterable[Shape], origin: Point, along: Point = (1, 0), inward: Point = (0, 1)) -> Iterator[Shape]:
    """Shapes drawn at the corner (0, 0), laid at `origin` with their x axis `along` and their y axis `inward`."""
    for shape in shapes:
        yield Shape(
            shape.colour,
            tuple(
                (origin[0] + x * along[0] + y * inward[0], origin[1] + x * along[1] + y * inward[1])
                for x, y in shape.points
            ),
        )


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
