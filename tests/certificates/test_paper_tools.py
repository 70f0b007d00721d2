"""The paper judged by other people's tools, and compared with the pictures that were approved."""

import csv
import datetime
import io
import re
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

from certificates import pdf
from certificates.default_designs import DEFAULTS
from certificates.models import Certificate, DesignVersion
from lms.paper import fonts
from trainees.registry.enums import IdKind

DATA = Path(__file__).parents[1] / "data"
APPROVED = DATA / "approved"
NAMES = [row["name"] for row in csv.DictReader((DATA / "name_samples.csv").read_text(encoding="utf-8").splitlines())]
TOLERANCE = 2.0  # of 255, on average: other builds of the same libraries smooth edges a little differently


def certificate(name: str = "田艾嘎", **facts) -> Certificate:
    day = datetime.date
    return Certificate(
        **{
            "design": DesignVersion(**DEFAULTS[0], version=1, digest="0" * 64),
            "number": "CY530927-2018-00001-8", "token": "approved-token-000001", "name": name,
            "id_kind": IdKind.RESIDENT,
            "id_number": "533528196001019971", "course_title": "农村电子商务基础",
            "course_title_en": "Foundations of rural e-commerce", "class_code": "C1",
            "class_title": "2018年第三期农村电子商务创业培训班", "hours": 16, "first_day": day(2018, 5, 3),
            "last_day": day(2018, 5, 6), "assessed": True, "issuer": "沧源佤族自治县农村电子商务公共服务中心",
            "issuer_en": "Cangyuan County Rural E-commerce Centre", "issued_on": day(2018, 6, 1), **facts,
        }
    )  # fmt: skip


def run(*command: str) -> str:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed; bin/setup --dev does")
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(params=["signed", "single", "sheets"])
def file(request, tmp_path) -> str:
    made = {
        "signed": lambda: pdf.signed(certificate()),
        "single": lambda: pdf.print_one(certificate()),
        "sheets": lambda: pdf.print_sheets([certificate()], title="C1"),
    }[request.param]()
    path = tmp_path / "file.pdf"
    path.write_bytes(made)
    return str(path)


def test_qpdf_finds_no_fault(file):
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", file)


def test_all_fonts_are_embedded_and_ours(file):
    rows = [line.split() for line in run("pdffonts", file).splitlines()[2:]]
    assert {row[0].split("+")[1] for row in rows} == {"Paper-Serif", "Paper-Serif-Bold"}
    assert {row[-5] for row in rows} == {"yes"}


def test_text_is_found_again(file):
    text = run("pdftotext", file, "-")
    assert "田艾嘎" in text
    assert "CY530927-2018-00001-8" in text


def test_zbar_reads_the_code_of_the_printed_page(file, tmp_path):
    run("pdftoppm", "-r", "150", "-png", file, str(tmp_path / "page"))
    (picture,) = tmp_path.glob("page*.png")
    assert run("zbarimg", "-q", "--raw", str(picture)).strip() == certificate().check_address


def test_the_archival_file_says_what_it_is():
    content = pdf.print_one(certificate())
    with pikepdf.open(io.BytesIO(content)) as opened:
        metadata = opened.open_metadata()
        assert metadata.pdfa_status == "3A"
        assert metadata["pdfuaid:part"] == "1"
        assert bool(opened.Root.MarkInfo.Marked)
        (attached,) = opened.Root.AF
        assert (str(attached.AFRelationship), str(attached.UF)) == ("/Source", "certificate.json")
        assert str(opened.Root.Lang) == "zh-Hans"


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_name_is_printed_whole(name):
    assert fonts.missing_glyphs(name) == ""
    page = pypdfium2.PdfDocument(pdf.print_sheets([certificate(name)], title="C1"))[0]
    text = re.sub(r"\s", "", page.get_textpage().get_text_range())
    assert re.sub(r"\s", "", name) in text


@pytest.mark.parametrize("char", ["𮯰", "\ue000", "\u200b", "\x07"])
def test_what_has_no_glyph_is_found(char):
    assert fonts.missing_glyphs(f"田{char}") == char


@pytest.mark.parametrize(
    ("picture", "facts"),
    [
        ("usual", {}),
        ("longest", {"name": "阿布都热依木·买买提艾力", "class_title": "长" * 120, "course_title": "课" * 200}),
        ("rarest", {"name": "𠮷𪚥", "assessed": False, "course_title_en": "", "issuer_en": ""}),
    ],
)
def test_the_page_looks_as_approved(picture, facts):
    content = pdf.print_sheets([certificate(**facts)], title="C1")
    page = pypdfium2.PdfDocument(content)[0].render(scale=0.75).to_pil().convert("L")
    approved = Image.open(APPROVED / f"certificate-{picture}.png").convert("L")
    assert page.size == approved.size
    assert ImageStat.Stat(ImageChops.difference(page, approved)).mean[0] < TOLERANCE
