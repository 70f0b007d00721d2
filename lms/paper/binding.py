"""Parts made one after the other, bound into what people get: one PDF with bookmarks, or one zip."""

import io
import zipfile
from collections.abc import Buffer, Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import batched, chain

import pikepdf

from .growing import GrowingPdf
from .imposing import Imposer


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Stored, not compressed: PDF files are compressed within."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as pack:
        for name, content in files:
            pack.writestr(_entry(name), content)
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=(2018, 1, 1, 0, 0, 0))
    entry.external_attr = 0o600 << 16
    return entry


class _Stream(io.RawIOBase):
    """What is written, handed on as it comes."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        self.waiting.append(bytes(data))
        return len(self.waiting[-1])

    def taken(self) -> bytes:
        data, self.waiting = b"".join(self.waiting), []
        return data


def one_zip(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The files of many zips as one zip, with only one part in memory."""
    stream = _Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as pack:
        for part in parts:
            with zipfile.ZipFile(io.BytesIO(part)) as held:
                for name in held.namelist():
                    pack.writestr(_entry(name), held.read(name))
                    yield stream.taken()
    yield stream.taken()


# A part's file, read when it is its turn.
Part = Callable[[], bytes]
# Sheets that lie in memory at once.
CHUNK = 50


def bound(
    parts: Sequence[Part], *, title: str, bookmarks: Sequence[str] = (), imposer: Imposer | None = None
) -> Iterator[bytes]:
    """All pages in order as one PDF, piece by piece; a bookmark for each of the first pages, as many as are given.

    Every part was opened and the first piece is made when this returns: what cannot be read or drawn is an error before
    anything is sent.
    """
    pages = [(part, page) for part, read in enumerate(parts) for page in range(_length(read()))]
    pieces = _grown(parts, pages, title=title, bookmarks=bookmarks, imposer=imposer or Imposer())
    return chain([next(pieces)], pieces)


def _length(part: bytes) -> int:
    with pikepdf.open(io.BytesIO(part)) as document:
        return len(document.pages)


def _grown(
    parts: Sequence[Part], pages: Sequence[tuple[int, int]], *, title: str, bookmarks: Sequence[str], imposer: Imposer
) -> Iterator[bytes]:
    stream = _Stream()
    growing = GrowingPdf(stream)
    for sheets in batched(imposer.sheets(len(pages)), CHUNK, strict=False):
        with _document(parts, [pages[at] for sheet in sheets for at in sheet]) as document:
            imposer.lay(document)
            growing.add(document)
        yield stream.taken()
    marks = zip(bookmarks, imposer.places(len(pages)), strict=False)
    growing.finish(title=title, bookmarks=marks, duplex=imposer.duplex)
    yield stream.taken()


@contextmanager
def _document(parts: Sequence[Part], pages: Iterable[tuple[int, int]]) -> Iterator[pikepdf.Pdf]:
    """These pages of these parts, in memory as long as it is used."""
    with ExitStack() as stack:
        document, opened = stack.enter_context(pikepdf.new()), {}
        for part, page in pages:
            if part not in opened:
                opened[part] = stack.enter_context(pikepdf.open(io.BytesIO(parts[part]())))
            document.pages.append(opened[part].pages[page])
        yield document


def one_pdf(
    parts: Sequence[bytes], *, title: str, bookmarks: Sequence[str] = (), imposer: Imposer | None = None
) -> bytes:
    """A few parts that lie in memory anyway; see bound."""
    reads = [partial(bytes, part) for part in parts]
    return b"".join(bound(reads, title=title, bookmarks=bookmarks, imposer=imposer))


def protected(data: bytes, password: str) -> bytes:
    """The same pages; without the password they are noise (AES-256)."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(out, encryption=pikepdf.Encryption(user=password, owner=password, R=6))
    return out.getvalue()
