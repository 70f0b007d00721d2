"""Picking one person on any form: a search that shows its hits as choices. The field other rooms put into their forms.

    class MergeForm(forms.Form):
        def __init__(self, *args, user, **kwargs):
            super().__init__(*args, **kwargs)
            self.fields["other"] = PersonField(label=_("Same person as"), user=user)

`cleaned_data["other"]` is a Trainee this account may see. Without scripts the form is sent with the words: one hit is
taken, several come back as choices beside the field. `but` leaves one person out, `people` narrows who is taken.
"""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import User

from .finding import explain, first_hits
from .forms import TYPED
from .models import Trainee

# More would have to be scrolled past; another word narrows.
OFFERED = 8
WORDS = "_words"
# The words the shown choices belong to: a choice made for others is none.
FOR = "_for"
LONGEST = 60


def people_for(user: User) -> QuerySet[Trainee]:
    return Trainee.objects.visible_to(user).live().select_related("township", "village")


def offered(people: QuerySet[Trainee], text: str) -> list[Trainee]:
    """The best hits, each with the reason it is among them; nobody for no words."""
    hits = first_hits(people, text, limit=OFFERED) if text.strip() else []
    explain(hits, text)
    return hits


class PersonWidget(forms.Widget):
    template_name = "trainees/registry/chooser.html"
    use_fieldset = True
    hits: list[Trainee] = []

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        context = super().get_context(name, value, attrs)
        words, chosen = value if isinstance(value, tuple) else ("", value or "")
        part = f"id_{name}_hits"
        typed = {**TYPED, "hx-post": reverse("trainee_choose"), "hx-target": f"#{part}", "aria-controls": part}
        context["chooser"] = {
            "name": name, "words": words, "words_name": name + WORDS, "chosen": chosen, "hits": self.hits,
            "part": part, "typed": typed,
        }  # fmt: skip
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        words = data.get(name + WORDS, "")
        return words, data.get(name, "") if data.get(name + FOR, "") == words else ""

    def id_for_label(self, id_: str) -> str:
        return ""


class PersonField(forms.Field):
    widget = PersonWidget

    def __init__(
        self, *, user: User, people: QuerySet[Trainee] | None = None, but: Trainee | None = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.people = people_for(user) if people is None else people
        if but is not None:
            self.people = self.people.exclude(pk=but.pk)

    def clean(self, value: tuple[str, str]) -> Trainee | None:
        words, chosen = value if isinstance(value, tuple) else ("", value or "")
        if chosen:
            self.widget.hits = list(self.people.filter(file_number=chosen))
            if self.widget.hits:
                return self.widget.hits[0]
            raise forms.ValidationError(_("This person is not in your reach any more. Search again."), code="gone")
        if not words.strip():
            if self.required:
                raise forms.ValidationError(_("Search for the person and choose one."), code="required")
            return None
        self.widget.hits = offered(self.people, words)
        if len(self.widget.hits) == 1:
            return self.widget.hits[0]
        if self.widget.hits:
            raise forms.ValidationError(_("Several people fit. Choose the one you mean."), code="several")
        raise forms.ValidationError(_("Nobody fits. Try part of the name, its pinyin or the number."), code="nobody")
