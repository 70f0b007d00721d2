"""Text set on paper: the one module that imports WeasyPrint. Half a second and 60 MB, so import it late.

What every page of a process shares is read once: the fonts, the style sheet, the drawing beneath. WeasyPrint's own
fetcher loads the machine's CA certificates for each document, twice the time of setting the text: nothing is fetched
here, and a page that names something outside itself finds only the pictures it was given.
"""

import gc
import io
import logging
import os
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pydyf
from django.conf import settings
from PIL import ImageCms
from weasyprint import CSS, HTML, Attachment
from weasyprint.css import ColorProfile
from weasyprint.document import Document
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from .inks import Ink

MM = 72 / 25.4

FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{folder}/cache</cachedir></fontconfig>
"""


@contextmanager
def pinned(folder: Path) -> Iterator[None]:
    """Only while fontconfig reads: a browser started by this process later keeps the fonts of the system."""
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
        conf.write(FONTS_CONF.format(folder=folder))
        conf.flush()
        os.environ["FONTCONFIG_FILE"] = conf.name
        try:
            yield
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before


# Our fonts and no others: a missing one shows at once, and is not quietly replaced by whatever the machine has.
with pinned(Path(settings.PAPER_FONTS)):
    FONTS = FontConfiguration()

# Pages are knots of objects that only the collector unties, and it would walk through the whole program for each:
# with what is here already out of its sight a page costs a fifth less.
gc.collect()
gc.freeze()


# Pango's font map is one for the process and minds no second thread: two pages set at the same moment lose their
# glyphs, and so do all later ones. Whoever sets text or writes it waits here.
ONE_AT_A_TIME = threading.RLock()


class Pictures(URLFetcher):
    """Answers `picture:NAME` from the given bytes, and refuses every other address."""

    def __init__(self, pictures: Mapping[str, bytes] | None = None):
        self.pictures = pictures or {}

    def fetch(self, url: str, headers: dict | None = None) -> URLFetcherResponse:
        scheme, _colon, name = url.partition(":")
        if scheme != "picture" or name not in self.pictures:
            raise ValueError(f"The page names {url[:80]}, which it was not given.")
        return URLFetcherResponse(url, self.pictures[name])


NO_PICTURES = Pictures()


def _srgb() -> ColorProfile:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return ColorProfile(io.BytesIO(profile), "sRGB", "relative-colorimetric", (["r"], ["g"], ["b"]))


# The colours of the archival files, defined.
SRGB = _srgb()


class GlyphMissing(Exception):
    """A page would show a box. Names are checked before; this is the second net, under everything else on the page."""


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.boxes: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if ".notdef" in record.getMessage():
            self.boxes.append(record.getMessage())


@contextmanager
def boxes_are_errors() -> Iterator[None]:
    """WeasyPrint only says in its log that it drew a box for a character."""
    listener = _Listener()
    with ONE_AT_A_TIME:
        LOGGER.addHandler(listener)
        try:
            yield
        finally:
            LOGGER.removeHandler(listener)
    if listener.boxes:
        raise GlyphMissing(f"{len(listener.boxes)} characters have no glyph.")


@dataclass(frozen=True)
class Laid:
    """An ink, and the box it fills in the drawing's millimetres."""

    ink: Ink
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, eq=False)
class Ground:
    """Drawing operators in millimetres from the top left corner, which stand in the file once.

    `motifs`: what the drawing repeats by name. `scale`: the page may be a smaller copy of the drawing.
    """

    shared: bytes
    motifs: Mapping[str, bytes]
    width: float
    height: float
    inks: Mapping[str, Laid] = field(default_factory=dict)
    scale: float = 1.0


@dataclass(frozen=True)
class Beneath:
    """What lies under the text of each page: a ground that pages share, and each page's own drawing operators."""

    pages: Sequence[tuple[Ground, str]]


@dataclass(frozen=True)
class Record:
    """A file that a machine reads, attached to the page it says the same as."""

    name: str
    content: bytes
    description: str


def style_of(css: str) -> CSS:
    """A style sheet, parsed once and used for many documents."""
    return CSS(string=css, font_config=FONTS, url_fetcher=NO_PICTURES)


def lay_out(html: str, style: CSS, *, pictures: Mapping[str, bytes] | None = None) -> Document:
    fetcher = Pictures(pictures) if pictures else NO_PICTURES
    with ONE_AT_A_TIME:
        return HTML(string=html, url_fetcher=fetcher).render(stylesheets=[style], font_config=FONTS)


def tagged(html: str, style: CSS) -> bytes:
    """A form or a file on plain paper: a tagged PDF that a reading voice can follow."""
    document = lay_out(html, style)
    with boxes_are_errors():
        return document.write_pdf(pdf_tags=True) or b""


def sheets(document: Document, *, beneath: Beneath) -> bytes:
    """A PDF for the printer: small, neither tagged nor archival."""
    with boxes_are_errors():
        content = document.write_pdf(finisher=_drawing(beneath)) or b""
    document.pages.clear()
    gc.collect()  # before the next pages come on top of these
    return content


