"""What people of the demo county do besides classes: take a lesson, enter the contest."""

import io
import uuid

from PIL import Image, ImageDraw

from courses.lessons.models import LessonPage
from lms.accounts.models import Agent, User
from lms.places.models import Division
from trainees.contest import actions as entries
from trainees.contest.models import Contest
from trainees.learning import actions as learning
from trainees.registry.models import Trainee


def take_lesson(user: User, trainee: Trainee, lesson: LessonPage, *, to_the_end: bool) -> None:
    """Read it through and answer everything rightly, or stop after the first part."""
    learning.open_lesson(by=user, trainee=trainee, lesson=lesson)
    learning.reach_block(by=user, trainee=trainee, lesson=lesson, block=len(lesson.parts) if to_the_end else 1)
    if not to_the_end:
        return
    answers = {
        question.id: next(n for n, choice in enumerate(question.value["choices"]) if choice["correct"])
        for question in lesson.questions
    }
    learning.hand_in_quiz(by=user, trainee=trainee, lesson=lesson, answers=answers, client_uuid=uuid.uuid4())


# Kind, leader, team, township, project, in a few words.
ENTRIES = (
    ("person", "叶那", "", "勐董镇", "佤锦手工包网店", "收购本寨妇女织的佤锦，做成手机包和挂件，在微店卖。"),
    ("team", "田志强", "岩帅核桃合作社", "岩帅镇", "岩帅核桃分级上行", "按大小分级、真空包装，走多平台销售。"),
    ("person", "玉温罕", "", "勐角傣族彝族拉祜族乡", "翁丁老寨农家体验", "把住宿和采茶做成一天的线路，在平台预订。"),
    ("team", "艾嘎", "班洪返乡青年组", "班洪乡", "一棵古树茶的直播", "每周两次在茶园直播，讲清年份，顾客认养茶树。"),
    ("person", "赵丽萍", "", "勐省镇", "勐省牛干巴小包装", "小作坊取得许可，五十克一包，代购点寄出。"),
)


def enter_contest(contest: Contest, townships: dict[str, Division]) -> None:
    """Five entries as visitors send them, each with a page of a plan."""
    for number, (kind, name, team, township, project, summary) in enumerate(ENTRIES):
        entries.enter(
            by=Agent("demo"),
            contest=contest,
            client_uuid=uuid.uuid4(),
            kind=kind,
            leader_name=name,
            team_name=team,
            phone=f"1980000{number:04d}",
            township=townships[township],
            project_title=project,
            summary=summary,
            plan=a_page(),
            plan_name=f"{project}.png",
        )


def a_page() -> bytes:
    """A sheet with ruled lines: a plan somebody photographed."""
    sheet = Image.new("RGB", (420, 594), "white")
    pen = ImageDraw.Draw(sheet)
    for line in range(60, 560, 28):
        pen.line((40, line, 380, line), fill=(205, 200, 190), width=2)
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()
