from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from lms.places.models import in_language

# The page has the h1.
TEXT = ["h2", "h3", "bold", "ol", "ul", "link", "image"]


class HomePage(Page):
    """The front door of the public site."""

    template = "content/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["courses.CataloguePage", "content.ContestPage", "content.NoticePage"]
    max_count = 1

    headline = models.CharField(_("headline"), max_length=120)
    headline_en = models.CharField(_("headline in English"), max_length=160, blank=True)
    intro = models.TextField(_("introduction"), blank=True)
    intro_en = models.TextField(_("introduction in English"), blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("headline_en"),
        FieldPanel("intro"),
        FieldPanel("intro_en"),
        FieldPanel("contact"),
    ]

    @property
    def headline_here(self) -> str:
        return in_language(self.headline, self.headline_en)

    @property
    def intro_here(self) -> str:
        return in_language(self.intro, self.intro_en)


class NoticePage(Page):
    """公示公告: news and notices of the centre."""

    template = "content/notice_page.html"
    parent_page_types = ["content.HomePage"]
    subpage_types: list[str] = []

    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    published_on = models.DateField(_("published on"))
    body = RichTextField(_("text"), features=TEXT)
    body_en = RichTextField(_("text in English"), blank=True, features=TEXT)

    content_panels = [
        *Page.content_panels,
        FieldPanel("title_en"),
        FieldPanel("published_on"),
        FieldPanel("body"),
        FieldPanel("body_en"),
    ]

    @property
    def title_here(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def body_here(self) -> str:
        return in_language(self.body, self.body_en)


class ContestPage(Page):
    """大赛公告: the notice; dates and entries are the contest's records."""

    template = "content/contest_page.html"
    parent_page_types = ["content.HomePage"]
    subpage_types: list[str] = []

    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    contest = models.OneToOneField(
        "trainees.Contest", on_delete=models.PROTECT, related_name="page", verbose_name=_("contest")
    )
    body = RichTextField(_("text"), features=TEXT)
    body_en = RichTextField(_("text in English"), blank=True, features=TEXT)

    content_panels = [
        *Page.content_panels,
        FieldPanel("title_en"),
        FieldPanel("contest"),
        FieldPanel("body"),
        FieldPanel("body_en"),
    ]

    @property
    def title_here(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def body_here(self) -> str:
        return in_language(self.body, self.body_en)
