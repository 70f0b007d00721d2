"""What comes out of the printer, read back: text, code, fonts and pages."""

import datetime
import io

import pypdfium2
import pytest
import zxingcpp
from django.test import Client

from certificates import actions, border, pdf, values
from certificates.enums import Motif
from certificates.layouts import LANDSCAPE, PORTRAIT
from certificates.models import Certificate
from lms.paper import fonts
from lms.refusals import Refused
from tests.cast import client_of
from tests.certificates.classes import finished_class

NOT_IN_THE_FONT = "𮯰"  # U+2EBF0, extension I


@pytest.fixture
def certificate(cast, centre) -> Certificate:
    person = cast.person(name="艾嘎")
    (certificate,) = actions.issue(by=cast.clerk, training_class=finished_class(cast, [person], days=2))
    return certificate


def opened(content: bytes) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(io.BytesIO(content))


def text_of(page: pypdfium2.PdfPage) -> str:
    return page.get_textpage().get_text_range()


def codes_of(page: pypdfium2.PdfPage, *, dots_per_inch: int = 150) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(page.render(scale=dots_per_inch / 72).to_pil())]


def test_the_paper_says_what_the_record_says(certificate):
    document = opened(pdf.print_one(certificate))
    assert len(document) == 1
    assert [round(size) for size in document[0].get_size()] == [842, 595]
    text = text_of(document[0])
    for said in (
        "艾嘎", certificate.number, certificate.id_number, certificate.class_title, certificate.course_title,
        certificate.issuer, "2018年6月13日至2018年6月14日", "2018年6月15日", f"{certificate.hours}学时",
        "13–14 June 2018",
    ):  # fmt: skip
        assert said in text.replace("\r\n", "")
    assert "结业证书" in text.replace(" ", "")
    assert document.get_metadata_dict()["Title"] == f"结业证书 {certificate.number}"


def test_passing_an_assessment_is_only_claimed_where_there_was_one(certificate):
    assert certificate.assessed
    assert "经考核合格" in text_of(opened(pdf.print_one(certificate))[0]).replace("\r\n", "")
    certificate.assessed = False
    assert "经考核合格" not in text_of(opened(pdf.print_one(certificate))[0]).replace("\r\n", "")


def test_the_code_on_the_page_opens_the_check(certificate):
    (address,) = codes_of(opened(pdf.print_one(certificate))[0])
    assert address == certificate.check_address
    page = Client().get(address.removeprefix("http://localhost:8000"))
    assert page.status_code == 200
    assert page.context["is_valid"] is True


def test_one_file_for_the_printer_in_roster_order(cast, centre):
    training_class = finished_class(cast, 4)
    certificates = actions.issue(by=cast.clerk, training_class=training_class)
    document = opened(pdf.print_sheets(certificates, title=training_class.code))
    assert len(document) == 4
    for page, certificate in zip(document, certificates, strict=True):
        assert certificate.number in text_of(page)
        assert codes_of(page) == [certificate.check_address]
    bookmarks = [(mark.get_title(), mark.get_dest().get_index()) for mark in document.get_toc()]
    assert bookmarks == [(f"{each.number} {each.name}", at) for at, each in enumerate(certificates)]


@pytest.mark.parametrize(
    "name",
    [
        "那", "欧阳娜娜", "龘𪚥", "𬭼娜", "爱新觉罗·努尔哈赤", "阿布都热依木·买买提艾力", "𠮷田", "㐂英", "王〇",
        "李﨑", "MARIA SANTOS", "艾" * 24 + "·" + "嘎" * 25,
    ],
)  # fmt: skip
def test_names_of_all_kinds_are_printed_whole(certificate, name):
    certificate.name = name
    assert fonts.missing_glyphs(name) == ""
    document = opened(pdf.print_one(certificate))
    assert len(document) == 1
    assert name.replace(" ", "") in text_of(document[0]).replace("\r\n", "").replace(" ", "")


def test_a_character_without_a_glyph_stops_that_certificate(certificate):
    certificate.name = f"田{NOT_IN_THE_FONT}"
    with pytest.raises(Refused) as refusal:
        pdf.print_one(certificate)
    assert refusal.value.code == "missing_glyph"
    assert refusal.value.facts["missing"] == NOT_IN_THE_FONT
    assert "U+2EBF0" in refusal.value.message
    assert certificate.number in refusal.value.message


def test_a_revoked_certificate_is_not_printed(cast, certificate):
    revoked = actions.revoke(by=cast.manager, certificate=certificate, reason="重复发证")
    with pytest.raises(Refused) as refusal:
        pdf.print_one(revoked)
    assert refusal.value.code == "revoked"


def test_the_longest_titles_stay_inside_the_frame(certificate):
    certificate.class_title, certificate.course_title = "长" * 120, "课" * 255
    document = opened(pdf.print_one(certificate))
    assert len(document) == 1
    assert text_of(document[0]).count("课") >= 255
    assert codes_of(document[0]) == [certificate.check_address]


def test_a_missing_font_is_named():
    with pytest.raises(Refused) as refusal:
        fonts.characters("No Such Face")
    assert refusal.value.code == "font_missing"


@pytest.mark.parametrize(
    ("first", "last", "chinese", "english"),
    [
        ((2018, 5, 3), (2018, 5, 3), "2018年5月3日", "3 May 2018"),
        ((2018, 5, 3), (2018, 5, 4), "2018年5月3日至2018年5月4日", "3–4 May 2018"),
        ((2018, 4, 28), (2018, 5, 3), "2018年4月28日至2018年5月3日", "28 April – 3 May 2018"),
        ((2018, 12, 28), (2019, 1, 3), "2018年12月28日至2019年1月3日", "28 December 2018 – 3 January 2019"),
    ],
)
def test_days_in_words(first, last, chinese, english):
    days = datetime.date(*first), datetime.date(*last)
    assert values.chinese_days(*days) == chinese
    assert values.english_days(*days) == english


@pytest.mark.parametrize("motif", Motif)
@pytest.mark.parametrize("layout", [LANDSCAPE, PORTRAIT], ids=lambda layout: layout.name)
def test_the_border_stays_on_the_paper(motif, layout):
    points = [point for shape in border.Border(motif, layout).shapes() for point in shape.points]
    assert min(x for x, _y in points) >= 6
    assert max(x for x, _y in points) <= layout.width - 6
    assert min(y for _x, y in points) >= 6
    assert max(y for _x, y in points) <= layout.height - 6


def test_a_file_is_of_a_size_to_send_over_a_village_line(certificate):
    assert len(pdf.print_one(certificate)) < 40_000
    assert len(pdf.signed(certificate)) < 40_960


def test_the_holder_downloads_the_same_paper(cast, certificate):
    certificate.trainee.user = cast.trainee_user
    certificate.trainee.save()
    response = client_of(cast.trainee_user).get(f"/certificates/{certificate.number}.pdf")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert certificate.number in text_of(opened(response.content)[0])
