import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.places.models import in_language
from lms.privacy import masking
from lms.privacy.fields import EncryptedTextField
from lms.privacy.storage import SealedStorage
from lms.records import FieldClass, Record

from .enums import EntryKind, EntryState


class Contest(Record):
    """创业大赛: its dates; the notice is a page that points here."""

    field_classes = {"*": FieldClass.PUBLIC}

    code = models.CharField(_("code"), max_length=20, unique=True)
    programme = models.ForeignKey("lms.Programme", on_delete=models.PROTECT, related_name="contests")
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    entries_open_on = models.DateField(_("entries open on"))
    entries_close_on = models.DateField(_("entries close on"))
    final_on = models.DateField(_("final on"), null=True, blank=True)

    class Meta:
        ordering = ["-entries_open_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(entries_close_on__gte=F("entries_open_on")),
                name="contest_closes_after_it_opens",
                violation_error_message=_("Entries close before they open."),
            )
        ]

    def __str__(self):
        return in_language(self.title, self.title_en)


class EntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The office within its places; whoever entered, the own entry."""
        scope = scope_of(user)
        visible = scope.within("township__code", Role.MANAGER, Role.CLERK, Role.AUDITOR, Role.TOWNSHIP_OPERATOR)
        return self.filter(visible if not visible else visible | Q(entered_by=user))


class Entry(Record):
    """参赛报名: a person or a team with a plan; the receipt number is what they keep."""

    field_classes = {
        "client_uuid": FieldClass.INTERNAL,
        "receipt_number": FieldClass.INTERNAL,
        "kind": FieldClass.INTERNAL,
        "leader_name": FieldClass.PERSONAL,
        "team_name": FieldClass.INTERNAL,
        "members": FieldClass.PERSONAL,
        "phone": FieldClass.PERSONAL,
        "project_title": FieldClass.INTERNAL,
        "summary": FieldClass.INTERNAL,
        "plan_file": FieldClass.PERSONAL,
        "plan_file_name": FieldClass.INTERNAL,
        "state": FieldClass.INTERNAL,
        "submitted_at": FieldClass.INTERNAL,
    }

    # Sent with the form, so a form sent twice is one entry.
    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    receipt_number = models.CharField(_("receipt number"), max_length=30, unique=True)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("who enters"), max_length=10, choices=EntryKind)
    leader_name = models.CharField(_("name"), max_length=50)
    team_name = models.CharField(_("team name"), max_length=80, blank=True)
    members = models.TextField(_("team members"), blank=True)
    phone = EncryptedTextField(_("phone"))
    township = models.ForeignKey("lms.Division", on_delete=models.PROTECT, related_name="+", verbose_name=_("township"))
    project_title = models.CharField(_("project"), max_length=120)
    summary = models.TextField(_("in a few words"), max_length=1000)
    plan_file = models.FileField(_("business plan"), upload_to="entries/", storage=SealedStorage())
    plan_file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=EntryState, default=EntryState.SUBMITTED)
    trainee = models.ForeignKey(
        "trainees.Trainee", on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(auto_now_add=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="person") | ~Q(team_name=""),
                name="a_team_has_a_name",
                violation_error_message=_("A team needs a name."),
            )
        ]

    def __str__(self):
        return self.receipt_number

    @property
    def masked_name(self) -> str:
        return masking.name(self.leader_name)

    @property
    def masked_phone(self) -> str:
        return masking.phone(self.phone)
