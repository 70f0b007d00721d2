from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.privacy import masking
from lms.privacy.crypto import lookup_hash
from lms.privacy.fields import EncryptedTextField
from lms.records import FieldClass, Record


class Household(Record):
    """建档立卡户: found by its number, which says who was poor."""

    field_classes = {
        "number": FieldClass.SENSITIVE,
        "number_hash": FieldClass.SENSITIVE,
        "created_at": FieldClass.INTERNAL,
    }

    number = EncryptedTextField(_("household number"))
    number_hash = models.CharField(max_length=64, unique=True, editable=False)
    township = models.ForeignKey("lms.Division", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return masking.household_number(self.number)

    @staticmethod
    def hash_number(number: str) -> str:
        return lookup_hash("household.number", number)
