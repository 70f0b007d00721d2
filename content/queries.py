"""What the front page shows besides its own text."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.catalogue.enums import Tier
from courses.catalogue.queries import tier_counts

from .models import ContestPage, HomePage, NoticePage

WORDS: dict[str, str | Promise] = {
    Tier.CADRE: _("What e-commerce means for a village, and how to bring people to it."),
    Tier.ENTREPRENEUR: _("Open a shop, fill it, show it live, and send the first parcel."),
    Tier.PRACTITIONER: _("The daily work of a station: orders, payment, parcels, information."),
    Tier.ENTERPRISE: _("Factories, farms, restaurants and guest houses find customers online."),
    Tier.LEADER: _("Those who take others along: a product for the township, visitors, jobs."),
    Tier.LOCAL_TRAINER: _("Teach it yourself, in the language people speak at home."),
}


@dataclass(frozen=True)
class TierCard:
    value: str
    label: str
    words: str | Promise
    count: int


def tier_cards() -> list[TierCard]:
    counts = tier_counts()
    return [TierCard(value, str(label), WORDS[value], counts.get(value, 0)) for value, label in Tier.choices]


def latest_notices(home: HomePage, limit: int = 4) -> list[NoticePage]:
    return list(NoticePage.objects.child_of(home).live().order_by("-published_on", "-pk")[:limit])


def open_contest(home: HomePage) -> ContestPage | None:
    """The contest whose entries close last, until its final is over."""
    page = (
        ContestPage.objects.child_of(home)
        .live()
        .select_related("contest")
        .order_by("-contest__entries_close_on")
        .first()
    )
    if page is None:
        return None
    last_day = page.contest.final_on or page.contest.entries_close_on
    return page if last_day >= timezone.localdate() else None
