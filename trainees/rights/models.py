import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.privacy.fields import EncryptedTextField
from lms.privacy.storage import SealedStorage
from lms.records import FieldClass, Record
from trainees.registry.models import OFFICE, Trainee

from .enums import Asked, CopyFormat, DueState, Outcome, Purpose, RequestKind, RetentionKind

REQUEST_READERS = (*OFFICE, Role.SECURITY_OFFICER)


class RightsRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The office within its places, the security officer, and whoever asked."""
        visible = scope_of(user).within("trainee__township__code", *REQUEST_READERS)
        if not visible or not user.is_authenticated:
            return self.filter(visible)
        return self.filter(visible | Q(trainee__user=user))

    def open(self):
        return self.filter(answered_at__isnull=True)

    def overdue(self):
        return self.open().filter(due_on__lt=timezone.localdate())


class RightsRequest(Record):
    """What a person asked about the own data, the day by which it is answered, and the answer."""

    field_classes = {
        "kind": FieldClass.INTERNAL,
        "asked": FieldClass.INTERNAL,
        "text": FieldClass.PERSONAL,
        "received_on": FieldClass.INTERNAL,
        "due_on": FieldClass.INTERNAL,
        "copy_format": FieldClass.INTERNAL,
        "recorded_at": FieldClass.INTERNAL,
        "recorded_by": FieldClass.INTERNAL,
        "outcome": FieldClass.INTERNAL,
        "answer": FieldClass.PERSONAL,
        "answered_at": FieldClass.INTERNAL,
        "answered_by": FieldClass.INTERNAL,
        "copy": FieldClass.SENSITIVE,
        "copy_made_at": FieldClass.INTERNAL,
    }

    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="rights_requests")
    kind = models.CharField(_("kind"), max_length=12, choices=RequestKind)
    asked = models.CharField(_("how it was asked"), max_length=10, choices=Asked)
    text = models.TextField(_("what the person asks"), max_length=2000, blank=True)
    received_on = models.DateField(_("received on"))
    due_on = models.DateField(_("answer by"), db_index=True)
    copy_format = models.CharField(_("form of the copy"), max_length=5, choices=CopyFormat, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=150)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=150, blank=True)
    copy = models.FileField(upload_to="copies/", storage=SealedStorage(), blank=True)
    copy_made_at = models.DateTimeField(null=True, blank=True)

    objects = RightsRequestQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["trainee", "kind"],
                condition=Q(answered_at__isnull=True),
                name="one_open_request_per_kind",
                violation_error_message=_("The person has asked for this already, and it waits for its answer."),
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, outcome="") | Q(answered_at__isnull=False) & ~Q(outcome=""),
                name="an_answer_has_its_outcome",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("received_on")), name="due_after_it_came"),
        ]

    def __str__(self):
        return f"{self.trainee_id} {self.kind}"

    @property
    def is_overdue(self) -> bool:
        return self.answered_at is None and self.due_on < timezone.localdate()

    @property
    def days_left(self) -> int:
        return (self.due_on - timezone.localdate()).days


class ExportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever asked for it; its password and its file are theirs alone."""
        return self.filter(started_by=user)


class Export(Record):
    """A list of trainees as a workbook: who asked, why, which columns, and a sealed file that goes after a week."""

    field_classes = {
        "public_id": FieldClass.INTERNAL,
        "filters": FieldClass.PERSONAL,
        "purpose": FieldClass.INTERNAL,
        "columns": FieldClass.INTERNAL,
        "clear": FieldClass.INTERNAL,
        "sensitive": FieldClass.INTERNAL,
        "reason": FieldClass.INTERNAL,
        "started_at": FieldClass.INTERNAL,
        "made_at": FieldClass.INTERNAL,
        "people": FieldClass.INTERNAL,
        "left_out": FieldClass.INTERNAL,
        "file": FieldClass.SENSITIVE,
        "password": FieldClass.SENSITIVE,
        "password_shown_at": FieldClass.INTERNAL,
        "expires_at": FieldClass.INTERNAL,
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # What was searched may be a name or a number, so it is kept as such.
    filters = EncryptedTextField(blank=True)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    columns = models.JSONField(default=list)
    clear = models.BooleanField(_("full numbers"), default=False)
    sensitive = models.BooleanField(_("sensitive columns"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True, blank=True)
    people = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to="exports/", storage=SealedStorage(), blank=True)
    password = EncryptedTextField(blank=True)
    password_shown_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(clear=False, sensitive=False) | ~Q(reason=""),
                name="full_numbers_have_a_reason",
                violation_error_message=_("Say why the full numbers are needed."),
            )
        ]

    def __str__(self):
        return str(self.public_id)

    @property
    def protected(self) -> bool:
        return self.clear or self.sensitive

    @property
    def is_gone(self) -> bool:
        return self.expires_at is not None and (not self.file or self.expires_at <= timezone.now())


class RetentionRule(Record):
    """How long a kind of record is kept, where a centre decided otherwise than the product's own table."""

    field_classes = {"*": FieldClass.INTERNAL}

    kind = models.CharField(max_length=20, choices=RetentionKind, unique=True)
    months = models.PositiveIntegerField(_("months"))
    source = models.CharField(_("source of the rule"), max_length=200)
    decided_at = models.DateTimeField(auto_now=True)
    decided_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=1200),
                name="kept_for_a_month_at_least",
                violation_error_message=_("The period is from 1 to 1,200 months."),
            )
        ]

    def __str__(self):
        return f"{self.kind}: {self.months}"


class DueItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        readers = (Role.MANAGER, Role.SECURITY_OFFICER, Role.AUDITOR)
        return self.filter(scope_of(user).within("trainee__township__code", *readers))


class DueItem(Record):
    """A record whose time has come: listed by night, proposed by one person, confirmed by another, then done."""

    field_classes = {
        "kind": FieldClass.INTERNAL,
        "subject": FieldClass.INTERNAL,
        "due_on": FieldClass.INTERNAL,
        "state": FieldClass.INTERNAL,
        "listed_at": FieldClass.INTERNAL,
        "proposed_at": FieldClass.INTERNAL,
        "confirmed_at": FieldClass.INTERNAL,
        "done_at": FieldClass.INTERNAL,
        "keep_until": FieldClass.INTERNAL,
        "keep_reason": FieldClass.INTERNAL,
        "wiped": FieldClass.INTERNAL,
    }

    kind = models.CharField(_("kind"), max_length=20, choices=RetentionKind)
    # The primary key of the record in the table of its kind.
    subject = models.PositiveBigIntegerField()
    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="due_items")
    due_on = models.DateField(_("due since"))
    state = models.CharField(_("state"), max_length=10, choices=DueState, default=DueState.DUE)
    listed_at = models.DateTimeField(auto_now_add=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    keep_until = models.DateField(_("kept until"), null=True, blank=True)
    keep_reason = models.CharField(_("reason"), max_length=200, blank=True)
    # Table -> rows that lost what they said of the person.
    wiped = models.JSONField(default=dict, blank=True)

    objects = DueItemQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="one_due_item_per_record"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="two_people_decide",
                violation_error_message=_("Whoever proposed it does not confirm it: another person has to."),
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="due_by_state")]

    def __str__(self):
        return f"{self.kind} {self.subject} {self.state}"
