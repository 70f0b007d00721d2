"""Media of pages: pictures, and videos and documents unless their collection is closed.

Private files never lie there (see lms.privacy.storage).
"""

import mimetypes
import re
from collections.abc import Iterator
from posixpath import normpath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import http_date
from django.views.decorators.http import require_safe
from wagtail.documents import get_document_model

from lms.access.decorators import public

RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
CHUNK = 64 * 1024
DAY = 24 * 3600


@public
@require_safe
def media(request: HttpRequest, path: str) -> HttpResponse | FileResponse | StreamingHttpResponse:
    """One file, whole or the range asked for: phones play no video from a server that answers no range."""
    # One file has one address: a/./b and a//b would be found on the disk and not among the documents.
    if normpath(path) != path:
        raise Http404
    try:
        if not default_storage.exists(path):
            raise Http404
        caching = _caching(request, path)
        content = default_storage.open(path)
    except (SuspiciousFileOperation, IsADirectoryError):
        raise Http404 from None
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    span = _span(request.headers.get("Range", ""), content.size)
    response: HttpResponse | FileResponse | StreamingHttpResponse
    if span is None:
        response = FileResponse(content, content_type=kind)
    elif span[0] > span[1]:
        content.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{content.size}"})
    else:
        first, last = span
        response = StreamingHttpResponse(_pieces(content, first, last), status=206, content_type=kind)
        response["Content-Range"] = f"bytes {first}-{last}/{content.size}"
        response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = caching
    response["Last-Modified"] = http_date(default_storage.get_modified_time(path).timestamp())
    return response


def _caching(request: HttpRequest, path: str) -> str:
    """Who may keep a copy. What the collection of a document keeps from this person is not found here either.

    A document may be closed later, so only its reader's browser keeps it.
    """
    documents = list(get_document_model().objects.filter(file=path).select_related("collection"))
    restrictions = [each for document in documents for each in document.collection.get_view_restrictions()]
    if not all(each.accept_request(request) for each in restrictions):
        raise Http404
    if restrictions:
        return "private, no-store"
    return f"{'private' if documents else 'public'}, max-age={DAY}"


def _span(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for; None when the whole file is meant. First > last: nothing there to give."""
    found = RANGE.fullmatch(header)
    if not found or found.group(1) == found.group(2) == "":
        return None
    first, last = found.group(1), found.group(2)
    if first == "":
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _pieces(content: File, first: int, last: int) -> Iterator[bytes]:
    with content:
        content.seek(first)
        left = last - first + 1
        while left > 0 and (piece := content.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece
