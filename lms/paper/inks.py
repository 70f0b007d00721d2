"""A picture that lies on pages as ink does; see lms.paper.setting, which writes it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ink:
    size: tuple[int, int]
    # Four bits a pixel: how much of it covers the paper.
    mask: bytes
    # Eight bits a colour; one single pixel where all of it has one colour.
    colour_size: tuple[int, int]
    colours: bytes
