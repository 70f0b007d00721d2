"""What a lesson is made of. Block ids are stable, so quiz answers hang on them."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("picture"))
    caption = blocks.CharBlock(required=False, label=_("caption"))
    alternative = blocks.CharBlock(required=False, label=_("what the picture shows, for those who cannot see it"))

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "courses/lessons/blocks/picture.html"


class VideoBlock(blocks.StructBlock):
    video = DocumentChooserBlock(label=_("video file (mp4 or webm)"))
    captions = DocumentChooserBlock(required=False, label=_("captions (vtt)"))
    poster = ImageChooserBlock(required=False, label=_("picture before it plays"))
    title = blocks.CharBlock(label=_("title"))
    transcript = blocks.TextBlock(required=False, label=_("transcript"))

    class Meta:
        icon = "media"
        label = _("Video")
        template = "courses/lessons/blocks/video.html"


class ChoiceBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("answer"))
    correct = blocks.BooleanBlock(required=False, label=_("correct"))


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("question"))
    choices = blocks.ListBlock(ChoiceBlock(), min_num=2, max_num=6, label=_("answers"))
    explanation = blocks.CharBlock(required=False, label=_("explanation"))

    class Meta:
        icon = "help"
        label = _("Quiz question")
        template = "courses/lessons/blocks/question.html"


class LessonStream(blocks.StreamBlock):
    text = blocks.RichTextBlock(label=_("Text"), features=["h2", "h3", "bold", "ol", "ul", "link"])
    picture = PictureBlock()
    video = VideoBlock()
    question = QuestionBlock()
