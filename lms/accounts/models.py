from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.privacy.crypto import lookup_hash
from lms.privacy.fields import EncryptedTextField
from lms.records import FieldClass, Record

from .enums import Role


class User(AbstractUser, Record):
    """An account. A trainee is a person with a file and may have none of these."""

    field_classes = {
        "username": FieldClass.PERSONAL,
        "password": FieldClass.SENSITIVE,
        "email": FieldClass.PERSONAL,
        "first_name": FieldClass.PERSONAL,
        "last_name": FieldClass.PERSONAL,
        "name": FieldClass.PERSONAL,
        "phone": FieldClass.PERSONAL,
        "phone_hash": FieldClass.PERSONAL,
        "language": FieldClass.INTERNAL,
        "is_superuser": FieldClass.INTERNAL,
        "is_staff": FieldClass.INTERNAL,
        "is_active": FieldClass.INTERNAL,
        "last_login": FieldClass.INTERNAL,
        "date_joined": FieldClass.INTERNAL,
    }

    name = models.CharField(_("name"), max_length=50, blank=True)
    phone = EncryptedTextField(_("phone"), blank=True)
    phone_hash = models.CharField(max_length=64, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["phone_hash"],
                condition=~Q(phone_hash=""),
                name="one_account_per_phone",
                violation_error_message=_("Another account already uses this phone number."),
            )
        ]

    @property
    def label(self) -> str:
        """What the audit log writes down."""
        return f"{self.name} ({self.username})" if self.name else self.username

    @staticmethod
    def hash_phone(phone: str) -> str:
        return lookup_hash("account.phone", phone)


class RoleGrant(Record):
    """A role is for a place: a township operator's view ends at the township. No place: the whole county."""

    field_classes = {
        "role": FieldClass.INTERNAL,
        "granted_by": FieldClass.PERSONAL,
        "granted_at": FieldClass.INTERNAL,
        "ended_at": FieldClass.INTERNAL,
        "ended_by": FieldClass.PERSONAL,
    }

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role)
    place = models.ForeignKey("lms.Division", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    granted_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "place"],
                condition=Q(ended_at__isnull=True, place__isnull=False),
                name="one_live_grant_per_role_and_place",
                violation_error_message=_("This person already has this role for this place."),
            ),
            # Two constraints, because NULL places are distinct from each other on SQLite.
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(ended_at__isnull=True, place__isnull=True),
                name="one_live_grant_per_county_role",
                violation_error_message=_("This person already has this role for the whole county."),
            ),
        ]

    def __str__(self):
        return f"{self.user.username}: {self.get_role_display()}"


@dataclass(frozen=True)
class Agent:
    """Who acts when no person does: a command, a nightly task."""

    label: str
    pk: None = None
