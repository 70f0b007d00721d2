"""Telephone numbers as people write them."""

import re
import unicodedata

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}", re.ASCII)
BETWEEN = re.compile(r"[/、;；,，]")


def clean_phone(text: str) -> str:
    """'+86 138-0013 8000', '１３８...' -> '13800138000'; the first of several; else unchanged."""
    text = unicodedata.normalize("NFKC", text).strip()
    first = BETWEEN.split(text)[0]
    digits = re.sub(r"[\s()\-.·]", "", first)
    digits = re.sub(r"^(\+86|0086|86(?=1[3-9]\d{9}$))", "", digits)
    if LANDLINE.fullmatch(digits):
        area = digits[:4] if not digits.startswith(("010", "02")) else digits[:3]
        return f"{area}-{digits[len(area) :]}"
    return digits


def is_phone(text: str) -> bool:
    return bool(MOBILE.fullmatch(text) or LANDLINE.fullmatch(text))
