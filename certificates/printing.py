"""The work of a print run, part by part. Import it only where something is printed: it brings WeasyPrint."""

from collections.abc import Sequence

from lms.accounts.models import Agent, User
from lms.paper import binding
from lms.paper.fonts import missing_glyphs
from trainees.registry.enums import Limit

from . import actions, pdf, queries
from .enums import CertificateState, PrintKind, Stopped
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
