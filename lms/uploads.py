"""Uploads end where UPLOAD_MAX_MB says: what comes after is neither kept in memory nor written to the disk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect


class Bounded(FileUploadHandler):
    """Stands before Django's own handlers, for every page: a form is read before anybody asks whose it is.

    A file with which the files of a request grow too large together is dropped, and its field remembered.
    """

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_MAX_BYTES and self.request is not None:
            too_large_fields(self.request).add(self.field_name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def bounded_upload(view: Callable) -> Callable:
    """For views that take files. The forgery check reads the body, so it waits until the bound is in place."""
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def bounded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.upload_handlers.insert(0, Bounded(request))
        return checked(request, *args, **kwargs)

    return bounded


def too_large_fields(request: HttpRequest) -> set[str]:
    """Names of the file fields whose file was dropped."""
    if not hasattr(request, "_too_large"):
        request._too_large = set()  # type: ignore[attr-defined]
    return request._too_large  # type: ignore[attr-defined]
