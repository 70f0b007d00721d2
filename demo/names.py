"""Invented people: names as they are built in the Wa mountains, resident IDs that nobody holds."""

import datetime
import random
import re
import zipfile
from pathlib import Path

from stdnum.iso7064 import mod_11_2

# Birth-order words and own names (Wa), then Han surnames and Dai names, all common and combined at random.
WA_MEN, WA_WOMEN = ["艾", "尼", "桑", "赛", "俄", "楼", "杰", "比"], ["叶", "伊", "安", "也"]
WA_OWN = [
    "高",
    "那",
    "若",
    "门",
    "者",
    "保",
    "老",
    "散",
    "嘎",
    "茸",
    "社",
    "块",
    "惹",
    "搞",
    "倒",
    "勐",
    "布勒",
    "不老",
    "尼冒",
    "散姆",
    "新",
    "到",
    "永",
    "宽",
]
HAN = ["李", "王", "张", "杨", "赵", "陈", "田", "肖", "鲍", "周", "何", "罗", "魏", "白", "刘", "段"]
HAN_GIVEN = [
    "强",
    "丽",
    "梅",
    "文",
    "军",
    "兰",
    "华",
    "志明",
    "美玲",
    "建国",
    "春花",
    "晓燕",
    "国强",
    "秀英",
    "志强",
    "小红",
    "光荣",
    "明芳",
    "学文",
    "丽萍",
    "成",
    "荣",
    "云",
    "艳",
]
DAI_MEN, DAI_WOMEN, DAI_OWN = "岩", "玉", ["温", "罕", "香", "叫", "丙", "尖", "光", "勇", "应", "宽", "坎", "南"]

ETHNIC = (("21", 80), ("01", 11), ("18", 4), ("24", 3), ("07", 2))
# First and last birth year, weight.
AGES = ((1958, 1969, 15), (1970, 1984, 40), (1985, 1999, 45))


ROSTERS = Path(__file__).parent / "rosters"


def ids_on_sample_rosters() -> set[str]:
    """The people of the sample files must stay unknown, so that importing a sample shows new people."""
    text = ""
    for file in ROSTERS.iterdir():
        if file.suffix == ".csv":
            text += file.read_text(encoding="gb18030")
            continue
        with zipfile.ZipFile(file) as book:
            parts = [name for name in book.namelist() if name.endswith(("sharedStrings.xml", "sheet1.xml"))]
            text += " ".join(book.read(name).decode() for name in parts)
    return set(re.findall(r"\d{17}[\dX]", text))


class People:
    """Deals out people who all differ in their ID; the same seed deals the same people."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)  # noqa: S311 - for a demo, not for secrets
        self.taken = ids_on_sample_rosters()

    def name(self, ethnic: str, female: bool) -> str:
        pick = self.random.choice
        if ethnic == "21" and self.random.random() < 0.75:
            own = pick(WA_OWN)
            return (pick(WA_WOMEN) if female else pick(WA_MEN)) + own
        if ethnic == "18":
            return (DAI_WOMEN if female else DAI_MEN) + pick(DAI_OWN) + (pick(DAI_OWN) if female else "")
        return pick(HAN) + pick(HAN_GIVEN)

    def id_number(self, female: bool) -> str:
        first, last, _ = self.random.choices(AGES, weights=[age[2] for age in AGES])[0]
        while True:
            day = datetime.date(self.random.randint(first, last), 1, 1) + datetime.timedelta(self.random.randrange(365))
            area = "530927" if day.year >= 1996 and self.random.random() < 0.5 else "533528"
            sequence = self.random.choice((996, 998) if female else (997, 999))
            digits = f"{area}{day:%Y%m%d}{sequence}"
            number = digits + mod_11_2.calc_check_digit(digits)
            if number not in self.taken:
                self.taken.add(number)
                return number

    def person(self, n: int) -> dict:
        """Facts for trainees.registry.actions.register; `n` makes the phone differ."""
        female = self.random.random() < 0.47
        ethnic = self.random.choices([code for code, _ in ETHNIC], weights=[weight for _, weight in ETHNIC])[0]
        return {
            "name": self.name(ethnic, female),
            "id_number": self.id_number(female),
            "phone": f"199{n:08d}",
            "ethnic": ethnic,
            "education": self.random.choice(["71", "71", "81", "61", "31", "21"]),
            "village_group": f"{self.random.randint(1, 9)}组",
        }
