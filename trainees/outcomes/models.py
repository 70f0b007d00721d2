from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.privacy.storage import SealedStorage
from lms.records import FieldClass, Record
from trainees.registry.models import Trainee

from .enums import WITH_AMOUNT, OutcomeKind


class OutcomeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(trainee__in=Trainee.objects.visible_to(user))

    def live(self):
        return self.filter(voided_at__isnull=True)

    def verified(self):
        """What a conversion rate may count."""
        return self.live().filter(verified_at__isnull=False)


class Outcome(Record):
    """创业就业成效: one fact about what became of a trainee, with its proof and the one who checked it."""

    field_classes = {
        "kind": FieldClass.PERSONAL,
        "happened_on": FieldClass.PERSONAL,
        "amount_yuan": FieldClass.PERSONAL,
        "proof_text": FieldClass.PERSONAL,
        "proof_link": FieldClass.PERSONAL,
        "proof_file": FieldClass.PERSONAL,
        "proof_file_name": FieldClass.PERSONAL,
        "recorded_at": FieldClass.INTERNAL,
        "recorded_by": FieldClass.INTERNAL,
        "recorder_id": FieldClass.INTERNAL,
        "verified_at": FieldClass.INTERNAL,
        "verified_by": FieldClass.INTERNAL,
        "voided_at": FieldClass.INTERNAL,
        "voided_by": FieldClass.INTERNAL,
        "void_reason": FieldClass.INTERNAL,
    }

    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="outcomes")
    kind = models.CharField(_("what happened"), max_length=20, choices=OutcomeKind)
    happened_on = models.DateField(_("on"))
    amount_yuan = models.DecimalField(_("amount in yuan"), max_digits=12, decimal_places=2, null=True, blank=True)
    proof_text = models.CharField(_("proof in words"), max_length=300, blank=True)
    proof_link = models.CharField(_("link"), max_length=300, blank=True)
    proof_file = models.FileField(_("document"), upload_to="outcomes/", storage=SealedStorage(), blank=True)
    proof_file_name = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=150)
    recorder_id = models.CharField(max_length=20, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=150, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.CharField(max_length=150, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["trainee", "kind", "happened_on"],
                condition=Q(voided_at__isnull=True),
                name="one_live_outcome_per_kind_and_day",
                violation_error_message=_("This outcome is recorded for that day already."),
            ),
            models.CheckConstraint(
                condition=Q(amount_yuan__isnull=True) | Q(amount_yuan__gt=0, kind__in=sorted(WITH_AMOUNT)),
                name="outcome_amount_where_it_applies",
                violation_error_message=_("An amount is above zero and belongs to sales only."),
            ),
            models.CheckConstraint(
                condition=~Q(proof_text="", proof_link="", proof_file=""),
                name="outcome_has_a_proof",
                violation_error_message=_("An outcome needs a proof: words, a link or a document."),
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by="")
                | Q(verified_at__isnull=False) & ~Q(verified_by=""),
                name="outcome_verified_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="")
                | Q(voided_at__isnull=False) & ~Q(voided_by="") & ~Q(void_reason=""),
                name="outcome_voided_with_a_reason",
                violation_error_message=_("Say why this outcome is struck out."),
            ),
        ]

    def __str__(self):
        return f"{self.trainee.file_number} {self.kind} {self.happened_on}"
