"""Evidence as it is handed in: a scan or a photograph, known by what it holds and not by its name."""

import io
import warnings

from PIL import Image

# What the content begins with, and the media type it is served as.
TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
PICTURES = {"JPEG": "jpg", "PNG": "png"}
# A page of A4 at 600 dpi has 35 million; a picture that claims more is there to fill the memory.
MOST_PIXELS = 80_000_000


def document_type(content: bytes) -> str:
    """pdf, jpg, png, or '' for anything else, however it is named."""
    # Scanners put a few bytes before the mark of a PDF.
    if b"%PDF-" in content[:1024]:
        return "pdf" if b"%%EOF" in content[-2048:] else ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(PICTURES)) as picture:
                kind, size = PICTURES[picture.format or ""], picture.width * picture.height
                picture.verify()
    except (OSError, ValueError, SyntaxError, KeyError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return ""
    return kind if size <= MOST_PIXELS else ""
