"""What a keeper types to open an account, give a role, or say why."""

import re
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lms.accounts.enums import Role
from lms.accounts.forms import PhoneField
from lms.accounts.models import User
from lms.accounts.rules import NEEDS_PLACE
from lms.places.models import Division
from lms.refusals import Refused

from .queries import places

FIELD_OF_REFUSAL = {
    "account_exists": "username",
    "email_taken": "email",
    "place_needed": "place",
    "separate_people": "role",
    "not_yours_to_give": "role",
    "own_role": "role",
}


def role_choices(roles: Collection[Role]) -> list[tuple[str, str]]:
    """In the order of the roles, and nothing chosen beforehand."""
    return [("", "—"), *((role.value, str(role.label)) for role in Role if role in roles)]


class ListForm(forms.Form):
    q = forms.CharField(label=_("Name or user name"), required=False, max_length=60)
    role = forms.ChoiceField(label=_("Role"), required=False)

    def __init__(self, *args: Any, roles: Collection[Role], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(label=_("Role"), required=False, choices=role_choices(roles))


class RoleForm(forms.Form):
    """A role, and for a township operator the township."""

    role = forms.ChoiceField(label=_("Role"))
    place = forms.ChoiceField(
        label=_("Township"), required=False, help_text=_("For a township operator alone; the others work county-wide.")
    )

    def __init__(self, *args: Any, roles: Collection[Role], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.divisions: dict[str, Division] = {division.code: division for division in places()}
        choices = {
            "role": role_choices(roles),
            "place": [("", "—"), *((code, str(division)) for code, division in self.divisions.items())],
        }
        for name, found in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101
            field.choices = found

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])

    def clean_place(self) -> Division | None:
        return self.divisions.get(self.cleaned_data["place"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        role, place = data.get("role"), data.get("place")
        if role in NEEDS_PLACE and place is None and "place" not in self.errors:
            self.add_error("place", gettext("Choose the township whose people this operator sees."))
        elif role and role not in NEEDS_PLACE and place is not None:
            self.add_error("place", gettext("This role is for the whole county. Leave the township empty."))
        return data

    def add_refusal(self, refusal: Refused) -> None:
        field = FIELD_OF_REFUSAL.get(refusal.code)
        self.add_error(field if field in self.fields else None, str(refusal.message))


class AccountForm(RoleForm):
    username = forms.CharField(
        label=_("User name"),
        max_length=30,
        validators=[User.username_validator],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("What the person types to sign in, for instance the name in pinyin. It stays for ever."),
    )
    name = forms.CharField(label=_("Name"), max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    phone = PhoneField(
        label=_("Phone"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text=_("Signs in as well as the user name does."),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("With it the person sets a forgotten password anew without you."),
    )

    field_order = ("username", "name", "role", "place", "phone", "email")

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if not re.search(r"[^\W\d_]", username):
            raise ValidationError(gettext("A user name has at least one letter, so that nobody takes it for a phone."))
        return username


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("It is kept beside the change, under your name.")
    )
