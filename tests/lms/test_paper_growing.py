"""A PDF that is written page by page."""

import io

import pikepdf
import pypdfium2
import pytest

from lms.paper import binding
from lms.paper.imposing import Imposer, Layout


def part(words, *, link=False) -> bytes:
    """A page for each word, all with the same font and drawing; links name their page and an address in brackets."""
    document = pikepdf.new()
    font = document.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    form = document.make_stream(
        b"0 0 9 9 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=pikepdf.Array([0, 0, 9, 9])
    )
    for word in words:
        document.add_blank_page(page_size=(200, 100))
        page = document.pages[-1]
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font), XObject=pikepdf.Dictionary(X=form))
        page.Contents = document.make_stream(f"/X Do BT /F1 20 Tf 20 20 Td ({word}) Tj ET".encode())
        if link:
            action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(f"http://x/(1 0 R)\\{word}"))
            note = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=pikepdf.Array([0, 0, 9, 9]), P=page.obj,
                A=action,
            )  # fmt: skip
            page.Annots = pikepdf.Array([document.make_indirect(note)])
    out = io.BytesIO()
    document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def words_of(content: bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(content)]


def test_pages_of_many_parts_stand_in_order_each_with_its_bookmark():
    words = [f"w{at}" for at in range(230)]
    parts = [part(words[at : at + 7]) for at in range(0, 230, 7)]
    content = binding.one_pdf(parts, title="证书 (1 0 R)", bookmarks=[f"岩嘎 ({word}" for word in words])
    assert words_of(content) == words
    marks = list(pypdfium2.PdfDocument(content).get_toc())
    assert [(mark.get_title(), mark.get_dest().get_index()) for mark in marks] == [
        (f"岩嘎 ({word}", at) for at, word in enumerate(words)
    ]
    with pikepdf.open(io.BytesIO(content)) as document:
        assert (document.check_pdf_syntax(), str(document.docinfo["/Title"])) == ([], "证书 (1 0 R)")


def test_what_parts_share_stands_in_the_file_once():
    content = binding.one_pdf([part(["a", "b"]), part(["c"])], title="t")
    with pikepdf.open(io.BytesIO(content)) as document:
        pages = list(document.pages)
        assert len({page.Resources.Font.F1.objgen for page in pages}) == 1
        assert len({page.Resources.XObject.X.objgen for page in pages}) == 1
        assert len({page.Contents.objgen for page in pages}) == 3


def test_links_keep_their_page_and_their_address():
    content = binding.one_pdf([part(["a", "b"], link=True), part(["c"], link=True)], title="t")
    with pikepdf.open(io.BytesIO(content)) as document:
        links = [page.Annots[0] for page in document.pages]
        assert [str(link.A.URI) for link in links] == [f"http://x/(1 0 R)\\{word}" for word in "abc"]
        assert [link.P.objgen for link in links] == [page.obj.objgen for page in document.pages]


def test_a_link_of_a_page_that_is_no_page_any_more_leads_nowhere():
    """A sheet with a back is a copy of the finished page."""
    content = binding.one_pdf([part(["a", "b"], link=True)], title="t", imposer=Imposer(back=lambda *_size: None))
    with pikepdf.open(io.BytesIO(content)) as document:
        assert (len(document.pages), document.check_pdf_syntax()) == (4, [])
        assert [str(page.Annots[0].A.URI)[-1] for page in list(document.pages)[::2]] == ["a", "b"]


@pytest.mark.parametrize("layout", Layout)
def test_what_is_drawn_is_packed(layout):
    words = [f"w{at}" for at in range(20)]
    with pikepdf.open(io.BytesIO(part(words))) as long:
        for page in long.pages:
            page.Contents.write(page.Contents.read_bytes() * 200)
        out = io.BytesIO()
        long.save(out)
    content = binding.one_pdf([out.getvalue()], title="t", imposer=Imposer(layout))
    assert (words_of(content)[0].split()[:1], len(content) < 30_000) == (["w0"], True)


def test_what_cannot_be_drawn_is_an_error_before_anything_is_sent():
    def broken(_width: float, _height: float) -> bytes:
        raise LookupError

    with pytest.raises(LookupError):
        binding.bound([lambda: part(["a"])], title="t", imposer=Imposer(back=broken))
    with pytest.raises(pikepdf.PdfError):
        binding.bound([lambda: part(["a"]), lambda: b"no PDF"], title="t")


def test_pieces_are_handed_on_as_they_come():
    words = [f"w{at}" for at in range(120)]
    pieces = list(binding.bound([lambda: part(words)], title="t"))
    assert len(pieces) == 4  # fifty pages, fifty, twenty, the end
    assert words_of(b"".join(pieces)) == words
