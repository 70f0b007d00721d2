"""What stands against a design, each sentence beside the field it is about."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from . import samples, sheets, wording
from .enums import CertificateKind
from .freezing import PICTURES
from .models import CertificateDesign, DesignVersion


def errors_of(design: CertificateDesign, *, draft: bool) -> Iterator[tuple[str, str]]:
    """(field, sentence). A draft may still lack something; what must not be printed is refused at once."""
    wrong = {}
    for name in wording.TEXTS:
        sentence = wording.wrong_text(name, getattr(design, name) or "")
        if sentence:
            wrong[name] = sentence
        elif design.kind == CertificateKind.ATTENDANCE and "assessed" in wording.fields_in(getattr(design, name) or ""):
            wrong[name] = _(
                "{assessed} says that an assessment was passed. Who gets a certificate of attendance has not passed: "
                "take the field out."
            )
    yield from wrong.items()
    for name in PICTURES:
        image = getattr(design, name)
        word = wording.emblem_in(image.title, image.file.name) if image else ""
        if word:
            yield (
                name,
                _(
                    "“%(word)s” must not stand on a training certificate: with an emblem or a flag it would pass "
                    "for one of the state. Choose the centre's own seal."
                )
                % {"word": word},
            )
    if draft or wrong:
        return
    yield from wording.missing_fields(design)
    yield from _without_room(design)


def _without_room(design: CertificateDesign) -> Iterator[tuple[str, str]]:
    words = {name: getattr(design, name) for name in CertificateDesign.CONTENT}
    version = DesignVersion(**words)
    for name in sheets.too_long(samples.fullest(version), version):
        yield (
            name,
            _(
                "This is too long for the paper: with the longest titles it would run into what stands below it. "
                "Shorten it."
            ),
        )
