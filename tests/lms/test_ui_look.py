"""What the stylesheet promises: contrast of every pair of colours, by day and by night, and sizes within the budget."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

TEXT, SHAPE = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11

ON_GROUNDS = [
    (text, ground, TEXT)
    for ground in ("paper", "surface", "sunken")
    for text in ("ink", "muted", "accent", "accent-hover", "bad")
]
TONES = [(tone, f"{tone}-soft", TEXT) for tone in ("ok", "warn", "bad", "accent")]
ON_TONES = [("ink", f"{tone}-soft", TEXT) for tone in ("ok", "warn", "bad", "accent")]
CONTROLS = [("on-accent", "accent", TEXT), ("on-accent", "accent-hover", TEXT), ("surface", "bad", TEXT)]
CLOTH = [
    ("on-cloth", "cloth", TEXT),
    ("on-cloth-muted", "cloth", TEXT),
    ("cloth-focus", "cloth", SHAPE),
    ("ochre", "cloth", SHAPE),
]
SHAPES = [(shape, ground, SHAPE) for shape in ("line-strong", "focus", "red") for ground in ("paper", "surface")]
CHARTS = [(f"chart-{n}", ground, SHAPE) for n in range(1, 5) for ground in ("paper", "surface")]
PAIRS = ON_GROUNDS + TONES + ON_TONES + CONTROLS + CLOTH + SHAPES + CHARTS


def static_bytes(name: str) -> bytes:
    with open(finders.find(name), "rb") as file:
        return file.read()


def tokens(mode: str) -> dict[str, str]:
    """The colours of :root; at night the later ones win."""
    css = static_bytes("ui/ui.css").decode()
    day, night = (
        re.search(start + r"\s*{(.*?)}", css, re.DOTALL | re.MULTILINE).group(1)
        for start in (r"^:root", r"dark\) {\s*:root")
    )
    declared = day + night if mode == "dark" else day
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", declared))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_pair_of_colours_can_be_read(mode):
    colours = tokens(mode)
    weak = {
        f"{front} on {back}": round(contrast(colours[front], colours[back]), 2)
        for front, back, least in PAIRS
        if contrast(colours[front], colours[back]) < least
    }
    assert weak == {}


def test_the_night_changes_every_colour_the_day_declares_but_the_cloth():
    day, night = tokens("light"), tokens("dark")
    same = {name for name in day if day[name] == night[name]}
    assert same == {"cloth", "on-cloth", "on-cloth-muted", "cloth-line", "cloth-focus", "ochre"}


def test_style_and_script_stay_small():
    assert len(static_bytes("ui/ui.css")) < 30_000
    scripts = [static_bytes("ui/app.js"), static_bytes("django_htmx/htmx-2.min.js")]
    assert sum(len(gzip.compress(script)) for script in scripts) < 30_000


@pytest.mark.parametrize("name", ["gallery", "account_login"])
def test_a_first_visit_stays_under_100_kb(db, name):
    client = Client()
    html = client.get(reverse(name)).content
    assert b"http://" not in html.replace(b"http://www.w3.org", b"")  # nothing from elsewhere
    named = re.findall(rb'(?:src|href)="(/static/[^"]+)"', html)
    assert len(named) >= 4
    sent = [html] + [b"".join(client.get(address.decode()).streaming_content) for address in set(named)]
    sent += [static_bytes("ui/band.svg"), static_bytes("ui/weave.svg")]  # named in the stylesheet
    assert sum(len(gzip.compress(part)) for part in sent) < 100_000


def test_nothing_runs_from_within_the_page(db):
    html = Client().get(reverse("gallery")).content.decode()
    assert re.findall(r"<script(?![^>]* src=)[^>]*>", html) == []
    assert re.findall(r"\son\w+=", html) == []
    assert re.findall(r"\sstyle=", html) == []
