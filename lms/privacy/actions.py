from collections.abc import Iterable

from lms.records import Actor

from . import masking
from .models import FileView


def record_view(*, by: Actor, file_number: str, unmasked: str = "", reason: str = "") -> FileView:
    """One row per look into a file; `unmasked` names the fields shown in full."""
    return FileView.objects.append(
        viewer=by.label, viewer_id=str(by.pk), file_number=file_number, unmasked=unmasked, reason=masking.digits(reason)
    )


def record_views(*, by: Actor, file_numbers: Iterable[str], unmasked: str = "") -> None:
    """A page that shows something of several files: one row for each of them."""
    FileView.objects.append_many(
        FileView(viewer=by.label, viewer_id=str(by.pk), file_number=number, unmasked=unmasked)
        for number in file_numbers
    )
