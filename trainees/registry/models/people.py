from collections.abc import Collection, Iterable

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.privacy import masking
from lms.privacy.crypto import lookup_hash
from lms.privacy.fields import EncryptedTextField
from lms.records import FieldClass, Record
from trainees.registry.enums import IdKind, IdState, Limit, Sex

from .homes import place_name
from .households import Household

OFFICE = (Role.MANAGER, Role.CLERK, Role.AUDITOR, Role.TOWNSHIP_OPERATOR)


def in_use(path: str = "") -> Q:
    """Files that are worked with; one that was anonymised is nobody's any more. `path` leads to the file: trainee__."""
    return Q(**{f"{path}voided_at__isnull": True, f"{path}anonymised_at__isnull": True})


class TraineeQuerySet(models.QuerySet):
    def live(self):
        return self.filter(in_use())

    def usable(self):
        """Live files that nobody's will and no restriction keeps from new uses."""
        return self.live().filter(use_withdrawn_at__isnull=True, restricted_at__isnull=True)

    def visible_to(self, user):
        """The office within its places, a trainer the people of the own classes, a trainee the own file."""
        scope = scope_of(user)
        visible = scope.within("township__code", *OFFICE)
        if not visible:
            return self
        if scope.has(Role.TRAINER):
            # By name: the room of attendance imports this one.
            enrolments = apps.get_model("trainees", "Enrolment").objects.exclude(state="cancelled")
            taught = enrolments.filter(trainee=OuterRef("pk"), training_class__trainer__user=user)
            visible |= Q(Exists(taught))
        if user.is_authenticated:
            visible |= Q(user=user)
        return self.filter(visible)

    def surviving(self, trainees: Iterable[int]) -> dict[int, int]:
        """Primary key -> that of the file in use today, for files that went on in another one; the rest is absent."""
        leads = dict.fromkeys(trainees, 0)
        steps = dict(self._next(leads))
        while ahead := dict(self._next(set(steps.values()) - steps.keys())):
            steps |= ahead
        found = {}
        for pk in leads.keys() & steps.keys():
            found[pk] = steps[pk]
            while found[pk] in steps:
                found[pk] = steps[found[pk]]
        return found

    def _next(self, trainees: Collection[int]) -> Iterable[tuple[int, int]]:
        if not trainees:
            return ()
        return self.filter(pk__in=trainees, merged_into__isnull=False).values_list("pk", "merged_into")

    def by_id_number(self, id_number: str) -> "TraineeQuerySet":
        return self.holding([Trainee.hash_id(id_number)])

    def holding(self, hashes: Iterable[str]) -> "TraineeQuerySet":
        """Live files with one of these ID numbers. The index leaves out the empty ones, so the question has to say it
        too: without that every file would be read."""
        return self.live().filter(id_hash__in=list(hashes)).exclude(id_hash="")


