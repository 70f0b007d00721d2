"""What must not stand on a training certificate (人社部函〔2022〕25号), however it is spelt. No database here.

A text is judged as the eye reads it: spaces, dots, brackets and marks between the characters do not part a word, and
traditional or look-alike characters count as the plain ones. Commas and full stops do part: 集中，国际 is no 中国.
"""

import re
import unicodedata

CHINESE = (
    "中华人民共和国", "中国", "国家", "全国", "职业资格", "职业技能等级", "岗位合格", "专业技术职务",
)  # fmt: skip
# Whole words only, so that "international" passes.
ENGLISH = re.compile(
    r"\b(peoples? republic|prc|china|chinas|chinese|national|nationally|nationwide|state council"
    r"|vocational qualifications?|vocational skills? levels?|professional titles?)\b"
)
# Characters of those words in other shapes.
SHAPES = str.maketrans("國囯圀華業職資專術務級崗員", "国国国华业职资专术务级岗员")
LATIN = str.maketrans("асеорхіїӏѕԁнԛαειοντρυ", "aceopxiilsdhqaeiovtpu")
PARTING = "，。；：！？、,;:!?\n"
SPELT_OUT = re.compile(r"\b(?:\w ){2,}\w\b")


def _shown(text: str) -> str:
    """Without what no eye sees: format characters, combining marks, full-width shapes."""
    folded = unicodedata.normalize("NFKD", text).translate(SHAPES)
    return "".join(char for char in folded if unicodedata.category(char)[0] not in "CM" or char == "\n")


def _run_together(text: str) -> str:
    """Letters and digits alone, parted where a sentence parts."""
    return "".join(char for char in text if unicodedata.category(char)[0] in "LN" or char in PARTING)


def _english(text: str) -> str:
    """Lower case in plain letters; words spelt out letter by letter put together."""
    plain = text.casefold().translate(LATIN).replace("’", "").replace("'", "")
    spaced = re.sub(r"[^\w\n]|_", " ", plain)
    return SPELT_OUT.sub(lambda found: found[0].replace(" ", ""), re.sub(r" +", " ", spaced))


def forbidden_word(text: str) -> str:
    """The first forbidden word of either language in a text that would be printed; '' when there is none."""
    shown = _shown(text)
    together = _run_together(shown)
    english = ENGLISH.search(_english(shown)) or ENGLISH.search(_english(re.sub(r"(?<=\w)\.(?=\w)", "", shown)))
    return next((word for word in CHINESE if word in together), "") or (english[0] if english else "")
