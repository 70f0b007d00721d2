from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin

from lms.records import AppendOnly, FieldClass, Record, RecordRefused

from ..enums import CertificateKind, Motif, Paper


class Wording(models.Model):
    """What is on the paper; a draft and a frozen version say it with the same fields."""

    kind = models.CharField(_("kind"), max_length=12, choices=CertificateKind, default=CertificateKind.COMPLETION)
    programme = models.ForeignKey(
        "lms.Programme", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"),
        help_text=_("Empty: for the whole county. A design of a programme goes before it."),
    )  # fmt: skip
    paper = models.CharField(_("paper"), max_length=3, choices=Paper, default=Paper.A4_LANDSCAPE)
    motif = models.CharField(_("border"), max_length=10, choices=Motif, default=Motif.EYES)
    title = models.CharField(_("heading"), max_length=16)
    title_en = models.CharField(_("heading in English"), max_length=48, blank=True)
    holder = models.CharField(
        _("the holder's line"), max_length=40, help_text=_("The name is printed large: 兹证明{name}同志")
    )
    identity = models.CharField(
        _("the line below the name"), max_length=80, blank=True, help_text=_("Such as [（{id_label}：{id_number}）]")
    )
    text = models.TextField(_("text"), max_length=400)
    text_en = models.TextField(_("text in English"), max_length=400, blank=True)
    number_line = models.CharField(
        _("the line of the number"), max_length=60, help_text=_("Stands beside the code: 证书编号：{number}")
    )
    closing = models.TextField(
        _("closing lines"), max_length=200,
        help_text=_("Who issues it, and when; one to a line: {issuer}, {issuer_en}, {issued_on}."),
    )  # fmt: skip
    signer = models.CharField(
        _("the signer's line"), max_length=40, blank=True, help_text=_("Such as 中心主任. Empty: nobody signs.")
    )

    class Meta:
        abstract = True

    CONTENT = (
        "kind", "paper", "motif", "title", "title_en", "holder", "identity", "text", "text_en", "number_line",
        "closing", "signer",
    )  # fmt: skip


class CertificateDesign(DraftStateMixin, RevisionMixin, PreviewableMixin, Wording, Record):
    """How a certificate looks and what it says. Drafts are Wagtail's; publishing freezes a version."""

    field_classes = {"*": FieldClass.PUBLIC}
    # Its pictures say where they are used.
    wagtail_reference_index_ignore = False

    name = models.CharField(
        pgettext_lazy("of a thing", "name"), max_length=80, help_text=_("For the office; it is not printed.")
    )
    seal = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("seal"),
        help_text=_(
            "A scan of the centre's own seal on white or transparent ground. Never the national emblem or flag, and "
            "nothing that is like them: such a paper would pass for one of the state."
        ),
    )  # fmt: skip
    signature = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("signature"), help_text=_("In dark ink on white or transparent ground."),
    )  # fmt: skip

    class Meta:
        ordering = ["kind", "programme", "name"]
        verbose_name = _("certificate design")
        verbose_name_plural = _("certificate designs")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "programme"],
                condition=Q(live=True),
                name="one_design_in_use_per_programme",
                violation_error_message=_("Another design of this kind is in use for this programme."),
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(live=True, programme__isnull=True),
                name="one_design_in_use_per_county",
                violation_error_message=_("Another design of this kind is in use for the whole county."),
            ),
        ]

    def __str__(self):
        return self.name

    def publish(self, revision, *args, **kwargs):
        """What is published is frozen and audited; the action does that."""
        raise RecordRefused("A certificate design is published through its action.")

    # The drawing needs the printing room, which knows this model: a tag of the template brings them together.
    @property
    def preview_modes(self):
        return [
            ("ordinary", _("an ordinary name")),
            ("longest", _("the longest name")),
            ("rare", _("rare characters")),
            ("bare", _("fields without a value")),
        ]

    default_preview_size = "desktop"

    def get_preview_template(self, request, mode_name):
        return "certificates/design_draft.html"

    def get_preview_context(self, request, mode_name):
        return {"design": self, "mode": mode_name or self.preview_modes[0][0], "request": request}


class DesignVersion(AppendOnly, Wording):
    """What a design said when it was published. Certificates name it, so their paper never changes."""

    field_classes = {"*": FieldClass.PUBLIC}

    design = models.ForeignKey(CertificateDesign, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    # Prepared pictures, PNG; here and not in the media store, where somebody may delete them.
    seal = models.BinaryField(default=bytes, blank=True)
    signature = models.BinaryField(default=bytes, blank=True)
    # SHA-256 of all that is printed; the record in a certificate's file names it.
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["design", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["design", "version"],
                name="one_version_per_number",
                violation_error_message=_("This version of the design is there already."),
            )
        ]

    def __str__(self):
        return f"{self.name}, {self.version}"
