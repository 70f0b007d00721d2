"""Designs in the back office: drafts, live preview and history are Wagtail's; publishing is our action's."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.views import snippets

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.refusals import Refused

from . import wording
from .actions import lock_designs, publish_design, withdraw_design
from .design_rules import errors_of
from .designs import lost_in_words, lost_pictures
from .models import CertificateDesign


class DesignPolicy(ModelPermissionPolicy):
    """Clerks draft, the manager publishes; a published design stays, for certificates name its versions."""

    def user_has_permission(self, user, action):
        if action == "publish":
            return scope_of(user).has(Role.MANAGER) and super().user_has_permission(user, "change")
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)


register_permission_policy(CertificateDesign, DesignPolicy(CertificateDesign))


class DesignForm(WagtailAdminModelForm):
    """What stands against a text is said beside it; a draft may still lack something."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        drawn = CertificateDesign(**{name: value for name, value in cleaned.items() if name in self._meta.fields})
        for name, sentence in errors_of(drawn, draft=self.is_deferred_validation or bool(self.errors)):
            self.add_error(name, sentence)
        return cleaned

    def lines(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "").replace("\r\n", "\n")

    def clean_text(self) -> str:
        return self.lines("text")

    def clean_text_en(self) -> str:
        return self.lines("text_en")

    def clean_closing(self) -> str:
        return self.lines("closing")


class FieldsPanel(HelpPanel):
    """The fields a text may name, with what they say."""

    class BoundPanel(HelpPanel.BoundPanel):
        fields = wording.FIELDS


class RefusesInWords:
    """An action's refusal stands on the form, and nothing was saved."""

    request: Any
    object: Any
    action: str
    new_revision: Any

    def form_valid(self, form):
        try:
            with transaction.atomic():
                if self.action == "publish":
                    lock_designs()  # before the draft's own row is written
                return super().form_valid(form)  # type: ignore[misc]
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
            self.produced_error_code = "validation_error"
            self.produced_error_message = str(refusal.message)
            return self.form_invalid(form)  # type: ignore[attr-defined]

    def publish_action(self):
        publish_design(by=self.request.user, design=self.object, revision=self.new_revision)


class AddDesign(RefusesInWords, snippets.CreateView):
    def dispatch(self, *args, **kwargs):
        return super().dispatch(*args, **kwargs)

    # Wagtail checks the permission; the rule is named for those who walk the addresses.
    dispatch.access_rule = "back office: add certificate designs"  # type: ignore[attr-defined]


class EditDesign(RefusesInWords, snippets.EditView):
    def dispatch(self, *args, **kwargs):
        return super().dispatch(*args, **kwargs)

    dispatch.access_rule = "back office: change certificate designs"  # type: ignore[attr-defined]

    def get(self, request, *args, **kwargs):
        lost = lost_pictures(self.object, self.object.latest_revision)
        if lost:
            messages.warning(request, lost_in_words(lost))
        return super().get(request, *args, **kwargs)


class WithdrawDesign(snippets.UnpublishView):
    page_title = _("Withdraw")
    success_message = _("“%(object)s” is withdrawn.")

    def dispatch(self, *args, **kwargs):
        return super().dispatch(*args, **kwargs)

    dispatch.access_rule = "back office: withdraw certificate designs"  # type: ignore[attr-defined]

    def unpublish(self):
        # A refusal becomes the page that says it, see lms.ui.middleware.
        withdraw_design(by=self.request.user, design=self.object)


PANELS = [
    FieldPanel("name"),
    FieldRowPanel([FieldPanel("kind"), FieldPanel("programme")]),
    FieldRowPanel([FieldPanel("paper"), FieldPanel("motif")]),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("title"), FieldPanel("title_en")]),
            FieldPanel("holder"),
            FieldPanel("identity"),
            FieldPanel("text", widget=forms.Textarea(attrs={"rows": 4})),
            FieldPanel("text_en", widget=forms.Textarea(attrs={"rows": 3})),
            FieldPanel("number_line"),
            FieldPanel("closing", widget=forms.Textarea(attrs={"rows": 4})),
        ],
        heading=_("Texts"),
    ),
    FieldsPanel(template="certificates/design_fields.html", heading=_("Fields")),
    MultiFieldPanel(
        [FieldPanel("seal"), FieldPanel("signature"), FieldPanel("signer")], heading=_("Seal and signature")
    ),
]


class DesignViewSet(snippets.SnippetViewSet):
    model = CertificateDesign
    icon = "doc-full-inverse"
    menu_label = _("Certificate designs")
    menu_order = 320
    add_to_admin_menu = True
    add_view_class = AddDesign
    edit_view_class = EditDesign
    unpublish_view_class = WithdrawDesign
    copy_view_enabled = False
    list_display = ["name", "kind", "programme", "paper"]
    list_filter = ["kind"]
    search_fields = ["name", "title"]
    edit_handler = ObjectList(PANELS, base_form_class=DesignForm)
