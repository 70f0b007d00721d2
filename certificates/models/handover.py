from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.privacy import masking
from lms.privacy.storage import SealedStorage
from lms.records import AppendOnly, AppendOnlyQuerySet, FieldClass, Record

from ..enums import Collector, HandOverState, Relation
from .certificates import Certificate


class HandOverQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user):
        return self.filter(certificate__in=Certificate.objects.visible_to(user))

    def standing(self):
        """What counts today: handed over, and no later record says otherwise."""
        return self.filter(state=HandOverState.COLLECTED, corrected_by__isnull=True)


class HandOver(AppendOnly):
    """发放登记: who collected a certificate, when and from whom. A correction is the next record, with its reason."""

    field_classes = {
        "turn": FieldClass.INTERNAL,
        "state": FieldClass.INTERNAL,
        "collected_on": FieldClass.INTERNAL,
        "collector": FieldClass.INTERNAL,
        "receiver": FieldClass.PERSONAL,
        "relation": FieldClass.INTERNAL,
        "handed_over_by": FieldClass.INTERNAL,
        "note": FieldClass.PERSONAL,
        "reason": FieldClass.PERSONAL,
        "recorded_at": FieldClass.INTERNAL,
        "recorded_by": FieldClass.INTERNAL,
    }

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="hand_overs")
    # The first record of a certificate is 1: two desks that tick the same person want the same number.
    turn = models.PositiveSmallIntegerField()
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    state = models.CharField(_("state"), max_length=10, choices=HandOverState)
    collected_on = models.DateField(_("collected on"), null=True, blank=True)
    collector = models.CharField(_("collected by"), max_length=10, choices=Collector, blank=True)
    receiver = models.CharField(_("name of who collected"), max_length=50, blank=True)
    relation = models.CharField(_("relation to the person"), max_length=10, choices=Relation, blank=True)
    handed_over_by = models.CharField(_("handed over by"), max_length=150, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    reason = models.CharField(_("reason of the correction"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=150)

    objects: ClassVar[Any] = HandOverQuerySet.as_manager()

    class Meta:
        ordering = ["certificate", "turn"]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate", "turn"],
                name="one_hand_over_per_turn",
                violation_error_message=_("Somebody recorded this certificate at this moment. Look at the page again."),
            ),
            models.CheckConstraint(
                condition=Q(turn=1) ^ Q(corrects__isnull=False),
                name="a_later_record_names_the_one_before",
            ),
            models.CheckConstraint(
                condition=Q(state="collected", collected_on__isnull=False) & ~Q(collector="")
                | Q(state="withdrawn", collected_on__isnull=True, collector="") & ~Q(reason=""),
                name="collected_with_a_day_withdrawn_with_a_reason",
                violation_error_message=_("A hand-over has its day and who collected; taking it back has its reason."),
            ),
            models.CheckConstraint(
                condition=Q(collector="other") ^ Q(relation=""),
                name="who_collects_for_another_says_why",
                violation_error_message=_("Say how whoever collected is related to the person."),
            ),
        ]

    def __str__(self):
        return f"{self.certificate_id}/{self.turn} {self.state}"

    @property
    def masked_receiver(self) -> str:
        return masking.name(self.receiver)


class HandOverScanQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A signed sheet shows everybody on it: whoever may not see one of them does not see the sheet."""
        roles = (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR, Role.AUDITOR)
        own = scope_of(user).within("hand_over__certificate__trainee__township__code", *roles)
        hidden = HandOverProof.objects.exclude(pk__in=HandOverProof.objects.filter(own).values("pk"))
        return self.filter(proofs__isnull=False).exclude(proofs__in=hidden).distinct()


class HandOverScan(Record):
    """The photograph or scan of a signed hand-over sheet, sealed; one may carry a whole class or one person."""

    field_classes = {
        "file": FieldClass.SENSITIVE,
        "media_type": FieldClass.INTERNAL,
        "sha256": FieldClass.INTERNAL,
        "recorded_at": FieldClass.INTERNAL,
        "recorded_by": FieldClass.INTERNAL,
    }

    file = models.FileField(upload_to="hand-overs/", storage=SealedStorage(), blank=True)
    media_type = models.CharField(max_length=30)
    sha256 = models.CharField(max_length=64, db_index=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=150)

    objects = HandOverScanQuerySet.as_manager()

    def __str__(self):
        return self.sha256[:12]


class HandOverProof(AppendOnly):
    """That this person's signature stands on that scan."""

    field_classes = {"recorded_at": FieldClass.INTERNAL, "recorded_by": FieldClass.INTERNAL}

    scan = models.ForeignKey(HandOverScan, on_delete=models.PROTECT, related_name="proofs")
    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="proofs")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scan", "hand_over"],
                name="one_proof_per_scan_and_hand_over",
                violation_error_message=_("This scan proves this hand-over already."),
            )
        ]

    def __str__(self):
        return f"{self.scan_id}/{self.hand_over_id}"