def archival(document: Document, *, beneath: Beneath, record: Record) -> bytes:
    """PDF/A-3a and PDF/UA-1: tagged, colours defined, with the record attached as its source."""
    attachment = Attachment(
        file_obj=io.BytesIO(record.content), name=record.name, description=record.description, relationship="Source",
        base_url=None, url_fetcher=NO_PICTURES,
    )  # fmt: skip
    document.color_profiles["srgb"] = SRGB
    with boxes_are_errors():
        content = document.write_pdf(
            # Any value but "srgb": WeasyPrint's own profile is four times as large, and it forgets to close the file.
            finisher=_archival(beneath), pdf_variant="pdf/a-3a", output_intent="given", attachments=[attachment],
        )  # fmt: skip
    return content or b""


Finisher = Callable[[Document, pydyf.PDF], None]


class Packed(pydyf.Stream):
    """A stream that was compressed before."""

    @property
    def data(self) -> bytes:
        head = pydyf.Dictionary({**self.extra, "Filter": "/FlateDecode", "Length": len(self.stream[0])})
        return b"\n".join((head.data, b"stream", self.stream[0], b"endstream"))


_PACKED: dict[bytes, bytes] = {}


def packed(content: bytes) -> bytes:
    """Compressed as small as can be, once per process."""
    if content not in _PACKED:
        _PACKED[content] = zlib.compress(content, 9)
    return _PACKED[content]


def _form(pdf: pydyf.PDF, content: bytes, box: Sequence[float], **extra: object) -> bytes:
    form = Packed([packed(content)], {"Type": "/XObject", "Subtype": "/Form", "BBox": pydyf.Array(box), **extra})
    pdf.add_object(form)
    return form.reference


def _ink(pdf: pydyf.PDF, ink: Ink) -> bytes:
    """An image of its colours behind a mask of its form."""
    kind = {"Type": "/XObject", "Subtype": "/Image"}

    def image(size: tuple[int, int], content: bytes, space: str, bits: int, **extra: object) -> bytes:
        facts = {"Width": size[0], "Height": size[1], "ColorSpace": space, "BitsPerComponent": bits}
        stream = Packed([packed(content)], {**kind, **facts, **extra})
        pdf.add_object(stream)
        return stream.reference

    mask = image(ink.size, ink.mask, "/DeviceGray", 4)
    return image(ink.colour_size, ink.colours, "/DeviceRGB", 8, SMask=mask)


def _ground(pdf: pydyf.PDF, ground: Ground) -> bytes:
    # A motif may be laid anywhere: its box is generous.
    around = (-ground.width, -ground.height, ground.width, ground.height)
    named = {name: _form(pdf, content, around) for name, content in ground.motifs.items()}
    shared = ground.shared
    for name, laid in ground.inks.items():
        named[name] = _ink(pdf, laid.ink)
        place = f"{laid.width:.3f} 0 0 {-laid.height:.3f} {laid.left:.3f} {laid.top + laid.height:.3f}"
        shared += f"\nq {place} cm /{name} Do Q".encode()
    resources = pydyf.Dictionary({"XObject": pydyf.Dictionary(named)})
    return _form(pdf, shared, (0, 0, ground.width, ground.height), Resources=resources)


def _drawing(beneath: Beneath) -> Finisher:
    def finish(document: Document, pdf: pydyf.PDF) -> None:
        pages = [item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/Page"]
        resources = pdf.objects[int(pages[0]["Resources"].split()[0])]
        names: dict[Ground, str] = {}
        for page, (ground, own) in zip(pages, beneath.pages, strict=True):
            if ground not in names:
                names[ground] = f"Beneath{len(names) or ''}"
                resources["XObject"][names[ground]] = _ground(pdf, ground)
            unit = MM * ground.scale
            axes = f"{unit:.6f} 0 0 {-unit:.6f} 0 {ground.height * unit:.4f} cm"
            # An artifact: nothing that a reading voice should speak.
            drawing = f"/Artifact BMC q {axes} /{names[ground]} Do {own} Q EMC"
            stream = pydyf.Stream([drawing.encode()], compress=True)
            pdf.add_object(stream)
            page["Contents"] = pydyf.Array([stream.reference, page["Contents"]])

    return finish


# PDF/A wants every property of the metadata that it does not know itself described beside it.
UNIVERSAL_ACCESS = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


def _archival(beneath: Beneath) -> Finisher:
    """WeasyPrint writes one standard into the metadata; the file keeps two."""
    draw = _drawing(beneath)

    def finish(document: Document, pdf: pydyf.PDF) -> None:
        draw(document, pdf)
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))  # WeasyPrint names each file twice
        for item in pdf.objects:
            if isinstance(item, pydyf.Stream) and item.extra.get("Type") == "/Metadata":
                item.stream = [b"".join(item.stream).replace(b"</rdf:RDF>", UNIVERSAL_ACCESS)]
            # Whoever hears the page is told where a link leads.
            if isinstance(item, dict) and item.get("Subtype") == "/Link" and "Contents" not in item:
                item["Contents"] = item["A"]["URI"]

    return finish
