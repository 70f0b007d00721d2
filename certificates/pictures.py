"""Seals and signatures: scans as people have them, made into ink that lies on the paper without its white ground."""

import io
from functools import lru_cache
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageChops, ImageOps, ImageStat

from lms.paper.inks import Ink
from lms.refusals import Refused

SIDE = 300  # pixels: 36 mm at 210 dots an inch, what an office printer shows of a scan
PIXELS = 40_000_000
# How far the colours of one ink stray from each other in a scan; a logo of two colours strays farther.
ONE_INK = 48


def prepared(file: BinaryIO, *, title: str) -> bytes:
    """A small PNG of the ink alone. Refuses what is no picture, and what shows nothing."""
    picture = _opened(file, title)
    red, green, blue, held = picture.split()
    lightest = ImageChops.darker(red, ImageChops.darker(green, blue))
    ink = ImageChops.multiply(ImageOps.invert(lightest), held)
    box = ink.point(lambda value: 255 if value > 40 else 0).getbbox()
    if box is None:
        raise Refused("picture_empty", _("The picture “%(title)s” shows nothing but white.") % {"title": title})
    picture, ink = picture.crop(box), ink.crop(box)
    full = max(ink.tobytes())
    strong = ink.point(lambda value: 255 if value > full * 0.6 else 0)
    stats = ImageStat.Stat(picture.convert("RGB"), strong)
    if max(stats.stddev) < ONE_INK:
        colour = tuple(round(value) for value in stats.mean)
        picture = Image.new("RGBA", picture.size, (*colour, 255))
        picture.putalpha(ink.point(lambda value: min(255, round(value * 255 / full))))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _opened(file: BinaryIO, title: str) -> Image.Image:
    try:
        opened = Image.open(file, formats=("PNG", "JPEG", "WEBP", "GIF"))
        if opened.width * opened.height > PIXELS:
            raise ValueError
        picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refused(
            "picture_unreadable",
            _("The picture “%(title)s” cannot be read. Upload it again as PNG or JPEG, and choose it anew.")
            % {"title": title},
        ) from error
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return picture


@lru_cache(maxsize=16)
def ink_of(png: bytes) -> Ink:
    """As the PDF holds it: one colour as a single pixel, the form as a mask of 16 steps."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as opened:
        picture = opened.convert("RGBA")
    colours = picture.convert("RGB")
    if colours.getcolors(maxcolors=1) is not None:
        colours = colours.crop((0, 0, 1, 1))
    return Ink(
        size=picture.size, mask=_in_halves(picture.getchannel("A")), colour_size=colours.size, colours=colours.tobytes()
    )


def _in_halves(mask: Image.Image) -> bytes:
    """Four bits a pixel, each row from a byte of its own."""
    width, height = mask.size
    values = mask.point(lambda value: (value + 8) // 17).tobytes()
    rows = bytearray()
    for start in range(0, width * height, width):
        row = values[start : start + width] + b"\0" * (width % 2)
        rows.extend(left << 4 | right for left, right in zip(row[::2], row[1::2], strict=True))
    return bytes(rows)
