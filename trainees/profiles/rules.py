"""What a profile may hold, and what of a photograph is kept."""

import datetime
import io

from PIL import Image, ImageOps, UnidentifiedImageError

from trainees.registry.identity import ADULT_AT

# Two inches at 200 dots: enough for the paper form, too small for anything else.
PHOTO_SIZE = (276, 372)
PHOTO_QUALITY = 80
# A telephone's largest picture; beyond it a small file may unpack into gigabytes.
MOST_PIXELS = 60_000_000


def needs_guardian(birth_date: datetime.date | None, today: datetime.date) -> bool:
    """PIPL art. 31: for a person under 14 a guardian decides."""
    if birth_date is None:
        return False
    age = today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))
    return age < ADULT_AT


def small_photo(content: bytes) -> bytes | None:
    """The picture upright, small, as JPEG, without the place and device a camera writes into it; None if it is none."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    upright.thumbnail(PHOTO_SIZE)
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=PHOTO_QUALITY, optimize=True)
    return out.getvalue()
