"""The catalogue as it is read: by tier, then level."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from wagtail.models import Page

from .enums import Level, Mode, Tier
from .models import CoursePage

LEVEL_ORDER = [*Level.values, ""]


@dataclass(frozen=True)
class LevelShelf:
    level: str
    label: str
    courses: list[CoursePage]


@dataclass(frozen=True)
class TierShelf:
    tier: str
    label: str
    levels: list[LevelShelf]

    @property
    def count(self) -> int:
        return sum(len(shelf.courses) for shelf in self.levels)


@dataclass(frozen=True)
class Choice:
    """A filter link: its value in the address, its words and whether it is chosen now."""

    value: str
    label: str
    chosen: bool
    count: int = 0


def shelves(catalogue: Page, *, tier: str = "", mode: str = "") -> list[TierShelf]:
    """Live courses of the catalogue; an unknown tier or mode filters nothing. Two queries at any size."""
    courses = CoursePage.objects.child_of(catalogue).live().annotate(tasks_count=Count("tasks")).order_by("code")
    if tier in Tier.values:
        courses = courses.filter(tier=tier)
    if mode == Mode.REMOTE:
        courses = courses.filter(remote=True)
    elif mode == Mode.OFFLINE:
        courses = courses.filter(offline=True)
    lessons = _lessons_by_course(catalogue)
    found: dict[str, dict[str, list[CoursePage]]] = {}
    for course in courses:
        course.lessons_count = lessons[course.path]
        found.setdefault(course.tier, {}).setdefault(course.level, []).append(course)
    return [
        TierShelf(
            tier=value,
            label=str(label),
            levels=[
                LevelShelf(level, str(Level(level).label) if level else "", found[value][level])
                for level in LEVEL_ORDER
                if level in found[value]
            ],
        )
        for value, label in Tier.choices
        if value in found
    ]


def _lessons_by_course(catalogue: Page) -> Counter[str]:
    """Path of a course -> number of its live lessons; a lesson's path begins with its course's."""
    steplen = CoursePage.steplen
    depth = catalogue.depth + 2
    paths = Page.objects.descendant_of(catalogue).live().filter(depth=depth).values_list("path", flat=True)
    return Counter(path[:-steplen] for path in paths)


def tier_counts() -> dict[str, int]:
    found = CoursePage.objects.live().order_by().values_list("tier").annotate(count=Count("pk"))
    return dict(found)


def tier_choices(chosen: str) -> list[Choice]:
    counts = tier_counts()
    return [Choice(value, str(label), value == chosen, counts.get(value, 0)) for value, label in Tier.choices]


def mode_choices(chosen: str) -> list[Choice]:
    return [Choice(value, str(label), value == chosen) for value, label in Mode.choices]
