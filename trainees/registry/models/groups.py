from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.records import FieldClass, Record
from trainees.registry.enums import Evidence

from .people import Trainee


class GroupMembershipQuerySet(models.QuerySet):
    def as_of(self, day):
        """Who belonged on that day. Reports ask for the day of the session, never for today."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))

    def visible_to(self, user):
        return self.filter(trainee__in=Trainee.objects.visible_to(user))


class GroupMembership(Record):
    """人员类别, dated and with its evidence: one who became disabled in 2014 was no disabled trainee in 2013."""

    field_classes = {
        "group": FieldClass.SENSITIVE,
        "valid_from": FieldClass.INTERNAL,
        "valid_to": FieldClass.INTERNAL,
        "evidence": FieldClass.INTERNAL,
        "evidence_note": FieldClass.SENSITIVE,
        "recorded_at": FieldClass.INTERNAL,
        "recorded_by": FieldClass.INTERNAL,
    }

    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="memberships")
    # A code of the list "trainee_group".
    group = models.CharField(_("group"), max_length=30)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    evidence = models.CharField(_("evidence"), max_length=15, choices=Evidence)
    evidence_note = models.CharField(_("note on the evidence"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=150)

    objects = GroupMembershipQuerySet.as_manager()

    class Meta:
        ordering = ["group", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["trainee", "group"],
                condition=Q(valid_to__isnull=True),
                name="one_open_membership_per_group",
                violation_error_message=_("This person already belongs to this group."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="membership_ends_after_it_starts",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self):
        return f"{self.trainee.file_number} {self.group}"
