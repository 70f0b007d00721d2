"""A design looked at: sample certificates as they would be printed. Import it late: it brings WeasyPrint."""

import base64
from dataclasses import dataclass

from lms.paper import raster
from lms.paper.fonts import in_words, missing_glyphs
from lms.refusals import Refused

from . import pdf, samples
from .freezing import frozen
from .models import CertificateDesign, DesignVersion

WIDTH = 1100  # pixels: the small print is still read on the screen


@dataclass(frozen=True)
class Look:
    """One sample, or the sentence that says why there is none."""

    name: str
    picture: bytes = b""
    # Characters that the fonts lack, in words: with this name nothing is printed.
    missing: str = ""
    refusal: str = ""

    @property
    def address(self) -> str:
        """For a draft, which has no page of its own."""
        return f"data:image/png;base64,{base64.b64encode(self.picture).decode()}"


def sheet(design: DesignVersion, *, mode: str, name: str = "") -> bytes:
    """The PDF of one sample. Refuses a name the fonts cannot show."""
    sample = samples.certificate(design, mode=mode, name=name)
    pdf.refuse_missing_glyphs(number=sample.number, text=sample.printed_text)
    return pdf.print_sheets([sample], title=sample.number)


def look(design: DesignVersion, *, mode: str, name: str = "") -> Look:
    sample = samples.certificate(design, mode=mode, name=name)
    missing = missing_glyphs(sample.printed_text)
    if missing:
        return Look(sample.name, missing=in_words(missing))
    return Look(sample.name, raster.png(sheet(design, mode=mode, name=name), width=WIDTH))


def look_at_draft(design: CertificateDesign, mode: str) -> Look:
    """What stands on the form, unsaved."""
    try:
        return look(frozen(design), mode=mode)
    except Refused as refusal:
        return Look("", refusal=str(refusal.message))
