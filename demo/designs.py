"""The demo county's own certificate of completion: another cloth, a seal and a signature that belong to nobody."""

import io
import math
from pathlib import Path

from django.conf import settings
from django.core.files.images import ImageFile
from PIL import Image, ImageDraw, ImageFont
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage

from certificates import actions
from certificates.default_designs import DEFAULTS
from certificates.enums import CertificateKind, Motif
from certificates.models import CertificateDesign, DesignVersion
from lms.accounts.models import User
from lms.programme.models import Programme

RED, INK = (190, 24, 32), (28, 34, 78)


def publish_own_design(manager: User, programme: Programme) -> DesignVersion:
    words = next(facts for facts in DEFAULTS if facts["kind"] == CertificateKind.COMPLETION)
    design = CertificateDesign.objects.create(
        **{**words, "name": "结业证书（演示项目）", "motif": Motif.HORNS, "signer": "中心主任"},
        programme=programme,
        seal=_kept(_seal(), "演示印章"),
        signature=_kept(_signature(), "演示签名"),
        live=False,
    )
    return actions.publish_design(by=manager, design=design)


def _kept(picture: Image.Image, title: str) -> AbstractImage:
    out = io.BytesIO()
    picture.save(out, "PNG")
    file = ImageFile(
        io.BytesIO(out.getvalue()), name=f"demo-{'seal' if picture.width == picture.height else 'sign'}.png"
    )
    return get_image_model().objects.create(title=title, file=file)


def _seal() -> Image.Image:
    """A ring with a lozenge: what a seal looks like, and no seal of anybody."""
    side = 600
    picture = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((16, 16, side - 16, side - 16), outline=RED, width=20)
    draw.polygon([(side / 2, 170), (side - 190, 260), (side / 2, 350), (190, 260)], outline=RED, width=16)
    draw.polygon([(side / 2, 220), (side - 260, 260), (side / 2, 300), (260, 260)], fill=RED)
    font = ImageFont.truetype(Path(settings.PAPER_FONTS) / "paper-serif-700.ttf", 74)
    draw.text((side / 2, 440), "演示专用", font=font, fill=RED, anchor="mm")
    return picture


def _signature() -> Image.Image:
    picture = Image.new("RGB", (900, 320), "white")
    draw = ImageDraw.Draw(picture)
    points = [
        (60 + 780 * at / 240, 160 - 95 * math.sin(at / 13) * math.cos(at / 47) - 30 * math.sin(at / 5))
        for at in range(240)
    ]
    draw.line(points, fill=INK, width=11, joint="curve")
    return picture
