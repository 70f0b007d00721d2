"""What the page's template prints of one certificate: its design filled with its facts, and the sizes of the type."""

from collections.abc import Iterator

from . import wording
from .enums import Paper
from .layouts import LAYOUTS, Layout
from .models import Certificate
from .models.designs import Wording
from .values import values_of

HERE = "\0"  # stands for the value that is set apart within a line


def around(text: str, code: str, values: dict[str, str]) -> tuple[str, str]:
    """What stands before and behind a field."""
    before, _here, after = wording.filled(text, {**values, code: HERE}).partition(HERE)
    return before, after.replace(HERE, values[code])


def name_size(name: str) -> str:
    """The style class for long names: 欧阳娜娜 stands large, 阿布都热依木·买买提艾力 smaller, 50 in two lines."""
    if len(name) <= 7:
        return ""
    return "long" if len(name) <= 14 else "longest"


def title_size(title: str, layout: Layout) -> str:
    large, smaller = layout.title
    if len(title) <= large:
        return ""
    return "long" if len(title) <= smaller else "longest"


def closing_lines(design: Wording, values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(style class, line): the issuer stands large, English small, and so do the days."""
    for line in design.closing.splitlines():
        fields = wording.fields_in(line)
        said = wording.filled(line, values).strip()
        if not said:
            continue
        if "issuer" in fields:
            yield "issuer", said
        else:
            yield ("issuer-en" if any(field.endswith("_en") for field in fields) else "issued"), said


def sheet_of(certificate: Certificate, design: Wording) -> dict:
    values = values_of(certificate)
    layout = LAYOUTS[Paper(design.paper)]
    before, after = around(design.holder, "name", values)
    number_before, number_after = around(design.number_line, "number", values)
    sheet = {
        "paper": design.paper,
        "address": certificate.check_address,
        "name": certificate.name,
        "name_size": name_size(certificate.name),
        "before": before,
        "after": after,
        "title": design.title,
        "title_size": title_size(design.title, layout),
        "title_en": design.title_en,
        "title_en_size": "long" if len(design.title_en) > layout.title_en else "",
        "number": certificate.number,
        "number_before": number_before,
        "number_after": number_after,
        "number_size": "long" if len(certificate.number) > 24 else "",
        "signer": wording.filled(design.signer, values),
        "closing": list(closing_lines(design, values)),
    }
    boxes = (("identity", layout.identity), ("text", layout.body), ("text_en", layout.translation))
    for name, box in boxes:
        said = wording.filled(getattr(design, name), values).strip()
        size = box.size_for(said) or box.sizes[-1]
        sheet |= {name: said, f"{name}_size": size.name}
    return sheet


def too_long(certificate: Certificate, design: Wording) -> list[str]:
    """The texts that even the smallest type cannot hold, filled with these facts."""
    values = values_of(certificate)
    layout = LAYOUTS[Paper(design.paper)]
    boxes = (("identity", layout.identity), ("text", layout.body), ("text_en", layout.translation))
    return [name for name, box in boxes if box.size_for(wording.filled(getattr(design, name), values).strip()) is None]
