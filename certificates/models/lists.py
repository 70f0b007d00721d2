import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.privacy.fields import EncryptedTextField
from lms.privacy.storage import SealedStorage
from lms.records import FieldClass, Record

from ..enums import ListForm, ListKind


class OfAsker(models.QuerySet):
    def visible_to(self, user):
        """Whoever asked for it, as their role allowed it then."""
        return self.filter(started_by=user)


class ListFile(Record):
    """Paper beside the certificates (register, hand-over sheet, labels, envelopes): sealed, and gone after a week."""

    field_classes = {
        "public_id": FieldClass.INTERNAL,
        "kind": FieldClass.INTERNAL,
        "form": FieldClass.INTERNAL,
        "title": FieldClass.INTERNAL,
        "chosen": FieldClass.INTERNAL,
        "options": FieldClass.INTERNAL,
        "clear": FieldClass.INTERNAL,
        "reason": FieldClass.INTERNAL,
        "started_at": FieldClass.INTERNAL,
        "made_at": FieldClass.INTERNAL,
        "rows": FieldClass.INTERNAL,
        "left_out": FieldClass.INTERNAL,
        "file": FieldClass.SENSITIVE,
        "password": FieldClass.SENSITIVE,
        "password_shown_at": FieldClass.INTERNAL,
        "expires_at": FieldClass.INTERNAL,
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=ListKind)
    form = models.CharField(_("as"), max_length=5, choices=ListForm)
    # The class's code, the filters in words, or the count of a selection.
    title = models.CharField(max_length=120)
    # {"class": code}, {"run": primary key}, {"numbers": [...]} or {"filters": {...}}; numbers are public.
    chosen = models.JSONField(default=dict)
    options = models.JSONField(default=dict, blank=True)
    clear = models.BooleanField(_("full names and ID numbers"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    # Chosen, and yet not on it: not valid, of another place, restricted, handed over already.
    left_out = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to="certificate-lists/", storage=SealedStorage(), blank=True)
    password = EncryptedTextField(blank=True)
    password_shown_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = OfAsker.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="register", clear=True) | ~Q(reason=""),
                name="a_full_register_has_a_reason",
                violation_error_message=_("Say why the full names and numbers are needed."),
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.title}"

    @property
    def protected(self) -> bool:
        """The register leaves the house with a password; a sheet to sign goes to the printer beside the desk."""
        return self.kind == ListKind.REGISTER and self.clear

    @property
    def is_gone(self) -> bool:
        return self.expires_at is not None and (not self.file or self.expires_at <= timezone.now())
