"""Finished pages laid on the printer's paper."""

import io

import pikepdf
import pypdfium2
import pytest

from lms.paper import binding
from lms.paper.imposing import MM, Imposer, Layout

A5 = (210, 148)


def page_of(label: str, size=A5) -> bytes:
    """A page of this size in millimetres with a word in its lower left corner."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(size[0] * MM, size[1] * MM))
    page = document.pages[0]
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.Contents = document.make_stream(f"BT /F1 20 Tf 20 20 Td ({label}) Tj ET".encode())
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def laid(labels, *, size=A5, **how) -> tuple[pypdfium2.PdfDocument, list[int]]:
    """The document after binding, and where its bookmarks lead."""
    content = binding.one_pdf(
        [page_of(label, size) for label in labels], bookmarks=labels, title="t",
        imposer=Imposer(**how),
    )  # fmt: skip
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    return document, [mark.get_dest().get_index() for mark in document.get_toc()]


def words(document) -> list[list[str]]:
    return [page.get_textpage().get_text_range().split() for page in document]


def sizes(document) -> list[tuple[int, int]]:
    return [tuple(round(side / MM) for side in page.get_size()) for page in document]


def back(width: float, height: float) -> bytes:
    return page_of("back", (width / MM, height / MM))


def test_nothing_ordered_leaves_the_pages_as_they_are():
    document, marks = laid(["a", "b"])
    assert (words(document), sizes(document), marks) == ([["a"], ["b"]], [A5] * 2, [0, 1])


def test_a_back_behind_every_front():
    document, marks = laid(["a", "b"], back=back)
    assert (words(document), sizes(document), marks) == ([["a"], ["back"], ["b"], ["back"]], [A5] * 4, [0, 2])


def test_an_empty_back():
    document, _marks = laid(["a", "b"], back=lambda width, height: None)
    assert (words(document), sizes(document)) == ([["a"], [], ["b"], []], [A5] * 4)


def test_backs_fit_fronts_of_different_sizes_and_stand_once_in_the_file():
    many = binding.one_pdf(
        [page_of("a"), page_of("b", (148, 210)), page_of("c")], bookmarks=[], title="t",
        imposer=Imposer(back=back),
    )  # fmt: skip
    document = pypdfium2.PdfDocument(io.BytesIO(many))
    assert sizes(document) == [A5, A5, (148, 210), (148, 210), A5, A5]
    with pikepdf.open(io.BytesIO(many)) as opened:
        backs = [page.Resources.XObject["/F0"].objgen for page in list(opened.pages)[1::2]]
        assert backs[0] == backs[2] != backs[1]
        assert opened.Root.ViewerPreferences.Duplex == "/DuplexFlipShortEdge"


@pytest.mark.parametrize(
    ("count", "sheets"), [(1, [["a"]]), (4, [["a", "c"], ["b", "d"]]), (5, [["a", "d"], ["b", "e"], ["c"]])]
)
def test_two_on_a_sheet_are_in_order_after_one_cut(count, sheets):
    """The upper pile is the first half; the lower one goes under it."""
    document, marks = laid(list("abcde"[:count]), layout=Layout.TWO_UP)
    assert sorted(map(sorted, words(document))) == sheets
    assert set(sizes(document)) == {(210, 297)}
    assert marks == [at % len(sheets) for at in range(count)]
    # The first of a pair is the upper one.
    top = document[0].get_textpage().get_charbox(0)
    assert (top[1] > 148.5 * MM) == (words(document)[0][0] == "a")


def test_two_upright_ones_stand_side_by_side():
    document, _marks = laid(["a", "b"], size=(148, 210), layout=Layout.TWO_UP)
    assert (sizes(document), sorted(words(document)[0])) == ([(297, 210)], ["a", "b"])


def test_larger_pages_are_made_smaller_and_a5_is_not():
    heights = []
    for size in (A5, (297, 210)):
        document, _marks = laid(["a", "b"], size=size, layout=Layout.TWO_UP)
        _left, bottom, _right, top = document[0].get_textpage().get_charbox(0)
        heights.append(top - bottom)
        assert sizes(document) == [(210, 297)]
    plain, _marks = laid(["a"])
    _left, bottom, _right, top = plain[0].get_textpage().get_charbox(0)
    assert [round(height / (top - bottom), 2) for height in heights] == [1.0, 0.71]


def test_backs_of_two_lie_behind_their_fronts():
    document, marks = laid(["a", "b", "c"], layout=Layout.TWO_UP, back=back)
    assert [sorted(page) for page in words(document)] == [["a", "c"], ["back", "back"], ["b"], ["back"]]
    assert marks == [0, 2, 0]
    # An upright pair turns round its long edge: left becomes right.
    document, _marks = laid(["a"], size=(148, 210), layout=Layout.TWO_UP, back=back)
    front, behind = (page.get_textpage().get_charbox(0)[0] for page in document)
    assert front < 148.5 * MM < behind


def place_of(word: str, page) -> tuple[str, str]:
    """In which half of the sheet a word stands, across and down."""
    text = page.get_textpage()
    left, bottom, _right, _top = text.get_charbox(text.search(word).get_next()[0])
    width, height = page.get_size()
    return ("left" if left < width / 2 else "right", "lower" if bottom < height / 2 else "upper")


def test_a_pair_of_which_one_lies_and_one_stands():
    """The first decides for both sides of the sheet, and each back lies behind its own front."""
    behind = {A5: "lying", A5[::-1]: "standing"}

    def told_apart(width: float, height: float) -> bytes:
        size = (round(width / MM), round(height / MM))
        return page_of(behind[size], size)

    content = binding.one_pdf(
        [page_of("a", A5[::-1]), page_of("b", A5)], title="t", imposer=Imposer(Layout.TWO_UP, told_apart)
    )
    document = pypdfium2.PdfDocument(content)
    assert sizes(document) == [(297, 210)] * 2
    assert [place_of("a", document[0])[0], place_of("b", document[0])[0]] == ["left", "right"]
    assert [place_of("standing", document[1])[0], place_of("lying", document[1])[0]] == ["right", "left"]
    content = binding.one_pdf(
        [page_of("a", A5), page_of("b", A5[::-1])], title="t", imposer=Imposer(Layout.TWO_UP, told_apart)
    )
    document = pypdfium2.PdfDocument(content)
    assert sizes(document) == [(210, 297)] * 2
    assert [place_of("a", document[0])[1], place_of("b", document[0])[1]] == ["upper", "lower"]
    assert [place_of("lying", document[1])[1], place_of("standing", document[1])[1]] == ["upper", "lower"]


def test_cut_marks_lie_round_the_trimmed_page():
    content = binding.one_pdf([page_of("a")], bookmarks=["a"], title="t", imposer=Imposer(Layout.MARKS))
    with pikepdf.open(io.BytesIO(content)) as document:
        page = document.pages[0]
        boxes = [[round(float(side) / MM, 1) for side in box] for box in (page.mediabox, page.trimbox, page.bleedbox)]
        drawing = page.Contents.read_bytes().decode()
    assert boxes == [[0, 0, 234, 172], [12, 12, 222, 160], [9, 9, 225, 163]]
    assert drawing.count(" l S Q") == 8


UPRIGHT = A5[::-1]


@pytest.mark.parametrize(
    ("sheets", "layout", "turned", "edge"),
    [
        ([A5, UPRIGHT, A5], Layout.PLAIN, [0, 0, 0, 180, 0, 0], "/DuplexFlipShortEdge"),
        ([UPRIGHT, A5, UPRIGHT], Layout.PLAIN, [0, 0, 0, 180, 0, 0], "/DuplexFlipLongEdge"),
        ([A5, UPRIGHT], Layout.MARKS, [0, 0, 0, 180], "/DuplexFlipShortEdge"),
        # Two lying ones on an upright sheet, then two upright ones on a lying sheet.
        ([A5, UPRIGHT, A5, UPRIGHT], Layout.TWO_UP, [0, 0, 0, 180], "/DuplexFlipLongEdge"),
        ([A5, A5], Layout.PLAIN, [0, 0, 0, 0], "/DuplexFlipShortEdge"),
    ],
)
def test_backs_stand_upright_where_sheets_lie_in_two_ways(sheets, layout, turned, edge):
    """The file names one edge to turn round; seen over that edge every back has its top behind its front's top."""
    content = binding.one_pdf(
        [page_of("a", size) for size in sheets], bookmarks=[], title="t",
        imposer=Imposer(layout, back),
    )  # fmt: skip
    with pikepdf.open(io.BytesIO(content)) as document:
        assert [int(page.obj.get("/Rotate", 0)) for page in document.pages] == turned
        assert document.Root.ViewerPreferences.Duplex == edge
    if layout == Layout.PLAIN:
        # Turned by half a circle the word leaves its lower corner.
        for angle, page in zip(turned, pypdfium2.PdfDocument(io.BytesIO(content)), strict=True):
            drawn = page.render(scale=1).to_pil().convert("L")
            lower = drawn.crop((0, drawn.height * 3 // 4, drawn.width, drawn.height))
            assert (lower.getextrema()[0] < 128) is (angle == 0)
