"""A print run as the one file people get, bound of its parts while it is sent: no run is too long to hold."""

from collections.abc import Iterator
from functools import partial

from lms.paper import binding
from lms.paper.imposing import Back, Imposer, Layout

from . import queries
from .enums import PrintBack, PrintKind
from .models import PrintRun


def file_of(run: PrintRun) -> Iterator[bytes]:
    """The sheets as one PDF, or the files of all persons as one zip."""
    if run.kind == PrintKind.FILES:
        return binding.one_zip(map(queries.content_of, queries.parts_kept(run)))
    return binding.bound(
        [partial(queries.content_of, part) for part in queries.parts_kept(run)],
        title=f"证书 {run.title}", bookmarks=queries.bookmarks_of(run),
        imposer=Imposer(Layout(run.layout), _back(PrintBack(run.back))),
    )  # fmt: skip


def _back(ordered: PrintBack) -> Back | None:
    if ordered == PrintBack.EXPLAINED:
        from . import back  # brings WeasyPrint

        return back.explanation
    return _empty if ordered == PrintBack.BLANK else None


def _empty(_width: float, _height: float) -> None:
    return None
