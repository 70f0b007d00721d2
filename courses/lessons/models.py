from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Page

from courses.streams import LeanStreamField
from lms.places.models import in_language

from .blocks import LessonStream


class LessonPage(Page):
    """课时: one remote lesson; its address answers anyone, progress is kept for the signed-in trainee."""

    template = "courses/lessons/lesson_page.html"
    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []

    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), help_text=_("How long the lesson takes."))
    pass_percent = models.PositiveIntegerField(_("pass mark (%)"), default=60)
    body = LeanStreamField(LessonStream(), blank=True, verbose_name=_("content"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("title_en"),
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("pass_percent")]),
        FieldPanel("body"),
    ]

    @property
    def title_here(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def parts(self) -> list:
        """What is read and seen, in order: everything but the quiz."""
        return [block for block in self.body if block.block_type != "question"]

    @property
    def questions(self) -> list:
        """The quiz blocks, in order; each has a stable `id`."""
        return [block for block in self.body if block.block_type == "question"]
