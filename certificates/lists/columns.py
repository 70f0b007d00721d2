"""The columns of the number register and of the hand-over sheet: the county's forms, Chinese as it files them."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from certificates.enums import CertificateKind
from certificates.models import Certificate, HandOver
from lms.paper.fonts import missing_glyphs
from lms.privacy.locked import opened

from .queries import SeriesProof

TITLE_REGISTER, TITLE_SHEET = "证书编号登记册", "结业证书发放登记表"
# Form cert_issue, column by column.
SHEET = ("序号", "证书编号", "姓名", "身份证号", "培训班名称", "发证日期", "领取人签名", "领取日期", "备注")


@dataclass(frozen=True)
class Column:
    heading: str
    text: Callable[[Certificate], str]
    width: int
    full_only: bool = False


def day(value: datetime.date | None) -> str:
    return value.isoformat() if value else ""


def about(certificate: Certificate) -> str:
    """The class, or the contest and the award."""
    if certificate.kind == CertificateKind.AWARD:
        return " ".join(filter(None, (certificate.contest_title, certificate.award)))
    return certificate.class_title


def state(certificate: Certificate) -> str:
    """What it is worth today, and since when it is worth nothing."""
    return f"{certificate.standing.label} {day(certificate.ended_on)}".strip()


def replaced_by(certificate: Certificate) -> str:
    newer = getattr(certificate, "replaced_by", None)
    return newer.number if newer else ""


REGISTER = (
    Column("证书编号", lambda c: c.number, 32),
    Column("姓名", lambda c: c.name, 15),
    Column("身份证号", lambda c: opened(c.id_number), 28, full_only=True),
    Column("证书种类", lambda c: str(c.get_kind_display()), 13),
    Column("培训班或大赛", about, 30),
    Column("班级编号", lambda c: c.class_code, 19),
    Column("发证日期", lambda c: day(c.issued_on), 15),
    Column("状态", state, 16),
    Column("换发为", replaced_by, 32),
    Column("领取日期", lambda c: day(c.handed_on), 15),  # type: ignore[attr-defined]
    Column("打印次数", lambda c: str(c.times_printed), 9),  # type: ignore[attr-defined]
)


def register_columns(*, clear: bool) -> list[Column]:
    return [column for column in REGISTER if clear or not column.full_only]


def register_row(certificate: Certificate, *, clear: bool) -> list[str]:
    return [
        certificate.masked_name if column.heading == "姓名" and not clear else column.text(certificate)
        for column in register_columns(clear=clear)
    ]


def sheet_row(at: int, certificate: Certificate, standing: HandOver | None) -> list[str]:
    """A line to sign; who has collected already stands on it."""
    return [
        str(at), certificate.number, certificate.name, opened(certificate.id_number), about(certificate),
        day(certificate.issued_on), "", day(standing.collected_on) if standing else "", remark(standing),
    ]  # fmt: skip


def remark(standing: HandOver | None) -> str:
    if standing is None or not standing.receiver:
        return ""
    return f"{standing.receiver}（{standing.get_relation_display()}）代领"


def proof_sentence(proof: SeriesProof) -> str:
    """For the paper: 编号系列 CY530927-2018：1 至 3214，已发 3214 个，无缺号，无重号。"""
    said = [
        f"编号系列 {proof.series}：1 至 {proof.last}，已发 {proof.given} 个",
        f"缺号 {proof.missing} 个" if proof.missing else "无缺号",
        f"重号 {proof.double} 个" if proof.double else "无重号",
    ]
    return "，".join([*said, *([f"超出系列 {proof.beyond} 个"] if proof.beyond else [])]) + "。"


def shown(text: str) -> str:
    """A character without a glyph stands as its code point, never as a box: 〔U+2EBF0〕."""
    missing = missing_glyphs(text)
    return "".join(f"〔U+{ord(char):04X}〕" if char in missing else char for char in text) if missing else text
