"""The quiz of a lesson: one choice for each question."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.lessons.models import LessonPage


class QuizForm(forms.Form):
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, data: dict | None = None, *, lesson: LessonPage) -> None:
        super().__init__(data)
        self.lesson = lesson
        for number, block in enumerate(lesson.questions, start=1):
            self.fields[block.id] = forms.TypedChoiceField(
                label=f"{number}. {block.value['question']}",
                choices=[(str(index), choice["text"]) for index, choice in enumerate(block.value["choices"])],
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose one answer.")},
            )

    @property
    def answers(self) -> dict[str, int]:
        return {block.id: self.cleaned_data[block.id] for block in self.lesson.questions}
