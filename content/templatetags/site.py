"""What the public pages ask for. Tags, so that page models need not know queries."""

from django import template
from django.template import Context
from django.utils import timezone

from content import queries
from content.models import ContestPage, HomePage, NoticePage
from lms.access.scope import scope_of
from trainees.contest.enums import OFFICE
from trainees.contest.models import Contest
from trainees.contest.rules import window

register = template.Library()


@register.simple_tag
def tier_cards() -> list[queries.TierCard]:
    return queries.tier_cards()


@register.simple_tag
def latest_notices(home: HomePage, limit: int = 4) -> list[NoticePage]:
    return queries.latest_notices(home, limit)


@register.simple_tag
def open_contest(home: HomePage) -> ContestPage | None:
    return queries.open_contest(home)


@register.simple_tag(takes_context=True)
def sees_entries(context: Context) -> bool:
    """Whether the reader works for the centre or a township; the list itself then ends at their places."""
    request = context.get("request")
    return request is not None and scope_of(request.user).has(*OFFICE)


@register.simple_tag
def entry_window(contest: Contest) -> str:
    """early, open or closed, today."""
    return window(contest, timezone.localdate())
