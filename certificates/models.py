import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.paper.fonts import in_words, missing_glyphs
from lms.places.models import in_language
from lms.privacy import masking
from lms.privacy.fields import EncryptedTextField
from lms.privacy.storage import SealedStorage
from lms.records import FieldClass, Mutability, Record
from trainees.attendance.models import OfTrainee
from trainees.registry.enums import IdKind

from .enums import CertificateState, PrintKind, PrintState, Stopped


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


class OfOrderer(models.QuerySet):
    orderer = "ordered_by"

    def visible_to(self, user):
        """What was printed shows whole ID numbers: it is for the one who ordered it, as their role allowed it then."""
        return self.filter(**{self.orderer: user})


class PrintRun(Record):
    """An order to print: which certificates and in which order is fixed once, so that work can break off anywhere."""

    field_classes = {
        "public_id": FieldClass.INTERNAL,
        "kind": FieldClass.INTERNAL,
        "title": FieldClass.INTERNAL,
        "issue": FieldClass.INTERNAL,
        "issue_dated": FieldClass.INTERNAL,
        "ordered_at": FieldClass.INTERNAL,
        "settled_at": FieldClass.INTERNAL,
        "bound": FieldClass.PERSONAL,
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=PrintKind)
    # The class's number, the year, or the count of a selection.
    title = models.CharField(max_length=60)
    training_class = models.ForeignKey(
        "courses.TrainingClass", null=True, blank=True, on_delete=models.PROTECT, related_name="print_runs"
    )
    # Who is due gets a certificate first, dated so; in the same transaction that fixes the order.
    issue = models.BooleanField(default=False)
    issue_dated = models.DateField(null=True, blank=True)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="print_runs")
    ordered_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # All sheets as one file.
    bound = models.FileField(storage=SealedStorage(), blank=True)

    objects = OfOrderer.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.title} ({self.kind})"

    @property
    def file_stem(self) -> str:
        """For the name of the file people get: plain ASCII."""
        return "".join(char if char.isascii() and char.isalnum() else "-" for char in self.title).strip("-")


class PrintItem(Record):
    """One certificate at its place in a print run."""

    field_classes = {"*": FieldClass.INTERNAL}

    run = models.ForeignKey(PrintRun, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="printings")
    state = models.CharField(max_length=10, choices=PrintState, default=PrintState.WAITING)
    why = models.CharField(max_length=20, choices=Stopped, blank=True)

    class Meta:
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "position"],
                name="one_item_per_place",
                violation_error_message=_("This place of the print run is taken."),
            ),
            models.UniqueConstraint(
                fields=["run", "certificate"],
                name="printed_once_per_run",
                violation_error_message=_("This certificate is already in the print run."),
            ),
            models.CheckConstraint(
                condition=Q(state="stopped") ^ Q(why=""),
                name="stopped_says_why",
                violation_error_message=_("A certificate that was not printed says why, and no other does."),
            ),
        ]

    def __str__(self):
        return f"{self.run_id}: {self.position}"

    @property
    def missing(self) -> str:
        """The characters the fonts lack, in words."""
        return in_words(missing_glyphs(self.certificate.printed_text))


class PartsOfOrderer(OfOrderer):
    orderer = "run__ordered_by"


class PrintPart(Record):
    """A finished stretch of a print run: committed with the file, so a killed worker's successor goes on behind it."""

    mutability = Mutability.DERIVED
    field_classes = {"number": FieldClass.INTERNAL, "file": FieldClass.PERSONAL, "printed": FieldClass.INTERNAL}

    run = models.ForeignKey(PrintRun, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    # PDF sheets, or a zip of files; empty when every certificate of the stretch was stopped.
    file = models.FileField(storage=SealedStorage(), blank=True)
    printed = models.PositiveIntegerField()

    objects = PartsOfOrderer.as_manager()

    class Meta:
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "number"],
                name="one_part_per_stretch",
                violation_error_message=_("This part of the print run is already there."),
            )
        ]

    def __str__(self):
        return f"{self.run_id}: {self.number}"
