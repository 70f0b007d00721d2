"""A design as it would be frozen: words copied, pictures prepared, a digest over all of it. Nothing is saved."""

import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _

from lms.refusals import Refused

from . import pictures
from .models import CertificateDesign, DesignVersion

PICTURES = ("seal", "signature")


def frozen(design: CertificateDesign) -> DesignVersion:
    """An unsaved version. Refuses a picture whose file is gone or cannot be read."""
    words = {name: getattr(design, name) for name in CertificateDesign.CONTENT}
    inks = {name: _picture(getattr(design, name)) for name in PICTURES}
    return DesignVersion(
        **words, **inks, name=design.name, programme_id=design.programme_id, digest=digest_of(words, **inks)
    )


def _picture(image: Any) -> bytes:
    if image is None:
        return b""
    try:
        with image.file.open("rb") as file:
            return pictures.prepared(file, title=image.title)
    except OSError as error:
        raise Refused(
            "picture_deleted",
            _("The file of the picture “%(title)s” is gone. Choose another picture.") % {"title": image.title},
        ) from error


def digest_of(words: dict[str, str], *, seal: bytes, signature: bytes) -> str:
    inks = {"seal": hashlib.sha256(seal).hexdigest(), "signature": hashlib.sha256(signature).hexdigest()}
    text = json.dumps({**{name: str(said) for name, said in words.items()}, **inks}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
