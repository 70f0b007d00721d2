"""Sheets to sign, labels, envelopes."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from certificates import actions as certificates
from certificates import tasks as printing
from certificates.enums import Collector, PrintKind
from certificates.handover import actions as handover
from certificates.handover.actions import Collected
from certificates.lists import actions, paper
from certificates.lists.enums import EnvelopeSize, LabelLayout
from certificates.lists.rules import GRIDS
from certificates.models import ListFile, PrintRun
from lms.privacy.models import FileView
from lms.refusals import Refused
from tests.cast import TODAY, client_of
from tests.certificates.classes import finished_class
from tests.certificates.test_paper import opened, text_of
from trainees.registry.actions import set_limit
from trainees.registry.enums import Limit

pytestmark = pytest.mark.usefixtures("centre")
NEW = reverse("list_new")
MM = 72 / 25.4


@pytest.fixture
def issued(cast):
    return certificates.issue(by=cast.clerk, training_class=finished_class(cast, 3))


def made(by, kind, chosen, **facts) -> ListFile:
    file = actions.ask(by=by, kind=kind, chosen=chosen, **{"form": "pdf", "title": "x", **facts})
    list(actions.make(file))
    file.refresh_from_db()
    return file


def pages_of(file: ListFile) -> list[str]:
    return [text_of(page) for page in opened(file.file.open().read())]


def test_the_sheet_has_exactly_the_columns_of_the_form(cast, issued):
    other = Collected(on=TODAY, collector=Collector.OTHER, receiver="岩温", relation="spouse")
    handover.hand_over(by=cast.clerk, certificates=issued[:1], collected=other)
    file = made(cast.operator, "sheet", {"class": issued[0].class_code}, form="xlsx")
    page = load_workbook(io.BytesIO(file.file.open().read())).active
    rows = [[cell or "" for cell in row] for row in page.values]
    assert rows[0][0] == "结业证书发放登记表"
    assert rows[2] == [
        "序号", "证书编号", "姓名", "身份证号", "培训班名称", "发证日期", "领取人签名", "领取日期", "备注",
    ]  # fmt: skip
    assert rows[3:6] == [
        ["1", issued[0].number, issued[0].name, issued[0].id_number, issued[0].class_title, "2018-06-15", "",
         "2018-06-15", "岩温（配偶）代领"],
        *(
            [str(at), each.number, each.name, each.id_number, each.class_title, "2018-06-15", "", "", ""]
            for at, each in enumerate(issued[1:], 2)
        ),
    ]  # fmt: skip
    assert (page.print_title_rows, page.page_setup.orientation) == ("$3:$3", "landscape")
    assert FileView.objects.filter(unmasked="name,id_number", viewer=cast.operator.label).count() == 3


def test_the_sheet_on_paper_repeats_its_headings(cast):
    training_class = finished_class(cast, 30)
    issued = certificates.issue(by=cast.clerk, training_class=training_class)
    file = made(cast.clerk, "sheet", {"class": training_class.code})
    document = opened(file.file.open().read())
    pages = [text_of(page) for page in document]
    assert len(pages) > 1
    assert all("领取人签名" in text for text in pages)
    assert [sum(each.number in text for text in pages) for each in issued] == [1] * 30
    assert tuple(round(side / MM) for side in document[0].get_size()) == (297, 210)


def test_the_page_numbers_go_on_from_part_to_part(cast, issued, monkeypatch):
    monkeypatch.setattr(paper, "ROWS", 1)
    file = made(cast.clerk, "sheet", {"class": issued[0].class_code})
    assert [f"第{at}页" in text.replace(" ", "") for at, text in enumerate(pages_of(file), 1)] == [True] * 3


def test_who_is_not_theirs_to_hand_over_stands_on_no_paper(cast):
    here, elsewhere, closed = cast.person(), cast.person(township="岩帅镇"), cast.person()
    issued = certificates.issue(by=cast.clerk, training_class=finished_class(cast, [here, elsewhere, closed]))
    set_limit(by=cast.manager, trainee=closed, limit=Limit.RESTRICTED, reason="本人要求")
    numbers = {"numbers": [each.number for each in issued] + ["x"]}
    mine = made(cast.operator, "labels", numbers, options={"layout": "3x8", "start": 1})
    assert (mine.rows, mine.left_out) == (1, 1)
    assert (made(cast.clerk, "envelopes", numbers, options={"size": "dl"}).left_out) == 1
    with pytest.raises(Refused) as refusal:
        actions.ask(by=cast.auditor, kind="sheet", form="pdf", title="x", chosen=numbers)
    assert refusal.value.code == "nobody_on_it"


def test_labels_begin_where_the_sheet_is_free(cast, issued):
    numbers = {"numbers": [each.number for each in issued]}
    file = made(cast.clerk, "labels", numbers, options={"layout": "2x7", "start": 13})
    assert [[each.number in text for each in issued] for text in pages_of(file)] == [
        [True, True, False], [False, False, True],
    ]  # fmt: skip
    text = "".join(pages_of(file))
    assert all(each.name in text and each.id_number not in text for each in issued)
    assert "勐省镇" in text


@pytest.mark.parametrize("layout", LabelLayout)
def test_every_label_lies_on_its_sheet(layout):
    grid = GRIDS[layout]
    corners = [grid.corner(at) for at in range(grid.per_sheet)]
    assert len(set(corners)) == grid.per_sheet
    assert all(
        left >= 0 and left + grid.width <= 210 and top >= 0 and top + grid.height <= 297 for left, top in corners
    )


@pytest.mark.parametrize(("size", "sides"), [("dl", (220, 110)), ("zl", (230, 120)), ("c5", (229, 162))])
def test_envelopes_have_their_size(cast, issued, size, sides):
    content = next(paper.envelopes(issued, size=EnvelopeSize(size)))
    document = opened(content)
    assert [tuple(round(side / MM) for side in page.get_size()) for page in document] == [sides] * 3
    assert all(each.name in text_of(page) for each, page in zip(issued, document, strict=True))


def test_the_longest_and_the_rarest_names_stay_on_their_label(cast):
    names = ["阿布都热依木·买买提艾力", "艾" * 50, "𪚥娜", "那", "𮯰娜"]
    people = [cast.person(name=name) for name in names]
    issued = certificates.issue(by=cast.clerk, training_class=finished_class(cast, people))
    text = text_of(opened(next(paper.labels(issued, layout=LabelLayout.L24, start=1)))[0])
    flat = text.replace("\r", "").replace("\n", "")
    assert [name in flat for name in names] == [True, True, True, True, False]
    # What no font has stands as its code point, never as a box.
    assert "〔U+2EBF0〕娜" in flat


def test_labels_of_a_print_run_lie_as_the_sheets_do(cast, issued):
    job = certificates.order_selection(by=cast.clerk, certificates=issued[::-1], kind=PrintKind.SHEETS, title="3")
    list(printing.print_run(job))
    run = PrintRun.objects.get()
    file = made(cast.clerk, "labels", {"run": str(run.public_id)}, options={"layout": "3x8", "start": 1})
    (text,) = pages_of(file)
    places = [text.index(each.number) for each in issued]
    assert places == sorted(places, reverse=True)
    with pytest.raises(Refused):
        actions.ask(
            by=cast.manager, kind="labels", form="pdf", title="x", chosen={"run": str(run.public_id)},
            options={"layout": "3x8"},
        )  # fmt: skip


def test_only_those_still_waiting(cast, issued):
    handover.hand_over(by=cast.clerk, certificates=issued[:1], collected=Collected(on=TODAY))
    numbers = {"numbers": [each.number for each in issued]}
    file = made(cast.clerk, "envelopes", numbers, options={"size": "dl", "waiting": True})
    assert (file.rows, file.left_out) == (2, 1)


def test_the_buttons_of_the_pages(cast, issued):
    client = client_of(cast.clerk)
    number = {"number": [issued[0].number]}
    assert client.post(NEW, {"make": "labels", **number}).context["numbers"] == number["number"]
    page = client.post(NEW, {"make": "labels", "go": "1", "layout": "2x7", "start": "15", **number})
    assert (page.status_code, list(page.context["form"].errors)) == (400, ["start"])
    answer = client.post(NEW, {"make": "labels", "go": "1", "layout": "2x7", "start": "14", **number})
    got = client.get(answer.url)
    assert (got["Content-Type"], got["Cache-Control"]) == (
        "application/pdf", "max-age=0, no-cache, no-store, must-revalidate, private",
    )  # fmt: skip
    answer = client.post(NEW, {"make": "sheet-xlsx", "class": issued[0].class_code}, follow=True)
    assert answer.content.startswith(b"PK")
    for posted in ({"make": "sheet-pdf"}, {"make": "sheet-pdf", "class": "x"}, {"make": "sheet-pdf", "run": "x"}):
        assert len(client.post(NEW, posted, follow=True).redirect_chain) == 1
    assert client.post(NEW, {"make": "envelopes", "go": "1", "size": "dl"}).status_code == 400
