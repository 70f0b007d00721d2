from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.places.models import in_language
from lms.privacy import masking
from lms.privacy.fields import EncryptedTextField
from lms.records import FieldClass, Record
from trainees.attendance.models import OfTrainee
from trainees.registry.enums import IdKind

from .enums import CertificateState


class NumberSeries(Record):
    """The last serial given out in a series (a year and a county); gapless, taken under a row lock."""

    field_classes = {"*": FieldClass.PUBLIC}

    key = models.CharField(max_length=20, unique=True)
    last_serial = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.key}: {self.last_serial}"


class Certificate(Record):
    """结业证书: everything printed is copied here, so that the paper and the record never part."""

    field_classes = {
        "number": FieldClass.PUBLIC,
        "token": FieldClass.INTERNAL,
        "name": FieldClass.PERSONAL,
        "id_kind": FieldClass.INTERNAL,
        "id_number": FieldClass.SENSITIVE,
        "course_title": FieldClass.PUBLIC,
        "course_title_en": FieldClass.PUBLIC,
        "class_code": FieldClass.PUBLIC,
        "class_title": FieldClass.PUBLIC,
        "class_title_en": FieldClass.PUBLIC,
        "hours": FieldClass.PUBLIC,
        "first_day": FieldClass.PUBLIC,
        "last_day": FieldClass.PUBLIC,
        "assessed": FieldClass.PUBLIC,
        "issuer": FieldClass.PUBLIC,
        "issuer_en": FieldClass.PUBLIC,
        "issued_on": FieldClass.PUBLIC,
        "issued_by": FieldClass.INTERNAL,
        "state": FieldClass.PUBLIC,
        "revoked_on": FieldClass.PUBLIC,
        "revoke_reason": FieldClass.INTERNAL,
    }

    number = models.CharField(_("certificate number"), max_length=40, unique=True)
    # Unguessable: what the QR code carries.
    token = models.CharField(max_length=32, unique=True)
    training_class = models.ForeignKey("courses.TrainingClass", on_delete=models.PROTECT, related_name="certificates")
    trainee = models.ForeignKey("trainees.Trainee", on_delete=models.PROTECT, related_name="certificates")
    name = models.CharField(max_length=50)
    id_kind = models.CharField(max_length=20, choices=IdKind, default=IdKind.RESIDENT)
    id_number = EncryptedTextField(blank=True)
    course_title = models.CharField(max_length=255)
    course_title_en = models.CharField(max_length=160, blank=True)
    class_code = models.CharField(max_length=30)
    class_title = models.CharField(max_length=120)
    class_title_en = models.CharField(max_length=160, blank=True)
    hours = models.PositiveIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    # The class had required practical tasks: only then may the paper say 经考核合格.
    assessed = models.BooleanField()
    issuer = models.CharField(max_length=120)
    issuer_en = models.CharField(max_length=160, blank=True)
    issued_on = models.DateField(_("issued on"))
    issued_by = models.CharField(max_length=150)
    state = models.CharField(_("state"), max_length=10, choices=CertificateState, default=CertificateState.VALID)
    revoked_on = models.DateField(null=True, blank=True)
    revoke_reason = models.CharField(max_length=200, blank=True)

    objects = OfTrainee.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["training_class", "trainee"],
                condition=Q(state="valid"),
                name="one_valid_certificate_per_class",
                violation_error_message=_("This person already holds a certificate of this class."),
            ),
            models.CheckConstraint(
                condition=Q(issued_on__gte=models.F("last_day")),
                name="issued_after_the_last_session",
                violation_error_message=_("A certificate is never dated before the last session."),
            ),
            models.CheckConstraint(
                condition=Q(state="valid", revoked_on__isnull=True) | Q(state="revoked", revoked_on__isnull=False),
                name="revoked_has_its_day",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def course_title_here(self) -> str:
        return in_language(self.course_title, self.course_title_en)

    @property
    def class_title_here(self) -> str:
        return in_language(self.class_title, self.class_title_en)

    @property
    def issuer_here(self) -> str:
        return in_language(self.issuer, self.issuer_en)

    @property
    def printed_text(self) -> str:
        """All text that comes from records, for the question whether the fonts have every character of it."""
        return "".join(
            (self.name, self.class_title, self.course_title, self.course_title_en, self.issuer, self.issuer_en)
        )

    @property
    def masked_name(self) -> str:
        return masking.name(self.name)

    @property
    def check_address(self) -> str:
        """What the QR code says. SITE_URL, not the request's host: the paper hangs on a wall for decades."""
        return f"{settings.SITE_URL}/c/{self.token}/"
