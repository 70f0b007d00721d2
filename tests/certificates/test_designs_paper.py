"""What a design prints: every paper, every cloth, the longest names, mixed print runs; compared with approved pictures.

A picture that is meant to change: delete it in `approved/`, run this file twice, look at the new one, commit it.
"""

import io
import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from django.conf import settings
from PIL import Image, ImageChops, ImageDraw, ImageStat

from certificates import layouts, pdf, pictures, samples
from certificates.default_designs import DEFAULTS
from certificates.enums import CertificateKind, Motif, Paper
from certificates.models import DesignVersion
from lms.paper import codes, raster
from lms.refusals import Refused

APPROVED = Path(__file__).parent / "approved"
# The share of the page that may differ; one changed character of a title is twice as much.
TOLERANCE = 0.0008
SIZES = {"a4l": (842, 595), "a4p": (595, 842), "a5l": (595, 421), "a5p": (421, 595)}
BY_KIND = {facts["kind"]: facts for facts in DEFAULTS}


def version(kind=CertificateKind.COMPLETION, **changes) -> DesignVersion:
    return DesignVersion(**{**BY_KIND[kind], "version": 1, "digest": "0" * 64, **changes})


def opened(content: bytes) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(io.BytesIO(content))


def size_of(page) -> tuple[int, int]:
    return tuple(round(side) for side in page.get_size())


def text_of(page) -> str:
    return page.get_textpage().get_text_range().replace("\r\n", "").replace(" ", "")


def picture_of(certificate) -> Image.Image:
    return Image.open(io.BytesIO(raster.png(pdf.print_sheets([certificate], title="x"), width=500))).convert("L")


def far(one: Image.Image, other: Image.Image) -> float:
    """How much of the page differs by more than antialiasing does, from 0 to 1."""
    return ImageStat.Stat(ImageChops.difference(one, other).point(lambda value: 255 if value > 60 else 0)).mean[0] / 255


@pytest.mark.parametrize("kind", CertificateKind)
@pytest.mark.parametrize("mode", ["ordinary", "longest"])
def test_the_shipped_designs_look_as_approved(kind, mode):
    picture = picture_of(samples.certificate(version(kind), mode=mode))
    kept = APPROVED / f"{kind}-{mode}.png"
    if not kept.exists():
        picture.quantize(16).save(kept, optimize=True)
        pytest.fail(f"{kept.name} was not there and has been drawn: look at it and commit it.")
    approved = Image.open(kept).convert("L")
    assert approved.size == picture.size
    assert far(approved, picture) < TOLERANCE


def test_another_word_is_no_small_difference():
    """The tolerance above is tight enough to see one line that changed."""
    drawn = [
        Image.open(io.BytesIO(raster.png(pdf.print_sheets([samples.certificate(each)], title="x"), width=500))).convert(
            "L"
        )
        for each in (version(), version(title="毕业证书"))
    ]
    assert far(*drawn) > TOLERANCE


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("motif", Motif)
def test_every_paper_with_the_longest_name(paper, motif):
    certificate = samples.certificate(version(paper=paper, motif=motif), mode="longest")
    document = opened(pdf.print_one(certificate))
    assert [size_of(page) for page in document] == [SIZES[paper]]
    assert certificate.name in text_of(document[0])
    assert codes.read(document[0].render(scale=3).to_pil()) == [certificate.check_address]


@pytest.mark.parametrize("kind", CertificateKind)
@pytest.mark.parametrize("paper", Paper)
def test_the_fullest_certificate_stays_on_one_page_and_off_its_foot(kind, paper):
    """Every field as long as the register takes it: no line reaches the code."""
    certificate = samples.fullest(version(kind, paper=paper))
    document = opened(pdf.print_sheets([certificate], title="x"))
    assert len(document) == 1
    page = document[0]
    scale = layouts.scale_of(paper)
    foot = page.get_height() - layouts.LAYOUTS[paper].code.top * scale * 72 / 25.4
    text = page.get_textpage()
    for char in ("课", "班", "赛", "奖"):
        found, at = text.search(char * 5), None
        while (at := found.get_next()) is not None:
            _left, bottom, _right, _top = text.get_charbox(at[0] + at[1] - 1)
            assert bottom > foot


def test_a_run_of_mixed_designs_keeps_its_order():
    papers = ["a4l", "a5p", "a4l", "a4p", "a5l", "a5p"]
    certificates = [samples.certificate(version(paper=paper), name=f"艾{n}") for n, paper in enumerate(papers)]
    document = opened(pdf.print_sheets(certificates, title="x"))
    assert [size_of(page) for page in document] == [SIZES[paper] for paper in papers]
    assert [f"艾{n}" in text_of(page) for n, page in enumerate(document)] == [True] * 6
    marks = [(mark.get_title(), mark.get_dest().get_index()) for mark in document.get_toc()]
    assert marks == [(f"{each.number} {each.name}", at) for at, each in enumerate(certificates)]


