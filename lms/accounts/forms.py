from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lms.places.phones import clean_phone, is_phone


class PhoneField(forms.CharField):
    """A telephone number as people write it; its clean value is 11 digits or area-number."""

    def clean(self, value: str | None) -> str:
        phone = clean_phone(super().clean(value))
        if phone and not is_phone(phone):
            raise ValidationError(_("This is no telephone number of 11 digits."), code="no_phone")
        return phone
