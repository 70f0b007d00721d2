"""Text set on paper: the one module that imports WeasyPrint. Half a second and 60 MB, so import it late.

Reading fonts and style sheets takes longer than setting a page: both serve every page of the process.
"""

from collections.abc import Callable, Iterable

import pydyf
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration

FONTS = FontConfiguration()

Finisher = Callable[[Document, pydyf.PDF], None]


def style_of(css: str) -> CSS:
    """A style sheet, parsed once and used for many documents."""
    return CSS(string=css, font_config=FONTS)


def lay_out(html: str, style: CSS) -> Document:
    """Pages from HTML that names nothing outside itself."""
    return HTML(string=html).render(stylesheets=[style], font_config=FONTS)


def bind(documents: Iterable[Document], *, finisher: Finisher | None = None) -> bytes:
    """One PDF of all pages in the given order, with the bookmarks of each."""
    first, *rest = documents
    pages = [*first.pages, *(page for document in rest for page in document.pages)]
    return first.copy(pages).write_pdf(finisher=finisher)
