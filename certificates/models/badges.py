import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.records import FieldClass, Record

from .certificates import Certificate


class OfHolder(models.QuerySet):
    def visible_to(self, user):
        return self.filter(certificate__in=Certificate.objects.visible_to(user))


class Badge(Record):
    """A certificate's Open Badge: what its signed credential holds beyond the certificate's own facts."""

    field_classes = {
        "public_id": FieldClass.PUBLIC,
        "token": FieldClass.INTERNAL,
        "salt": FieldClass.PUBLIC,
        "status_list": FieldClass.PUBLIC,
        "status_index": FieldClass.PUBLIC,
        "with_name": FieldClass.INTERNAL,
        "made_at": FieldClass.INTERNAL,
        "made_by": FieldClass.INTERNAL,
    }

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="badge")
    # The credential's own identifier. It leads nowhere: whoever holds one credential must not find its other versions.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Unguessable: the address for wallets. A new one closes the old address.
    token = models.CharField(max_length=32, unique=True)
    # Goes into the hash of the certificate's number, so that no table of hashes serves for two badges.
    salt = models.CharField(max_length=32)
    # The bit that says revoked. Drawn by lot: neighbours in a list say nothing of each other.
    status_list = models.PositiveIntegerField()
    status_index = models.PositiveIntegerField()
    # The person chose to be named in it.
    with_name = models.BooleanField(default=False)
    # Of the version that is handed out now: the day of its signature.
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)

    objects = OfHolder.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["status_list", "status_index"],
                name="one_badge_per_status_bit",
                violation_error_message=_("This place of the status list is taken."),
            ),
            models.CheckConstraint(
                condition=Q(status_index__lt=131_072),
                name="status_bit_within_its_list",
                violation_error_message=_("This place lies beyond the end of the status list."),
            ),
        ]

    def __str__(self):
        return str(self.public_id)

    @property
    def shows_name(self) -> bool:
        """A file that was wiped has no name to show any more."""
        return self.with_name and self.certificate.trainee.anonymised_at is None
