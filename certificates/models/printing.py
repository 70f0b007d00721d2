import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.paper.fonts import in_words, missing_glyphs
from lms.privacy.storage import SealedStorage
from lms.records import FieldClass, Mutability, Record

from ..enums import CertificateKind, PrintBack, PrintKind, PrintLayout, PrintState, ReprintReason, Stopped
from .certificates import Certificate


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
        "certificate_kind": FieldClass.INTERNAL,
        "title": FieldClass.INTERNAL,
        "issue": FieldClass.INTERNAL,
        "issue_dated": FieldClass.INTERNAL,
        "ordered_at": FieldClass.INTERNAL,
        "settled_at": FieldClass.INTERNAL,
        "layout": FieldClass.INTERNAL,
        "back": FieldClass.INTERNAL,
        "reprint_reason": FieldClass.INTERNAL,
        "reprint_note": FieldClass.INTERNAL,
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=PrintKind)
    # The class's number, the year, or the count of a selection.
    title = models.CharField(max_length=60)
    training_class = models.ForeignKey(
        "courses.TrainingClass", null=True, blank=True, on_delete=models.PROTECT, related_name="print_runs"
    )
    # Which papers of the class; a selection names each of them itself.
    certificate_kind = models.CharField(
        max_length=12, choices=CertificateKind, default=CertificateKind.COMPLETION, blank=True
    )
    # Who is due gets a certificate first, dated so; in the same transaction that fixes the order.
    issue = models.BooleanField(default=False)
    issue_dated = models.DateField(null=True, blank=True)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="print_runs")
    ordered_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # What the printer does with the pages; a zip of files knows neither.
    layout = models.CharField(_("on the paper"), max_length=10, choices=PrintLayout, default=PrintLayout.PLAIN)
    back = models.CharField(_("back"), max_length=10, choices=PrintBack, default=PrintBack.NONE)
    # Asked when some of it was on paper before.
    reprint_reason = models.CharField(_("why it is printed again"), max_length=10, choices=ReprintReason, blank=True)
    reprint_note = models.CharField(_("the reason in a few words"), max_length=200, blank=True)

    objects = OfOrderer.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="sheets") | Q(layout="plain", back="none"),
                name="only_sheets_are_laid_out",
                violation_error_message=_("Backs, cut marks and two on a sheet are for the printer's PDF."),
            ),
            models.CheckConstraint(
                condition=~Q(reprint_reason="other") | ~Q(reprint_note=""),
                name="another_reason_in_words",
                violation_error_message=_("Write in a few words why it is printed again."),
            ),
        ]

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