class Trainee(Record):
    """学员: a person with a file. The file number depends on nothing; an account is optional."""

    field_classes = {
        "file_number": FieldClass.INTERNAL,
        "name": FieldClass.PERSONAL,
        "name_pinyin": FieldClass.PERSONAL,
        "aliases": FieldClass.PERSONAL,
        "sex": FieldClass.PERSONAL,
        "ethnic": FieldClass.PERSONAL,
        "education": FieldClass.PERSONAL,
        "birth_date": FieldClass.PERSONAL,
        "id_kind": FieldClass.INTERNAL,
        "id_number": FieldClass.SENSITIVE,
        "id_hash": FieldClass.SENSITIVE,
        "id_state": FieldClass.INTERNAL,
        "id_note": FieldClass.INTERNAL,
        "phone": FieldClass.PERSONAL,
        "phone_hash": FieldClass.PERSONAL,
        "village_group": FieldClass.PERSONAL,
        "created_at": FieldClass.INTERNAL,
        "created_by": FieldClass.INTERNAL,
        "source": FieldClass.INTERNAL,
        "voided_at": FieldClass.INTERNAL,
        "voided_by": FieldClass.INTERNAL,
        "void_reason": FieldClass.INTERNAL,
        "use_withdrawn_at": FieldClass.INTERNAL,
        "sensitive_withdrawn_at": FieldClass.INTERNAL,
        "restricted_at": FieldClass.INTERNAL,
        "anonymised_at": FieldClass.INTERNAL,
    }

    file_number = models.CharField(_("file number"), max_length=20, unique=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="trainee"
    )
    # 25 Chinese characters at least (twelve ministries, 民委发〔2016〕33号); never normalised by NFC or NFKC.
    name = models.CharField(_("name"), max_length=50)
    # Full pinyin and initials, written with the name: "ai ga|ag".
    name_pinyin = models.CharField(max_length=300, blank=True, editable=False)
    aliases = models.JSONField(_("other names"), default=list, blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, default=Sex.UNKNOWN)
    ethnic = models.CharField(_("ethnic group"), max_length=2, blank=True)
    education = models.CharField(_("education"), max_length=2, blank=True)
    birth_date = models.DateField(_("born on"), null=True, blank=True)
    id_kind = models.CharField(_("kind of document"), max_length=20, choices=IdKind, default=IdKind.RESIDENT)
    id_number = EncryptedTextField(_("ID number"), blank=True)
    id_hash = models.CharField(max_length=64, blank=True, editable=False)
    id_state = models.CharField(_("identity"), max_length=10, choices=IdState, default=IdState.REVIEW)
    id_note = models.CharField(max_length=200, blank=True)
    phone = EncryptedTextField(_("phone"), blank=True)
    phone_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    township = models.ForeignKey("lms.Division", on_delete=models.PROTECT, related_name="+", verbose_name=_("township"))
    village = models.ForeignKey(
        "lms.Division", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("village")
    )
    village_group = models.CharField(_("village group"), max_length=60, blank=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150)
    source = models.CharField(_("source"), max_length=120, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.CharField(max_length=150, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)
    # What the person's will or the law has stopped, see enums.Limit: on the file, so that no list asks a second time.
    use_withdrawn_at = models.DateTimeField(null=True, blank=True)
    sensitive_withdrawn_at = models.DateTimeField(null=True, blank=True)
    restricted_at = models.DateTimeField(null=True, blank=True)
    anonymised_at = models.DateTimeField(null=True, blank=True)

    # Why a search found this person; finding.explain says it for the people of one page.
    found_by: tuple = ()
    # The file in which this one went on: the old number still leads somewhere. See trainees.merging.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_files"
    )

    objects = TraineeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["id_hash"],
                condition=Q(voided_at__isnull=True) & ~Q(id_hash=""),
                name="one_live_file_per_id",
                violation_error_message=_("Another file already holds this ID number."),
            ),
            models.CheckConstraint(
                condition=Q(id_hash="", id_state="review") | ~Q(id_hash="") | Q(id_state="reviewed"),
                name="no_document_is_never_valid",
                violation_error_message=_("A file without an ID number waits for review."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(voided_at__isnull=False) & ~Q(merged_into=models.F("pk")),
                name="a_merged_file_is_out_of_use",
                violation_error_message=_("A file that went on in another one is out of use itself."),
            ),
        ]

    def __str__(self):
        return f"{self.file_number} {masking.name(self.name)}"

    @staticmethod
    def hash_id(id_number: str) -> str:
        return lookup_hash("trainee.id", id_number)

    @staticmethod
    def hash_phone(phone: str) -> str:
        return lookup_hash("trainee.phone", phone)

    @property
    def masked_name(self) -> str:
        return masking.name(self.name)

    @property
    def masked_id(self) -> str:
        return masking.id_number(self.id_number)

    @property
    def masked_phone(self) -> str:
        return masking.phone(self.phone)

    @property
    def in_use(self) -> bool:
        return self.voided_at is None and self.anonymised_at is None

    @property
    def stopped(self) -> Limit | None:
        """What keeps the file from every new use; the stronger reason first."""
        if self.restricted_at or self.anonymised_at:
            return Limit.RESTRICTED
        return Limit.USE if self.use_withdrawn_at else None

    @property
    def limits(self) -> list[Limit]:
        return [limit for limit in Limit if getattr(self, f"{limit}_at")]

    @property
    def lives_in(self) -> str:
        return place_name(self.township, self.village)
