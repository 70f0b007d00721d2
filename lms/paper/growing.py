"""A PDF that grows in a file, a few pages at a time, and never lies in memory as a whole.

qpdf, under pikepdf, keeps all objects of a document until it is saved: 30 kB a page; pypdf and pydyf keep them too.
Here pikepdf reads the pages, and the objects they are made of are written on under new numbers, as ISO 32000-1, 7.5
has it.

It is for pages of our own making: what a page refers to leads back to itself only by way of a page.
"""

import hashlib
import re
import zlib
from array import array
from collections.abc import Iterable
from typing import Protocol

import pikepdf

CATALOG, PAGES, OUTLINES, INFO = 1, 2, 3, 4
# Strings come escaped or as hex from qpdf, so that a bracket in one is never its end.
REFERENCE = re.compile(rb"\((?:[^\\()]|\\.)*\)|\b(\d+) (\d+) R\b", re.DOTALL)
Objgen = tuple[int, int]


class Writable(Protocol):
    def write(self, data: bytes, /) -> object: ...


class GrowingPdf:
    """Everything is written when it is added. What stays is where each object begins, eight bytes for each, and which
    fonts and drawings are there already, some 200 bytes for each."""

    def __init__(self, out: Writable):
        self.out = out
        self.length = 0
        self.at = array("Q", [0] * (INFO + 1))  # object number -> place in the file
        self.pages = array("L")  # their object numbers
        self.shared: dict[bytes, int] = {}  # digest of a resource -> its object number
        self._put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, document: pikepdf.Pdf) -> None:
        """All its pages behind those that are here. `document` is of no use afterwards."""
        copy = _Copy(self, document)
        for page in document.pages:
            copy.numbers[page.obj.objgen] = self._reserve()  # links may name it before its turn
        for page in document.pages:
            own, number = page.obj, copy.numbers[page.obj.objgen]
            resources = copy.kept(own.get("/Resources", pikepdf.Dictionary()))
            for key in {"/Parent", "/Resources"} & set(own.keys()):
                del own[key]
            rest = copy.body(own).removeprefix(b"<<")
            self._write(number, b"<< /Parent %d 0 R /Resources %s" % (PAGES, resources) + rest)
            self.pages.append(number)

    def finish(self, *, title: str, bookmarks: Iterable[tuple[str, int]], duplex: str) -> None:
        """`bookmarks`: labels and the pages they lead to, from 0. `duplex`: the edge the printer turns round, or ""."""
        kids = b" ".join(b"%d 0 R" % number for number in self.pages)
        self._write(PAGES, b"<< /Type /Pages /Count %d /Kids [ %s ] >>" % (len(self.pages), kids))
        self._outlines(bookmarks)
        self._write(INFO, b"<< /Title %s >>" % _text(title))
        prefer = b"/ViewerPreferences << /Duplex %s /PrintScaling /None >>" % duplex.encode() if duplex else b""
        roots = b"/Pages %d 0 R /Outlines %d 0 R /PageMode /UseOutlines" % (PAGES, OUTLINES)
        self._write(CATALOG, b"<< /Type /Catalog %s %s >>" % (roots, prefer))
        self._trailer()

    # --- Objects --------------------------------------------------------------------------------------------------
    def _reserve(self) -> int:
        self.at.append(0)
        return len(self.at) - 1

    def _write(self, number: int, body: bytes) -> None:
        self.at[number] = self.length
        self._put(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    def _put(self, content: bytes) -> None:
        self.out.write(content)
        self.length += len(content)

    def _outlines(self, bookmarks: Iterable[tuple[str, int]]) -> None:
        """Each knows its neighbours; all are on the first level."""
        marks = list(bookmarks)
        first = len(self.at)
        last = first + len(marks) - 1
        ends = b"/First %d 0 R /Last %d 0 R /Count %d" % (first, last, len(marks)) if marks else b""
        self._write(OUTLINES, b"<< /Type /Outlines %s >>" % ends)
        for number, (label, page) in enumerate(marks, first):
            near = b"/Prev %d 0 R " % (number - 1) if number > first else b""
            near += b"/Next %d 0 R " % (number + 1) if number < last else b""
            target = b"/Dest [ %d 0 R /Fit ]" % self.pages[page]
            self._write(
                self._reserve(), b"<< /Title %s /Parent %d 0 R %s%s >>" % (_text(label), OUTLINES, near, target)
            )

    def _trailer(self) -> None:
        begin = self.length
        self._put(b"xref\n0 %d\n0000000000 65535 f \n" % len(self.at))
        for place in self.at[1:]:
            self._put(b"%010d 00000 n \n" % place)
        self._put(
            b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
            % (len(self.at), CATALOG, INFO, begin)
        )


class _Copy:
    """The objects of one document on their way into the growing one."""

    def __init__(self, into: GrowingPdf, document: pikepdf.Pdf):
        self.into = into
        self.document = document
        self.numbers: dict[Objgen, int] = {}
        self.sharing = False

    def kept(self, resources: pikepdf.Object) -> bytes:
        """A reference to these fonts and drawings, which stand in the file once, whatever parts bring them."""
        self.sharing = True
        number = self._placed(self.body(resources))
        self.sharing = False
        return b"%d 0 R" % number

    def body(self, value: pikepdf.Object) -> bytes:
        """As it stands in a file. What it refers to is written before it."""
        if not isinstance(value, pikepdf.Stream):
            return REFERENCE.sub(self._renumbered, value.unparse(resolved=True))
        content, facts = value.read_raw_bytes(), value.stream_dict
        if "/Filter" not in facts:  # drawn just now
            content, facts["/Filter"] = zlib.compress(content), pikepdf.Name.FlateDecode
        facts["/Length"] = len(content)
        said = REFERENCE.sub(self._renumbered, facts.unparse(resolved=True))
        return b"%s\nstream\n%s\nendstream" % (said, content)

    def _renumbered(self, found: re.Match[bytes]) -> bytes:
        if found[1] is None:  # a string
            return found[0]
        return b"%d 0 R" % self._number((int(found[1]), int(found[2])))

    def _number(self, objgen: Objgen) -> int:
        if objgen not in self.numbers:
            value = self.document.get_object(objgen)
            # A page that is not among the pages leads nowhere.
            is_page = isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/Page"
            self.numbers[objgen] = self._placed(b"null" if is_page else self.body(value))
        return self.numbers[objgen]

    def _placed(self, body: bytes) -> int:
        digest = hashlib.blake2b(body, digest_size=16).digest() if self.sharing else b""
        if number := self.into.shared.get(digest):
            return number
        number = self.into._reserve()
        self.into._write(number, body)
        if digest:
            self.into.shared[digest] = number
        return number


def _text(text: str) -> bytes:
    return pikepdf.String(text).unparse()
