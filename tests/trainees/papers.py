"""Small files for tests of evidence, and numbers of certificates that no living person holds."""

import io

from PIL import Image

from tests.cast import synthetic_id

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, kind)
    return out.getvalue()


def disability_number(n: int, tail: str = "43") -> str:
    """Of the person whose ID is synthetic_id(n): physical, third grade."""
    return synthetic_id(n) + tail
