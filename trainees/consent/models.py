from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.access.scope import scope_of
from lms.places.models import in_language
from lms.privacy.storage import SealedStorage
from lms.records import FieldClass, Record
from trainees.registry.models import OFFICE, Trainee

from .enums import Channel, ConsentKind


class ConsentText(Record):
    """What people agree to: a draft until it is published, never edited afterwards."""

    field_classes = {"*": FieldClass.PUBLIC}

    kind = models.CharField(_("kind"), max_length=12, choices=ConsentKind)
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    body = models.TextField(_("text"), max_length=8000)
    body_en = models.TextField(_("text in English"), max_length=12000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["kind", "version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="one_text_per_version"),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(published_at__isnull=True),
                name="one_draft_per_kind",
                violation_error_message=_("There is a draft of this text already."),
            ),
        ]

    def __str__(self):
        return f"{self.kind} v{self.version}"

    @property
    def title_here(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def body_here(self) -> str:
        return in_language(self.body, self.body_en)


class ConsentPolicy(Record):
    """Whether a programme waits for consent before it enrols, and on what law it rests."""

    field_classes = {"*": FieldClass.INTERNAL}

    programme = models.OneToOneField("lms.Programme", on_delete=models.PROTECT, related_name="consent_policy")
    required = models.BooleanField(_("consent comes before enrolment"), default=False)
    basis = models.TextField(_("legal basis"), max_length=1000, blank=True)
    decided_at = models.DateTimeField(auto_now=True)
    decided_by = models.CharField(max_length=150)

    def __str__(self):
        return f"{self.programme_id} {'required' if self.required else 'recorded'}"


class ConsentSheetQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A signed sheet shows everybody on it: whoever may not see one of them does not see the sheet."""
        hidden = Consent.objects.exclude(trainee__in=Trainee.objects.filter(_office(user, "township__code")))
        return self.exclude(consents__in=hidden)


class ConsentSheet(Record):
    """The photograph or scan of signed paper, sealed; one sheet may carry a whole class."""

    field_classes = {
        "file": FieldClass.SENSITIVE,
        "media_type": FieldClass.INTERNAL,
        "sha256": FieldClass.INTERNAL,
        "recorded_at": FieldClass.INTERNAL,
        "recorded_by": FieldClass.INTERNAL,
    }

    file = models.FileField(upload_to="consents/", storage=SealedStorage(), blank=True)
    media_type = models.CharField(max_length=30)
    sha256 = models.CharField(max_length=64, db_index=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=150)

    objects = ConsentSheetQuerySet.as_manager()

    def __str__(self):
        return self.sha256[:12]


def _office(user: Any, column: str) -> Q:
    return scope_of(user).within(column, *OFFICE)


class ConsentQuerySet(models.QuerySet):
    def live(self):
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, user):
        """The office within its places, and the person."""
        visible = _office(user, "trainee__township__code")
        if not visible or not user.is_authenticated:
            return self.filter(visible)
        return self.filter(visible | Q(trainee__user=user))


class Consent(Record):
    """One yes to one text, in one form, on one day; and its end."""

    field_classes = {
        "kind": FieldClass.INTERNAL,
        "channel": FieldClass.INTERNAL,
        "given_on": FieldClass.INTERNAL,
        "witness": FieldClass.PERSONAL,
        "guardian": FieldClass.PERSONAL,
        "recorded_at": FieldClass.INTERNAL,
        "recorded_by": FieldClass.INTERNAL,
        "withdrawn_at": FieldClass.INTERNAL,
        "withdrawn_by": FieldClass.INTERNAL,
        "withdraw_reason": FieldClass.PERSONAL,
    }

    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(_("kind"), max_length=12, choices=ConsentKind)
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    given_on = models.DateField(_("given on"))
    witness = models.CharField(_("witness"), max_length=50, blank=True)
    guardian = models.CharField(_("guardian"), max_length=50, blank=True)
    sheet = models.ForeignKey(ConsentSheet, on_delete=models.PROTECT, null=True, blank=True, related_name="consents")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=150)
    withdrawn_at = models.DateTimeField(_("withdrawn on"), null=True, blank=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdraw_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["trainee", "text"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_live_consent_per_text",
                violation_error_message=_("This person has agreed to this text already."),
            ),
            models.CheckConstraint(
                condition=~Q(channel="witness") | ~Q(witness="") | Q(withdrawn_at__isnull=False),
                name="a_consent_before_a_witness_names_one",
                violation_error_message=_("Write who was the witness."),
            ),
        ]

    def __str__(self):
        return f"{self.trainee_id} {self.kind}"
