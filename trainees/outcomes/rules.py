"""Which papers prove an outcome, and who may say that they do."""

import re

from django.contrib.auth.models import AnonymousUser

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User

RECORDING = (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR)
VERIFYING = (Role.MANAGER, Role.CLERK)

# Ending -> (mark at the beginning of the file, media type).
PROOF_TYPES = {
    "pdf": (b"%PDF-", "application/pdf"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
    "jpeg": (b"\xff\xd8\xff", "image/jpeg"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
}
ADDRESS = re.compile(r"https?://[^\s<>\"']+")


def ending(name: str) -> str:
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""


def is_proof(name: str, content: bytes) -> bool:
    """The content is what the name says."""
    mark, _media_type = PROOF_TYPES.get(ending(name), (b"", ""))
    if not mark:
        return False
    # Scanners put a few bytes before the mark of a PDF.
    return mark in content[:1024] if ending(name) == "pdf" else content.startswith(mark)


def media_type(name: str) -> str:
    return PROOF_TYPES.get(ending(name), (b"", "application/octet-stream"))[1]


def is_address(text: str) -> bool:
    return bool(ADDRESS.fullmatch(text))


def may_record(user: User | AnonymousUser, place: str) -> bool:
    return scope_of(user).covers(place, *RECORDING)


def may_verify(user: User | AnonymousUser, place: str, recorder_id: str) -> bool:
    """A second pair of eyes at the centre: nobody confirms what they entered themselves."""
    return scope_of(user).covers(place, *VERIFYING) and str(user.pk) != recorder_id
