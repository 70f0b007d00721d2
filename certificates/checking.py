"""What an uploaded file or photograph of a certificate is worth. It is looked at in memory and never kept."""

import io
import json
import re
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from lms.paper import codes

from . import facts, queries
from .enums import FileState, Standing
from .models import Certificate

PDF_BYTES = 5 * 1024 * 1024  # a hundred times what we hand out
PIXELS = 60_000_000  # the largest camera of a phone, and no picture that only pretends to be small
SIDES = (2000, 1000)  # a code is found at one of these; larger only takes longer
# What an unaltered file of ours is worth, by what the register says of its certificate today.
WORTH = {
    Standing.VALID: FileState.GENUINE,
    Standing.EXPIRED: FileState.EXPIRED,
    Standing.REPLACED: FileState.REPLACED,
    Standing.REVOKED: FileState.REVOKED,
}
PATH = re.compile(r"/c/([A-Za-z0-9_-]{20,32})/?$")


@dataclass(frozen=True)
class Judged:
    state: FileState
    certificate: Certificate | None = None
    # Found by the code in a picture: the register's own page says the rest.
    by_code: bool = False


def judge(content: bytes) -> Judged:
    if content[:1024].lstrip().startswith(b"%PDF"):
        return _judge_pdf(content)
    return _judge_picture(content)


def _judge_pdf(content: bytes) -> Judged:
    if len(content) > PDF_BYTES:
        return Judged(FileState.FOREIGN)
    from lms.paper import signing  # pyHanko takes a fifth of a second: only a process that checks files pays for it

    checked = signing.check(content)
    if checked.verdict == signing.Verdict.FOREIGN:
        return Judged(FileState.FOREIGN)
    if checked.verdict == signing.Verdict.ALTERED:
        return Judged(FileState.ALTERED)
    return _compare(json.loads(checked.attachments[facts.FILE_NAME]))


def _compare(record: dict) -> Judged:
    """The signed record with the register of today."""
    certificate = queries.find_by_number(str(record.get("number", "")))
    if certificate is None:
        return Judged(FileState.UNLISTED)
    if not facts.same(record, facts.record_of(certificate)):
        return Judged(FileState.DIFFERS, certificate)
    return Judged(WORTH[certificate.standing], certificate)


def _judge_picture(content: bytes) -> Judged:
    texts = _codes_in(content)
    if texts is None:
        return Judged(FileState.UNREADABLE)
    for text in texts:
        # Whatever host the code names: sites move, and ours is where the answer comes from.
        found = PATH.search(text)
        certificate = queries.find_by_token(found[1]) if found else None
        if certificate:
            return Judged(FileState.GENUINE, certificate, by_code=True)
    return Judged(FileState.OTHER_CODE if texts else FileState.NO_CODE)


def _codes_in(content: bytes) -> list[str] | None:
    """The texts of its QR codes; None when it is no picture we read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the bound is ours, below
            opened = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
        if opened.width * opened.height > PIXELS:
            return None
        opened.draft("L", (SIDES[0], SIDES[0]))  # a JPEG is read at the size that is needed
        picture = ImageOps.exif_transpose(opened.convert("L"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    for side in SIDES:
        picture.thumbnail((side, side))
        texts = codes.read(picture)
        if texts:
            return texts
    return []
