"""When entries are taken, and which files a business plan may be."""

import datetime
import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Contest

# Extension -> media type.
PLAN_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
HEADS = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
# What a zip archive must hold to be what its name says.
OFFICE_PARTS = {"docx": "word/document.xml", "pptx": "ppt/presentation.xml"}


def window(contest: "Contest", today: datetime.date) -> str:
    """early, open or closed; both days are included."""
    if today < contest.entries_open_on:
        return "early"
    return "open" if today <= contest.entries_close_on else "closed"


def extension(name: str) -> str:
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""


def is_plan(name: str, content: bytes) -> bool:
    """The content is what the name says: a renamed program or archive is not."""
    kind = extension(name)
    if kind in HEADS:
        # Scanners and old tools put a few bytes before the mark of a PDF.
        return HEADS[kind] in content[:1024] if kind == "pdf" else content.startswith(HEADS[kind])
    if kind not in OFFICE_PARTS:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return OFFICE_PARTS[kind] in archive.namelist()
    except zipfile.BadZipFile:
        return False


def plain_file_name(name: str) -> str:
    """The last part of a path without control characters; long names keep their ending."""
    name = "".join(char for char in name.replace("\\", "/").rsplit("/", 1)[-1] if char.isprintable())
    ending = "." + extension(name) if extension(name) else ""
    return name[: 200 - len(ending)].removesuffix(ending) + ending if len(name) > 200 else name
