"""What the trainer's page sends: the marks of a whole class, and somebody who just walked in."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.places.models import Division
from lms.places.phones import clean_phone, is_phone

from .enums import ScanKind
from .queries import ABSENT, PRESENT, RollRow
from .rules import Mark

KINDS = {PRESENT: ScanKind.SIGN_IN, ABSENT: ScanKind.ABSENT}


@dataclass(frozen=True)
class Grid:
    """A sent page: what each person was marked as when the page was made, and is marked as now."""

    page: uuid.UUID
    was: dict[int, str]
    now: dict[int, str]
    reason: str

    def marks(self) -> list[Mark]:
        """Only what the trainer changed, so that a page opened earlier undoes nobody's work.

        The number of a mark follows from the page and what it says: the same page sent twice is the same marks.
        """
        return [
            Mark(trainee_id, KINDS[choice], uuid.uuid5(self.page, f"{trainee_id}:{choice}"), reason=self.reason)
            for trainee_id, choice in self.now.items()
            if choice in KINDS and choice != self.was[trainee_id]
        ]


def read_grid(post: Mapping[str, str]) -> Grid:
    """From the posted fields; anything malformed is as if it had not been sent."""
    was = {}
    for part in post.get("was", "").split("."):
        digits, mark = part[:-1], part[-1:]
        if digits.isascii() and digits.isdigit() and len(digits) < 18:
            was[int(digits)] = mark if mark in KINDS else ""
    everyone = "everyone" in post
    now = {trainee_id: post.get(f"m{trainee_id}", "") or (PRESENT if everyone else "") for trainee_id in was}
    return Grid(_page(post.get("page", "")), was, now, post.get("reason", "").strip()[:200])


def written_was(roll: list[RollRow]) -> str:
    """ "12p.13a.14-": the page's own memory, short because a page has to be light."""
    return ".".join(f"{row.trainee.pk}{row.mark or '-'}" for row in roll)


def _page(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


class WalkInForm(forms.Form):
    """Ten seconds at the door. It shares the page's form, so the browser may not insist on its fields."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    number = forms.CharField(
        label=_("ID number or phone"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    township = forms.ModelChoiceField(label=_("Township"), queryset=Division.objects.none(), empty_label=None)

    def __init__(self, *args, townships, **kwargs):
        super().__init__(*args, **kwargs)
        township = self.fields["township"]
        assert isinstance(township, forms.ModelChoiceField)  # noqa: S101
        township.queryset = townships

    def who(self) -> dict:
        """The arguments of the action: eleven digits are a phone, the rest is an ID number."""
        number = self.cleaned_data["number"]
        known_by = "phone" if is_phone(clean_phone(number)) else "id_number"
        return {"name": self.cleaned_data["name"], "township": self.cleaned_data["township"], known_by: number}

    @classmethod
    def was_filled(cls, post: Mapping[str, str]) -> bool:
        return bool(post.get("name", "").strip() or post.get("number", "").strip())
