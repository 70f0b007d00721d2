"""What the public pages ask of the catalogue. A tag, so that page models need not know queries."""

from django import template

from courses.catalogue import queries
from courses.catalogue.models import CataloguePage, CoursePage
from courses.schedule import upcoming

register = template.Library()


@register.simple_tag
def catalogue_shelves(page: CataloguePage, tier: str = "", mode: str = "") -> list[queries.TierShelf]:
    return queries.shelves(page, tier=tier, mode=mode)


@register.simple_tag
def tier_choices(chosen: str = "") -> list[queries.Choice]:
    return queries.tier_choices(chosen)


@register.simple_tag
def mode_choices(chosen: str = "") -> list[queries.Choice]:
    return queries.mode_choices(chosen)


@register.simple_tag
def upcoming_classes(course: CoursePage | None = None, limit: int = 6) -> list:
    return upcoming.upcoming_classes(course=course, limit=limit)


@register.simple_tag
def live_lessons(course: CoursePage) -> list:
    return [page.specific for page in course.get_children().live().order_by("path")]
