"""What stands in files besides classes: needs, a photograph, a corrected name, and what became of people."""

import datetime
import io
from decimal import Decimal

from django.utils import timezone
from PIL import Image, ImageDraw

from lms.accounts.models import User
from lms.places.models import Division
from lms.privacy.actions import record_view
from trainees.outcomes import actions as outcomes
from trainees.profiles import actions as profiles
from trainees.registry import actions as registry
from trainees.registry.models import Trainee

# kind, days after the class, yuan, proof in words; given out in turn.
FATES = (
    ("shop_opened", 20, None, "微店“佤山小铺”，主营核桃、蜂蜜，已核对后台截图"),
    ("first_sale", 26, Decimal("168.00"), "首单：野生蜂蜜两瓶，快递单号已核对"),
    ("business_registered", 40, None, "个体工商户营业执照已核对原件"),
    ("job", 33, None, "县电商中心物流岗，劳动合同已核对"),
    ("station_staff", 15, None, "村级服务点聘用协议已核对"),
    ("sales_growth", 60, Decimal("5400.00"), "与上季度后台销售额截图对比"),
)
FOLLOWED = 48


def keep_files(users: dict[str, User], trainee: Trainee, today: datetime.date) -> None:
    """The demo's trainee has a full file; some of those who hold certificates have a fate, most of them confirmed."""
    _whole_file(users, trainee)
    holders = Trainee.objects.filter(certificates__isnull=False).exclude(pk=trainee.pk).order_by("pk")
    for n, person in enumerate(holders.distinct()[:FOLLOWED]):
        _fate(users, person, n, today)
    _fate(users, trainee, 0, today)


def _whole_file(users: dict[str, User], trainee: Trainee) -> None:
    clerk = users["clerk"]
    profiles.set_profile(
        by=clerk,
        trainee=trainee,
        changes={
            "languages": ["wa", "zh"],
            "needs": ["reading"],
            "devices": ["smartphone"],
            "wechat": "wa_shan_xiaopu",
            "residence_place": Division.objects.current().townships().get(name="勐董镇"),
            "residence": "葫芦小镇 3 号",
            "employment": "27",
            "unit": "勐省镇电商服务站",
            "post": "代购员",
            "business": "核桃、蜂蜜、佤族织锦",
            "has_sold_online": True,
            "shop": "佤山小铺（微店）",
            "wishes": ["entrepreneur", "practitioner"],
            "wishes_note": "想学直播和短视频",
        },
    )
    profiles.set_photo(by=clerk, trainee=trainee, content=_portrait())
    registry.correct_trainee(
        by=clerk, trainee=trainee, changes={"village_group": "3组", "education": "60"}, reason="本人到场更正"
    )
    record_view(by=users["manager"], file_number=trainee.file_number, unmasked="phone", reason="电话回访")


def _fate(users: dict[str, User], person: Trainee, n: int, today: datetime.date) -> None:
    kind, days, yuan, proof = FATES[n % len(FATES)]
    issued = person.certificates.earliest("issued_on").issued_on
    happened_on = min(issued + datetime.timedelta(days=days), today, timezone.localdate())
    outcome = outcomes.record_outcome(
        by=users["clerk"], trainee=person, kind=kind, happened_on=happened_on, amount_yuan=yuan, proof_text=proof
    )
    if n % 4 != 3:
        outcomes.verify_outcome(by=users["manager"], outcome=outcome)


def _portrait() -> bytes:
    """Nobody's face: a head and shoulders of two shapes."""
    picture = Image.new("RGB", (413, 531), "#dfe7ee")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((56, 350, 357, 760), fill="#22406f")
    draw.ellipse((126, 110, 287, 330), fill="#c99b72")
    draw.pieslice((116, 90, 297, 330), 180, 360, fill="#1b1916")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()