def test_pages_of_one_design_share_its_drawing():
    one = version(seal=seal())
    few, many = (
        len(pdf.print_sheets([samples.certificate(one, name=f"艾{n % 10}") for n in range(count)], title="x"))
        for count in (2, 22)
    )
    assert (many - few) / 20 < 3_000


def seal(colour=(190, 20, 30)) -> bytes:
    drawn = Image.new("RGB", (500, 500), "white")
    ImageDraw.Draw(drawn).ellipse((20, 20, 480, 480), outline=colour, width=30)
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return pictures.prepared(io.BytesIO(out.getvalue()), title="印章")


def test_a_seal_lies_on_the_page_without_its_white_ground():
    plain, sealed = (
        opened(pdf.print_one(samples.certificate(each)))[0].render(scale=2).to_pil().convert("RGB")
        for each in (version(), version(seal=seal()))
    )
    box = ImageChops.difference(plain, sealed).getbbox()
    place = layouts.LANDSCAPE.seal
    wanted = [
        side * 2 * 72 / 25.4 for side in (place.left, place.top, place.left + place.width, place.top + place.height)
    ]
    assert all(abs(one - other) < 4 for one, other in zip(box, wanted, strict=True))
    # Beside the ring, within its box, the ground of the page still shows.
    corner = (round(wanted[0]) + 8, round(wanted[1]) + 8)
    assert plain.getpixel(corner) == sealed.getpixel(corner)


def test_the_archival_file_with_a_seal_is_small_and_names_its_design():
    content = pdf.print_one(samples.certificate(version(seal=seal(), signature=seal((20, 20, 80)), signer="中心主任")))
    assert len(content) < 40_000
    with pikepdf.open(io.BytesIO(content)) as document:
        record = document.attachments["certificate.json"].get_file().read_bytes().decode()
        assert document.Root.MarkInfo.Marked
    assert '"digest": "' + "0" * 64 in record


def test_a_picture_of_two_colours_keeps_them():
    drawn = Image.new("RGB", (200, 100), (200, 30, 30))
    ImageDraw.Draw(drawn).rectangle((100, 0, 200, 100), fill=(20, 60, 200))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    ink = pictures.ink_of(pictures.prepared(io.BytesIO(out.getvalue()), title="x"))
    assert ink.colour_size == (200, 100)


@pytest.mark.parametrize(
    ("content", "code"), [(b"no picture", "picture_unreadable"), (b"", "picture_unreadable"), (None, "picture_empty")]
)
def test_what_is_no_picture_is_refused(content, code):
    if content is None:
        out = io.BytesIO()
        Image.new("RGB", (50, 50), "white").save(out, "PNG")
        content = out.getvalue()
    with pytest.raises(Refused) as refusal:
        pictures.prepared(io.BytesIO(content), title="印章")
    assert (refusal.value.code, "印章" in refusal.value.message) == (code, True)


FOUR_AT_ONCE = """
import threading, django
django.setup()
from certificates import samples
from certificates.default_designs import DEFAULTS
from certificates.models import DesignVersion
version, start, made = DesignVersion(**DEFAULTS[0], version=1, digest=""), threading.Barrier(4), []
def work():
    start.wait()
    from certificates import pdf
    made.extend(len(pdf.print_sheets([samples.certificate(version)], title="x")) for _ in range(2))
threads = [threading.Thread(target=work) for _ in range(4)]
[each.start() for each in threads]
[each.join() for each in threads]
print(len(made), len(set(made)))
"""


def test_four_people_open_a_certificate_at_the_same_moment():
    """The first pages of a web process, all at once: the layout engine has one font map and minds a second thread."""
    found = subprocess.run(
        [sys.executable, "-c", FOUR_AT_ONCE], capture_output=True, text=True, timeout=120, check=False,
        cwd=Path(__file__).parents[2], env=environment(),
    )  # fmt: skip
    assert (found.stdout.split(), found.returncode) == (["8", "1"], 0), found.stderr[-2000:]


def environment() -> dict[str, str]:
    return {
        **os.environ, "DJANGO_SETTINGS_MODULE": "lms.settings", "SECRET_KEY": "x" * 50,
        "FIELD_KEYS": settings.FIELD_KEYS, "FIELD_INDEX_KEY": settings.FIELD_INDEX_KEY,
        "SIGNING_KEYS": settings.SIGNING_KEYS, "SITE_URL": settings.SITE_URL,
    }  # fmt: skip
