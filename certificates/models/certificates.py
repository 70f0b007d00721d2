import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Replace
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.places.models import in_language
from lms.privacy import masking
from lms.privacy.fields import EncryptedTextField
from lms.programme.models import Programme
from lms.records import FieldClass, Record
from trainees.attendance.models import OfTrainee
from trainees.registry.enums import IdKind

from ..enums import CertificateKind, CertificateState, ReissueReason, Standing

# The number without what stands between its letters and digits, see numbers.plain; it has its own unique index.
PLAIN_NUMBER = Replace(Replace("number", Value("-"), Value("")), Value("."), Value(""))


class Certificate(Record):
    """结业证书 and its kin: everything printed is copied here, so that the paper and the record never part."""

    field_classes = {
        "kind": FieldClass.PUBLIC,
        "number": FieldClass.PUBLIC,
        "series": FieldClass.PUBLIC,
        "serial": FieldClass.PUBLIC,
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
        "contest_title": FieldClass.PUBLIC,
        "contest_title_en": FieldClass.PUBLIC,
        "project_title": FieldClass.INTERNAL,
        "award": FieldClass.PUBLIC,
        "award_en": FieldClass.PUBLIC,
        "issuer": FieldClass.PUBLIC,
        "issuer_en": FieldClass.PUBLIC,
        "issued_on": FieldClass.PUBLIC,
        "issued_by": FieldClass.INTERNAL,
        "valid_until": FieldClass.PUBLIC,
        "reissue_reason": FieldClass.PUBLIC,
        "reissue_note": FieldClass.INTERNAL,
        "state": FieldClass.PUBLIC,
        "replaced_on": FieldClass.PUBLIC,
        "revoked_on": FieldClass.PUBLIC,
        "revoke_reason": FieldClass.INTERNAL,
    }

    kind = models.CharField(_("kind"), max_length=12, choices=CertificateKind, default=CertificateKind.COMPLETION)
    number = models.CharField(_("certificate number"), max_length=60, unique=True)
    # What the number was made of: the proof that a series has no gap needs no reading of texts.
    series = models.CharField(max_length=60)
    serial = models.PositiveIntegerField()
    # Unguessable: what the QR code carries.
    token = models.CharField(max_length=32, unique=True)
    training_class = models.ForeignKey(
        "courses.TrainingClass", null=True, blank=True, on_delete=models.PROTECT, related_name="certificates"
    )
    # An award is for an entry, everything else for a class.
    entry = models.ForeignKey(
        "trainees.Entry", null=True, blank=True, on_delete=models.PROTECT, related_name="certificates"
    )
    trainee = models.ForeignKey("trainees.Trainee", on_delete=models.PROTECT, related_name="certificates")
    # What the paper looks like and says around the facts.
    design = models.ForeignKey("certificates.DesignVersion", on_delete=models.PROTECT, related_name="certificates")
    name = models.CharField(max_length=50)
    id_kind = models.CharField(max_length=20, choices=IdKind, default=IdKind.RESIDENT)
    id_number = EncryptedTextField(blank=True)
    course_title = models.CharField(max_length=255, blank=True)
    course_title_en = models.CharField(max_length=160, blank=True)
    class_code = models.CharField(max_length=30, blank=True)
    class_title = models.CharField(max_length=120, blank=True)
    class_title_en = models.CharField(max_length=160, blank=True)
    hours = models.PositiveIntegerField(null=True, blank=True)
    # Of the class, or of the contest's final.
    first_day = models.DateField()
    last_day = models.DateField()
    # The class had required practical tasks: only then may the paper say 经考核合格.
    assessed = models.BooleanField()
    contest_title = models.CharField(max_length=120, blank=True)
    contest_title_en = models.CharField(max_length=160, blank=True)
    project_title = models.CharField(max_length=120, blank=True)
    award = models.CharField(_("award"), max_length=60, blank=True)
    award_en = models.CharField(_("award in English"), max_length=80, blank=True)
    issuer = models.CharField(max_length=120)
    issuer_en = models.CharField(max_length=160, blank=True)
    issued_on = models.DateField(_("issued on"))
    issued_by = models.CharField(max_length=150)
    # The last day it holds; empty: for good.
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    # The chain of re-issues: each newer paper points at the one whose place it took.
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    reissue_reason = models.CharField(_("why it was issued again"), max_length=12, choices=ReissueReason, blank=True)
    reissue_note = models.CharField(max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=CertificateState, default=CertificateState.VALID)
    replaced_on = models.DateField(null=True, blank=True)
    revoked_on = models.DateField(null=True, blank=True)
    revoke_reason = models.CharField(max_length=200, blank=True)

    objects = OfTrainee.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                PLAIN_NUMBER,
                name="one_certificate_per_plain_number",
                violation_error_message=_("Another certificate has the same letters and digits in its number."),
            ),
            models.UniqueConstraint(
                fields=["series", "serial"],
                name="one_certificate_per_serial",
                violation_error_message=_("This number of the series is given out already."),
            ),
            models.UniqueConstraint(
                fields=["training_class", "trainee", "kind"],
                condition=Q(state="valid"),
                name="one_valid_certificate_per_class",
                violation_error_message=_("This person already holds a certificate of this class."),
            ),
            models.UniqueConstraint(
                fields=["entry", "trainee"],
                condition=Q(state="valid"),
                name="one_valid_award_per_entry",
                violation_error_message=_("This person already holds an award for this entry."),
            ),
            models.CheckConstraint(
                condition=Q(kind="award", entry__isnull=False, training_class__isnull=True)
                | (~Q(kind="award") & Q(entry__isnull=True, training_class__isnull=False)),
                name="of_a_class_or_an_entry",
                violation_error_message=_("An award is for an entry, every other certificate for a class."),
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) ^ ~Q(reissue_reason=""),
                name="reissued_says_why",
                violation_error_message=_("A certificate that takes another's place says why."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("issued_on")),
                name="holds_at_least_a_day",
                violation_error_message=_("A certificate cannot end before it was issued."),
            ),
            models.CheckConstraint(
                condition=Q(issued_on__gte=models.F("last_day")),
                name="issued_after_the_last_session",
                violation_error_message=_("A certificate is never dated before the last session."),
            ),
            models.CheckConstraint(
                condition=Q(state="valid", revoked_on__isnull=True, replaced_on__isnull=True)
                | Q(state="revoked", revoked_on__isnull=False)
                | Q(state="replaced", revoked_on__isnull=True, replaced_on__isnull=False),
                name="ended_has_its_day",
                violation_error_message=_("A revoked or replaced certificate has the day it ended, and no other has."),
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
    def contest_title_here(self) -> str:
        return in_language(self.contest_title, self.contest_title_en)

    @property
    def award_here(self) -> str:
        return in_language(self.award, self.award_en)

    @property
    def subject_here(self) -> str:
        """What it is for, in one line: the course, or the prize and its contest."""
        if self.kind != CertificateKind.AWARD:
            return self.course_title_here
        return f"{self.contest_title_here} · {self.award_here}"

    @property
    def standing(self) -> Standing:
        """Valid is what the state says and the calendar does not deny."""
        if self.state == CertificateState.VALID and self.valid_until and self.valid_until < timezone.localdate():
            return Standing.EXPIRED
        return Standing(self.state)

    @property
    def ended_on(self) -> datetime.date | None:
        """Since when it is no longer worth what it says: revoked, replaced, or the last day it held."""
        days = {
            Standing.REVOKED: self.revoked_on,
            Standing.REPLACED: self.replaced_on,
            Standing.EXPIRED: self.valid_until,
        }
        return days.get(self.standing)

    @property
    def issuer_here(self) -> str:
        return in_language(self.issuer, self.issuer_en)

    @property
    def programme(self) -> Programme:
        """Whose scheme numbers it, and whose county centre issues it."""
        if self.entry:
            return self.entry.contest.programme
        assert self.training_class  # noqa: S101 - the database holds this: of a class or an entry
        return self.training_class.programme

    @property
    def number_code(self) -> str:
        """What {class} stands for in its number: the class's number, or the contest's code."""
        return self.entry.contest.code if self.entry else self.class_code

    @property
    def place_code(self) -> str:
        """Whose record it is in the audit log: the class's place, or the township of who won."""
        return self.training_class.venue.division.code if self.training_class else self.trainee.township.code

    @property
    def printed_text(self) -> str:
        """All text that comes from records, for the question whether the fonts have every character of it."""
        return "".join(
            (
                self.name, self.class_title, self.class_title_en, self.course_title, self.course_title_en,
                self.contest_title, self.contest_title_en, self.project_title, self.award, self.award_en,
                self.issuer, self.issuer_en,
            )
        )  # fmt: skip

    @property
    def masked_name(self) -> str:
        return masking.name(self.name)

    @property
    def check_address(self) -> str:
        """What the QR code says. SITE_URL, not the request's host: the paper hangs on a wall for decades."""
        return f"{settings.SITE_URL}/c/{self.token}/"
