"""A roster that waits with a row of every kind, so that the preview shows what a clerk may meet."""

import csv
import datetime
import io

from lms.accounts.models import Agent
from lms.places.models import Division
from trainees.registry.models import Trainee
from trainees.rosters import actions as rosters
from trainees.rosters.imports import read_import

from .names import People

FILE_NAME = "勐省镇第二批上报名单.csv"
HEADER = ("姓名", "身份证号", "乡镇", "村", "联系电话", "人员类别", "文化程度")
TOWNSHIP = "勐省镇"
# Beyond the people of the classes: nobody has them yet.
NEW_FROM = 5_000


def bring_mixed_roster(by: Agent, county: Division, known: list[Trainee], people: People, day: datetime.date) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *_rows([one for one in known if one.id_number and one.village], people)])
    roster = rosters.start_import(
        by=by, data=text.getvalue().encode("utf-8-sig"), file_name=FILE_NAME, place=county, report_day=day
    )
    for _step in read_import(roster):
        pass


def _rows(known: list[Trainee], people: People) -> list[list[str]]:
    """Known as they are, with news, under another name, with another number; then new people, right and wrong."""
    as_they_are = [_row(one) for one in known[:4]]
    news = [[*_row(one)[:4], f"1390000{n:04d}", "残疾人", ""] for n, one in enumerate(known[4:9], start=1)]
    renamed = [["艾" + "另名"[n], *_row(one)[1:]] for n, one in enumerate(known[9:11])]
    fresh = [people.person(NEW_FROM + n) for n in range(14)]
    alike = [
        [one.name, new["id_number"], TOWNSHIP, _village(one), one.phone, "", ""]
        for one, new in zip(known[11:13], fresh, strict=False)
    ]
    village = _village(known[0])
    new = [[one["name"], one["id_number"], TOWNSHIP, village, one["phone"], "", "初中"] for one in fresh[2:]]
    mistyped = new[0][1][:-1] + ("0" if new[0][1][-1] != "0" else "1")
    wrong = [
        [*new[0][:1], mistyped, *new[0][2:]],
        [*new[1][:3], "没有这个村", *new[1][4:]],
        ["", *new[2][1:]],
    ]
    return [*wrong, *alike, *renamed, *news, *as_they_are, *new[3:], new[3]]


def _row(one: Trainee) -> list[str]:
    return [one.name, one.id_number, TOWNSHIP, _village(one), one.phone, "", ""]


def _village(one: Trainee) -> str:
    return one.village.short_name if one.village else ""
