"""A credential inside a picture and out of it again: Open Badges 3.0, part 5.3 (PNG) and 5.4 (SVG)."""

import io
import json
import warnings
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ..enums import CertificateKind
from . import picture

KEYWORD = "openbadgecredential"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
PIXELS = 4_000_000
PNG = b"\x89PNG\r\n\x1a\n"


def written(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def baked_svg(kind: CertificateKind, document: dict[str, Any]) -> bytes:
    # ]]> cannot stand in CDATA; JSON may write the bracket another way.
    text = written(document).replace("]]>", "]]\\u003e")
    carried = f'<openbadges:credential xmlns:openbadges="{NAMESPACE}"><![CDATA[{text}]]></openbadges:credential>'
    return picture.svg(kind, title=document["name"], inside=carried).encode()


def baked_png(kind: CertificateKind, document: dict[str, Any]) -> bytes:
    text = PngInfo()
    text.add_itxt(KEYWORD, written(document))
    return picture.png(kind, text=text)


def credential_in(content: bytes) -> dict[str, Any] | None:
    """The credential in a file of any of the three kinds; None where there is none. It may say anything."""
    head = content[:200].lstrip()
    if content.startswith(PNG):
        text = _from_png(content)
    elif head.startswith((b"<", b"\xef\xbb\xbf<")):
        text = _from_svg(content)
    else:
        text = content.decode("utf-8-sig", errors="replace")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) and "credentialSubject" in document else None


def _from_png(content: bytes) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the bound is ours
            opened = Image.open(io.BytesIO(content), formats=("PNG",))
            if opened.width * opened.height > PIXELS:
                return ""
            opened.load()  # the text may stand behind the picture
        return str(getattr(opened, "text", {}).get(KEYWORD, ""))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return ""


def _from_svg(content: bytes) -> str:
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError, LookupError):  # the last: an encoding nobody knows
        return ""
    found = root.find(f".//{{{NAMESPACE}}}credential")
    return (found.text or "") if found is not None else ""
