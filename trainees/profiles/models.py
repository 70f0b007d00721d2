from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.privacy.fields import EncryptedJSONField, EncryptedTextField
from lms.privacy.storage import SealedStorage
from lms.records import FieldClass, Record
from trainees.registry.models import Trainee


class ProfileQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(trainee__in=Trainee.objects.visible_to(user))


class Profile(Record):
    """What the register form asks beyond the identity. Nothing in it is compulsory, and nothing counts by it."""

    field_classes = {
        "wechat": FieldClass.PERSONAL,
        "residence": FieldClass.PERSONAL,
        "languages": FieldClass.PERSONAL,
        "needs": FieldClass.SENSITIVE,
        "devices": FieldClass.PERSONAL,
        "political": FieldClass.SENSITIVE,
        "employment": FieldClass.PERSONAL,
        "unit": FieldClass.PERSONAL,
        "post": FieldClass.PERSONAL,
        "business": FieldClass.PERSONAL,
        "has_sold_online": FieldClass.PERSONAL,
        "shop": FieldClass.PERSONAL,
        "wishes": FieldClass.PERSONAL,
        "wishes_note": FieldClass.PERSONAL,
        "guardian_name": FieldClass.PERSONAL,
        "guardian_phone": FieldClass.PERSONAL,
        "guardian_relation": FieldClass.PERSONAL,
        "photo": FieldClass.SENSITIVE,
        "recorded_at": FieldClass.INTERNAL,
        "recorded_by": FieldClass.INTERNAL,
    }

    trainee = models.OneToOneField(Trainee, on_delete=models.PROTECT, related_name="profile")
    # Often somebody's telephone number, so it is kept like one.
    wechat = EncryptedTextField(_("WeChat"), blank=True)
    residence_place = models.ForeignKey(
        "lms.Division",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lives now in"),
    )
    residence = models.CharField(_("where exactly"), max_length=120, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    needs = EncryptedJSONField(_("what the person needs"), default=list, blank=True)
    devices = models.JSONField(_("devices"), default=list, blank=True)
    # Codes of the lists "political", "employment" and "relation".
    political = models.CharField(_("political status"), max_length=2, blank=True)
    employment = models.CharField(_("occupation"), max_length=2, blank=True)
    unit = models.CharField(_("works at"), max_length=80, blank=True)
    post = models.CharField(_("post"), max_length=60, blank=True)
    business = models.CharField(_("grows, makes or sells"), max_length=120, blank=True)
    has_sold_online = models.BooleanField(_("has sold online"), null=True, blank=True)
    shop = models.CharField(_("shop and platform"), max_length=120, blank=True)
    wishes = models.JSONField(_("wants to learn"), default=list, blank=True)
    wishes_note = models.CharField(_("in own words"), max_length=200, blank=True)
    guardian_name = models.CharField(_("guardian"), max_length=50, blank=True)
    guardian_phone = EncryptedTextField(_("guardian's phone"), blank=True)
    guardian_relation = models.CharField(_("guardian is"), max_length=2, blank=True)
    photo = models.FileField(_("photo"), upload_to="photos/", storage=SealedStorage(), blank=True)
    recorded_at = models.DateTimeField(auto_now=True)
    recorded_by = models.CharField(max_length=150)

    objects = ProfileQuerySet.as_manager()

    def __str__(self):
        return str(self.trainee)
