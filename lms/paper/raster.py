"""A page of a PDF as a picture for the screen: what would be printed, shown as it is."""

import io
import threading

import pypdfium2

# PDFium keeps its state in globals: one page at a time.
_LOCK = threading.Lock()


def page_count(content: bytes) -> int:
    with _LOCK:
        document = pypdfium2.PdfDocument(content)
        try:
            return len(document)
        finally:
            document.close()


def png(content: bytes, *, width: int, page: int = 0) -> bytes:
    """`width` in pixels; few colours, so that it travels over a village line."""
    with _LOCK:
        document = pypdfium2.PdfDocument(content)
        try:
            sheet = document[page]
            picture = sheet.render(scale=width / sheet.get_width()).to_pil().convert("RGB")
        finally:
            document.close()
    out = io.BytesIO()
    picture.quantize(48, method=2, dither=0).save(out, "PNG", optimize=True)
    return out.getvalue()
