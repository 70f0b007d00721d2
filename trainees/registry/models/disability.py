from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.access.scope import scope_of
from lms.privacy import masking
from lms.privacy.crypto import lookup_hash
from lms.privacy.fields import EncryptedTextField
from lms.records import FieldClass
from trainees.registry.enums import CertificateKind

from .dated import Kept, LiveQuerySet, Proved
from .people import OFFICE, Trainee


class DisabilityCertificateQuerySet(LiveQuerySet):
    def visible_to(self, user):
        """The office within its places; nobody else's work needs it. Oneself sees the own one."""
        visible = scope_of(user).within("trainee__township__code", *OFFICE)
        return self.filter(visible if not visible or not user.is_authenticated else visible | Q(trainee__user=user))


class DisabilityCertificate(Proved, Kept):
    """残疾人证 or 残疾军人证: its issue date says from when on somebody is disabled, and never an earlier day."""

    field_classes = {
        **Proved.field_classes,
        **Kept.field_classes,
        "kind": FieldClass.SENSITIVE,
        "number": FieldClass.SENSITIVE,
        "number_hash": FieldClass.SENSITIVE,
        "holder_hash": FieldClass.SENSITIVE,
        "category": FieldClass.SENSITIVE,
        "grade": FieldClass.SENSITIVE,
        "issued_on": FieldClass.SENSITIVE,
        "reported_on": FieldClass.INTERNAL,
        "valid_to": FieldClass.SENSITIVE,
    }

    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="disability_certificates")
    kind = models.CharField(_("kind"), max_length=10, choices=CertificateKind, default=CertificateKind.RESIDENT)
    # ID number, kind, grade, and B1, B2 ... when issued again: 20 or 22 characters; a soldier's is free text.
    number = EncryptedTextField(_("number"))
    number_hash = models.CharField(max_length=64, editable=False)
    # Of the ID number inside: compared with the file's without opening either.
    holder_hash = models.CharField(max_length=64, blank=True, editable=False)
    # Codes of the lists "disability_category" and "disability_grade"; a soldier's certificate has neither.
    category = models.CharField(_("category"), max_length=1, blank=True)
    grade = models.CharField(_("grade"), max_length=1, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    # The day it was reported: where the issue date is missing, it is known from then on only.
    reported_on = models.DateField(_("reported on"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = DisabilityCertificateQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number_hash"],
                condition=Q(voided_at__isnull=True),
                name="one_live_certificate_per_number",
                violation_error_message=_("A certificate with this number is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(kind="soldier", category="", grade="")
                | Q(kind="resident", category__in=list("1234567"), grade__in=list("1234")),
                name="certificate_says_category_and_grade",
                violation_error_message=_("A disability certificate names one of 7 categories and one of 4 grades."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(issued_on__isnull=True) | Q(valid_to__gte=F("issued_on")),
                name="certificate_ends_after_its_issue",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self):
        return masking.disability_number(self.number)

    @staticmethod
    def hash_number(number: str) -> str:
        return lookup_hash("disability.number", number)
