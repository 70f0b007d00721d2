"""Parts made one after the other, bound into what people get: one PDF with bookmarks, or one zip."""

import io
import zipfile
from collections.abc import Buffer, Callable, Iterable, Iterator, Sequence

import pikepdf


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
    """What zipfile writes, handed on as it comes."""

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


# Lays the pages of a document anew; says on which new page each old one stands.
Arrange = Callable[[pikepdf.Pdf], Sequence[int]]


def one_pdf(
    parts: Iterable[bytes], *, bookmarks: Sequence[str], title: str, alive: Callable[[], None] = lambda: None,
    arrange: Arrange | None = None,
) -> bytes:  # fmt: skip
    """All pages in order, a bookmark for each page. `alive` is called after every part; `arrange`: see imposing."""
    bound = pikepdf.new()
    # Pages are copied when the whole is saved: until then their sources stay open.
    sources = []
    for part in parts:
        source = pikepdf.open(io.BytesIO(part))
        sources.append(source)
        bound.pages.extend(source.pages)
        alive()
    places = arrange(bound) if arrange else range(len(bookmarks))
    with bound.open_outline() as outline:
        outline.root.extend(pikepdf.OutlineItem(label, at) for label, at in zip(bookmarks, places, strict=False))
    bound.docinfo["/Title"] = title
    bound.Root.PageMode = pikepdf.Name.UseOutlines
    out = io.BytesIO()
    bound.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    for source in sources:
        source.close()
    return out.getvalue()


def protected(data: bytes, password: str) -> bytes:
    """The same pages; without the password they are noise (AES-256)."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(out, encryption=pikepdf.Encryption(user=password, owner=password, R=6))
    return out.getvalue()
