"""Trainers in the back office: who may be chosen for a class, and which account marks its attendance."""

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy

from lms.accounts.enums import Role
from lms.accounts.models import RoleGrant, User
from lms.places.viewsets import KeptOpen, SavesThroughAction

from .actions import save_trainer
from .models import Trainer


class AccountChoice(forms.ModelChoiceField):
    def label_from_instance(self, account: User) -> str:
        return account.label


class TrainerForm(WagtailAdminModelForm):
    """The account is chosen among those with the trainer's role that no other trainer has."""

    user = AccountChoice(
        label=_("Account"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("For marking attendance on a phone. An account with the trainer's role is opened under Accounts."),
    )

    class Meta:
        model = Trainer
        fields = ("name", "organisation", "qualification", "user", "active")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        teaches = RoleGrant.objects.filter(user=OuterRef("pk"), role=Role.TRAINER, ended_at__isnull=True)
        free = Q(Exists(teaches), trainer__isnull=True, is_active=True)
        # The one that is linked stays, even when its role has ended since: saving must not unlink it.
        field = self.fields["user"]
        field.queryset = User.objects.filter(free | Q(pk=self.instance.user_id)).order_by("username")


class SavesTrainer(SavesThroughAction):
    def save_instance(self) -> Trainer:
        return save_trainer(by=self.request.user, trainer=self.form.save(commit=False))

    def dispatch(self, *args, **kwargs):
        return super().dispatch(*args, **kwargs)

    dispatch.access_rule = "back office: add or change trainers"  # type: ignore[attr-defined]


class AddTrainer(SavesTrainer, generic.CreateView):
    pass


class EditTrainer(SavesTrainer, generic.EditView):
    pass


register_permission_policy(Trainer, KeptOpen(Trainer))


class TrainerViewSet(ModelViewSet):
    model = Trainer
    icon = "user"
    menu_label = _("Trainers")
    menu_order = 310
    add_to_admin_menu = True
    add_view_class = AddTrainer
    edit_view_class = EditTrainer
    copy_view_enabled = False
    list_display = ["name", "organisation", "qualification", "active"]
    list_filter = ["active"]
    search_fields = ["name", "organisation"]

    def get_form_class(self, for_update=False):
        return TrainerForm
