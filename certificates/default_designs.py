"""The design of each kind that a new installation begins with; the centre changes them in the back office."""

from .enums import CertificateKind, Motif, Paper

COMMON = {
    "identity": "[（{id_label}：{id_number}）]",
    "number_line": "证书编号[（{reissue}）]：{number}",
    "closing": "{issuer}\n{issuer_en}\n{issued_on}",
    "signer": "",
}

DEFAULTS = (
    {
        **COMMON,
        "kind": CertificateKind.COMPLETION,
        "name": "结业证书",
        "paper": Paper.A4_LANDSCAPE,
        "motif": Motif.EYES,
        "title": "结业证书",
        "title_en": "Certificate of Completion",
        "holder": "兹证明{name}同志",
        "text": (
            "于{days}参加“{class}”{class_word}，学习《{course}》课程，完成规定的{hours}学时[，{assessed}]，"
            "准予结业。"
        ),
        "text_en": "[has completed the course “{course_en}”, {hours} training hours, {days_en}]",
    },
    {
        **COMMON,
        "kind": CertificateKind.ATTENDANCE,
        "name": "培训证明",
        "paper": Paper.A4_LANDSCAPE,
        "motif": Motif.GRAIN,
        "title": "培训证明",
        "title_en": "Certificate of Attendance",
        "holder": "兹证明{name}同志",
        "text": "于{days}参加“{class}”{class_word}，学习《{course}》课程[，共{hours}学时]。特此证明。",
        "text_en": "[has attended the course “{course_en}”, {hours} training hours, {days_en}]",
    },
    {
        **COMMON,
        "kind": CertificateKind.TRAINER,
        "name": "讲师证书",
        "paper": Paper.A4_LANDSCAPE,
        "motif": Motif.HORNS,
        "title": "讲师证书",
        "title_en": "Trainer of the Centre",
        "holder": "兹证明{name}同志",
        "text": (
            "于{days}参加“{class}”{class_word}[，{assessed}]，可在本中心主办的电子商务培训中授课。"
            "[有效期至{valid_until}。]本证书只在本中心主办的培训中使用。"
        ),
        "text_en": "[may teach the centre’s own courses, after “{course_en}”][; valid until {valid_until_en}]",
    },
    {
        **COMMON,
        "kind": CertificateKind.AWARD,
        "name": "获奖证书",
        "paper": Paper.A4_PORTRAIT,
        "motif": Motif.HORNS,
        "title": "获奖证书",
        "title_en": "Certificate of Award",
        "holder": "{name}同志：",
        "identity": "[参赛项目：{project}]",
        "text": "在“{contest}”中荣获{award}，特发此证，以资鼓励。",
        "text_en": "[has won {award_en} in the contest “{contest_en}”]",
    },
)  # fmt: skip
