"""The back of a certificate: how anybody checks it, in both languages. Import it only where something is printed."""

from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string

from lms.paper import setting
from lms.paper.imposing import MM


@lru_cache(maxsize=8)
def explanation(width: float, height: float) -> bytes:
    """For a front of this size in points; smaller paper takes smaller type."""
    size = {"width": round(width / MM, 2), "height": round(height / MM, 2)}
    # 148 mm is the short side of A5, 210 that of A4: 10.5 points there, 15.5 here.
    points = round(max(7.0, min(15.5, 10.5 + (min(size.values()) - 148) * 5 / 62)), 2)
    style = setting.style_of(render_to_string("certificates/back.css", {**size, "points": points}))
    html = render_to_string("certificates/back.html", {"address": f"{settings.SITE_URL}/verify/"})
    return setting.tagged(html, style)
