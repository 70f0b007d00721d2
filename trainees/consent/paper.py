"""The paper form of the consents. Import it only where something is printed: it brings WeasyPrint."""

from collections.abc import Sequence

from django.template.loader import render_to_string

from lms.paper import setting
from trainees.registry.models import Trainee

from .enums import ConsentKind
from .models import ConsentText

STYLE = setting.style_of(render_to_string("trainees/consent/print.css"))


def form_of(texts: dict[ConsentKind, ConsentText], *, heading: str, people: Sequence[Trainee], empty: int) -> bytes:
    """The texts in full, then a list to sign: the people's names first, then empty lines."""
    lines = [*people, *([None] * empty)]
    html = render_to_string(
        "trainees/consent/print.html",
        {
            "texts": [(text, text.body.split("\n\n")) for text in texts.values()],
            "columns": [{"ordinary": "一般", "sensitive": "敏感", "publication": "公开"}[kind] for kind in texts],
            "heading": heading,
            "lines": lines,
        },
    )
    return setting.tagged(html, STYLE)
