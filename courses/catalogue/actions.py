"""The catalogue as the plan asks for it; afterwards the centre edits its pages in the back office."""

import csv
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.refusals import Refused

from .models import CataloguePage, CoursePage, PracticalTask

PLAN_COURSES = Path(__file__).parent / "plan_courses.csv"


@transaction.atomic
def load_plan_courses(*, by: User | Agent) -> int:
    """The catalogue page and the 35 courses of the plan. Existing pages stay as the centre edited them.

    Returns how many courses were added.
    """
    catalogue = _catalogue()
    known = set(CoursePage.objects.values_list("code", flat=True))
    missing = [row for row in plan_courses() if row["code"] not in known]
    for row in missing:
        course = _course(row)
        catalogue.add_child(instance=course)
        if row["task"]:
            PracticalTask.objects.create(course=course, title=row["task"], title_en=row["task_en"], sort_order=0)
    if missing:
        record_event(
            by=by,
            event="catalogue.loaded",
            record=catalogue,
            label="plan_courses",
            changes={"added": [row["code"] for row in missing]},
        )
    return len(missing)


def plan_courses() -> list[dict[str, str]]:
    with PLAN_COURSES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _catalogue() -> CataloguePage:
    catalogue = CataloguePage.objects.first()
    if catalogue is not None:
        return catalogue
    # The home page belongs to the site around the catalogue, so it is found by its depth and not by its type.
    home = Page.objects.filter(depth=2, sites_rooted_here__isnull=False).first()
    if home is None:
        raise Refused("no_site", _("The site has no home page yet. Load the site first."))
    catalogue = CataloguePage(
        title="课程目录",
        slug="courses",
        show_in_menus=True,
        intro="六类人群、三个阶段，三十五门课程。课程全部免费，带上手机和身份证就可以来。",
        intro_en=(
            "Thirty-five courses for six kinds of people, in three levels. All are free: bring your phone and ID."
        ),
    )
    home.add_child(instance=catalogue)
    return catalogue


def _course(row: dict[str, str]) -> CoursePage:
    return CoursePage(
        title=row["title"],
        slug=row["code"].lower(),
        code=row["code"],
        title_en=row["title_en"],
        tier=row["tier"],
        level=row["level"],
        hours=int(row["hours"]),
        offline=row["offline"] == "yes",
        remote=row["remote"] == "yes",
        audience=row["audience"],
        audience_en=row["audience_en"],
        summary=row["summary"],
        summary_en=row["summary_en"],
        plan_sentence=row["plan_sentence"],
    )
