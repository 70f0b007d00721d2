"""How a place or a code is written: what people put into a cell, reduced to what can be compared."""

import re
import unicodedata

TOWNSHIP_TAILS = ("镇", "乡", "街道")  # never 农场: 勐省农场 is not 勐省镇
VILLAGE_TAILS = (
    "社区居民委员会",
    "村民委员会",
    "居民委员会",
    "村委会",
    "居委会",
    "社区",
    "行政村",
    "村",
    "寨",
)


def plain(text: str) -> str:
    """Width, spaces and case taken away; never letters: a place is found exactly or not at all."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def spellings(text: str, tails: tuple[str, ...]) -> set[str]:
    """'回珠村' -> {'回珠村', '回珠'}; '新寨' keeps itself beside '新'."""
    return {text} | {text.removesuffix(tail) for tail in tails if text.endswith(tail) and text != tail}
