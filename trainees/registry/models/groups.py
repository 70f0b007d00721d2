from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.privacy import masking
from lms.privacy.crypto import lookup_hash
from lms.privacy.fields import EncryptedTextField
from lms.records import FieldClass

from .dated import Dated, DatedQuerySet, Proved, ends_after_it_starts
from .disability import DisabilityCertificate
from .households import HouseholdPeriod
from .people import Trainee


class GroupMembershipQuerySet(DatedQuerySet):
    def visible_to(self, user):
        return self.filter(trainee__in=Trainee.objects.visible_to(user))


class GroupMembership(Proved, Dated):
    """人员类别, dated and with its evidence: one who became disabled in 2014 was no disabled trainee in 2013.

    Live entries of one person and group never share a day: every action that writes one holds the person's row.
    """

    field_classes = {
        **Proved.field_classes,
        **Dated.field_classes,
        "group": FieldClass.SENSITIVE,
        "evidence_number": FieldClass.SENSITIVE,
        "evidence_hash": FieldClass.SENSITIVE,
    }

    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="memberships")
    # A code of the list "trainee_group".
    group = models.CharField(_("group"), max_length=30)
    evidence_number = EncryptedTextField(_("number of the evidence"), blank=True)
    evidence_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    # Where the entry follows from: it is changed there and not by hand.
    certificate = models.ForeignKey(
        DisabilityCertificate, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    period = models.ForeignKey(
        HouseholdPeriod, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )

    objects = GroupMembershipQuerySet.as_manager()

    class Meta:
        ordering = ["group", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["trainee", "group"],
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="one_open_membership_per_group",
                violation_error_message=_("This person already belongs to this group."),
            ),
            models.UniqueConstraint(
                fields=["trainee", "group", "valid_from"],
                condition=Q(voided_at__isnull=True),
                name="one_membership_per_group_and_day",
                violation_error_message=_("This person already belongs to this group."),
            ),
            ends_after_it_starts("membership_ends_after_it_starts"),
        ]

    def __str__(self):
        return f"{self.trainee.file_number} {self.group}"

    @staticmethod
    def hash_evidence(number: str) -> str:
        return lookup_hash("membership.evidence", number)

    @property
    def masked_evidence_number(self) -> str:
        return masking.household_number(self.evidence_number)

    @property
    def follows(self) -> bool:
        """From a certificate or a household, and so is not ended or corrected by itself."""
        return self.certificate_id is not None or self.period_id is not None
