"""The work of a print run, part by part. Import it only where something is printed: it brings WeasyPrint."""

from collections.abc import Sequence

from lms.accounts.models import Agent, User
from lms.paper import binding, imposing
from lms.paper.binding import Arrange
from lms.paper.fonts import missing_glyphs
from trainees.registry.enums import Limit

from . import actions, back, pdf, queries
from .enums import CertificateState, PrintBack, PrintKind, PrintLayout, Stopped
from .models import Certificate, PrintItem, PrintRun


def print_part(*, by: User | Agent, run: PrintRun, number: int) -> None:
    """Make part `number` and keep it; nothing happens when it is there already."""
    printed: list[PrintItem] = []
    stopped: list[tuple[PrintItem, Stopped]] = []
    for item in queries.items_of_part(run, number):
        why = why_not(item.certificate)
        if why:
            stopped.append((item, why))
        else:
            printed.append(item)
    content = _content(run, [item.certificate for item in printed]) if printed else b""
    actions.keep_part(by=by, run=run, number=number, content=content, printed=printed, stopped=stopped)


def why_not(certificate: Certificate) -> Stopped | None:
    """Asked when it is printed, not when it was ordered: a certificate may end and a file be restricted meanwhile."""
    if certificate.state != CertificateState.VALID:
        return Stopped(certificate.state)
    if certificate.trainee.stopped == Limit.RESTRICTED:
        return Stopped.RESTRICTED
    return Stopped.MISSING_GLYPH if missing_glyphs(certificate.printed_text) else None


def _content(run: PrintRun, certificates: Sequence[Certificate]) -> bytes:
    if run.kind == PrintKind.SHEETS:
        return pdf.print_sheets(certificates, title=run.title)
    return binding.zipped((f"{each.number}.pdf", pdf.signed(each)) for each in certificates)


def bind(run: PrintRun) -> None:
    """The sheets of all parts as one file. A zip is bound while it is sent: it would be too large to hold."""
    if run.kind != PrintKind.SHEETS:
        return
    content = binding.one_pdf(
        queries.files_of(run), bookmarks=queries.bookmarks_of(run), title=f"证书 {run.title}", arrange=arrangement(run)
    )
    actions.keep_bound(run=run, content=content)


def arrangement(run: PrintRun) -> Arrange | None:
    """What was ordered about backs, marks and two on a sheet; nothing to do for most runs."""
    if (run.layout, run.back) == (PrintLayout.PLAIN, PrintBack.NONE):
        return None
    behind = {PrintBack.NONE: None, PrintBack.BLANK: _empty, PrintBack.EXPLAINED: back.explanation}[PrintBack(run.back)]
    return lambda document: imposing.impose(document, layout=imposing.Layout(run.layout), back=behind)


def _empty(_width: float, _height: float) -> None:
    return None
