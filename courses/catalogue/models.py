from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page

from lms.places.models import in_language
from lms.records import FieldClass, Record

from .enums import Level, Tier

NOT_PERSONAL = {"*": FieldClass.PUBLIC}


class CataloguePage(Page):
    """The list of all courses, by tier and level."""

    template = "courses/catalogue/catalogue_page.html"
    parent_page_types = ["content.HomePage"]
    subpage_types = ["courses.CoursePage"]
    max_count_per_parent = 1

    intro = models.TextField(_("introduction"), blank=True)
    intro_en = models.TextField(_("introduction in English"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("intro_en")]

    @property
    def intro_here(self) -> str:
        return in_language(self.intro, self.intro_en)


class CoursePage(Page):
    """课程: what is taught, to whom, for how long and what must be shown at the end."""

    template = "courses/catalogue/course_page.html"
    parent_page_types = ["courses.CataloguePage"]
    subpage_types = ["courses.LessonPage"]

    code = models.CharField(_("code"), max_length=10, unique=True)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    tier = models.CharField(_("tier"), max_length=15, choices=Tier)
    level = models.CharField(_("level"), max_length=12, choices=Level, blank=True)
    hours = models.PositiveIntegerField(_("hours"), help_text=_("Training hours of 45 minutes."))
    offline = models.BooleanField(_("in the classroom"), default=True)
    remote = models.BooleanField(_("remote"), default=False)
    audience = models.CharField(_("for whom"), max_length=200, blank=True)
    audience_en = models.CharField(_("for whom, in English"), max_length=300, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    summary_en = models.TextField(_("summary in English"), blank=True)
    plan_sentence = models.TextField(_("sentence of the plan"), blank=True)
    picture = models.ForeignKey(
        "wagtailimages.Image", on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("picture"),
    )  # fmt: skip

    content_panels = [
        *Page.content_panels,
        FieldPanel("title_en"),
        FieldRowPanel([FieldPanel("code"), FieldPanel("tier"), FieldPanel("level"), FieldPanel("hours")]),
        FieldRowPanel([FieldPanel("offline"), FieldPanel("remote")]),
        MultiFieldPanel([FieldPanel("audience"), FieldPanel("audience_en")], heading=_("For whom")),
        MultiFieldPanel([FieldPanel("summary"), FieldPanel("summary_en")], heading=_("Summary")),
        FieldPanel("picture"),
        InlinePanel("tasks", heading=_("Practical tasks"), label=_("Practical task")),
        FieldPanel("plan_sentence"),
    ]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gte=1),
                name="course_has_hours",
                violation_error_message=_("A course has at least one hour."),
            ),
            models.CheckConstraint(
                condition=Q(offline=True) | Q(remote=True),
                name="course_has_a_mode",
                violation_error_message=_("A course is taught in the classroom, remotely or both."),
            ),
        ]

    @property
    def title_here(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def audience_here(self) -> str:
        return in_language(self.audience, self.audience_en)

    @property
    def summary_here(self) -> str:
        return in_language(self.summary, self.summary_en)


class PracticalTask(Orderable, Record):
    """实操任务: what a trainee must show to finish the course."""

    field_classes = NOT_PERSONAL

    course = ParentalKey(CoursePage, on_delete=models.CASCADE, related_name="tasks")
    title = models.CharField(_("task"), max_length=120)
    title_en = models.CharField(_("task in English"), max_length=160, blank=True)
    required = models.BooleanField(_("required for the certificate"), default=True)

    panels = [FieldPanel("title"), FieldPanel("title_en"), FieldPanel("required")]

    def __str__(self):
        return in_language(self.title, self.title_en)
