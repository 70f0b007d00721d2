"""Places in the back office: stations are kept there, divisions and holidays are only read."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from lms.refusals import Refused

from .actions import save_station
from .models import Division, Holiday, Station


class SavesThroughAction:
    """The form's own save would write no audit row. Mixed into Wagtail's views, which have the rest."""

    request: Any
    form: Any
    form_invalid: Any

    def save_instance(self) -> Any:
        return save_station(by=self.request.user, station=self.form.save(commit=False))

    def dispatch(self, *args, **kwargs):
        return super().dispatch(*args, **kwargs)  # type: ignore[misc]

    # Wagtail checks the permission; the rule is named for those who walk the addresses.
    dispatch.access_rule = "back office: add or change stations"  # type: ignore[attr-defined]

    def form_valid(self, form):
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
            return self.form_invalid(form)


class AddStation(SavesThroughAction, generic.CreateView):
    pass


class EditStation(SavesThroughAction, generic.EditView):
    pass


class KeptOpen(ModelPermissionPolicy):
    """A station that closes gets a closing date: classes were held there, so its row stays."""

    def user_has_permission(self, user, action):
        return action != "delete" and super().user_has_permission(user, action)


class ReadOnly(ModelPermissionPolicy):
    """Reference data are changed in their files."""

    def user_has_permission(self, user, action):
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)


register_permission_policy(Station, KeptOpen(Station))
register_permission_policy(Division, ReadOnly(Division))
register_permission_policy(Holiday, ReadOnly(Holiday))


class StationViewSet(ModelViewSet):
    model = Station
    icon = "home"
    menu_label = _("Stations")
    add_view_class = AddStation
    edit_view_class = EditStation
    copy_view_enabled = False
    list_display = ["code", "name", "level", "division", "capacity"]
    list_filter = ["level"]
    search_fields = ["code", "name", "name_en"]
    form_fields = ["code", "name", "name_en", "level", "division", "capacity", "address", "opened_on", "closed_on"]


class ReadOnlyViewSet(ModelViewSet):
    copy_view_enabled = False
    inspect_view_enabled = True


class DivisionViewSet(ReadOnlyViewSet):
    model = Division
    icon = "site"
    menu_label = _("Divisions")
    list_display = ["code", "name", "name_en", "level"]
    list_filter = ["level"]
    search_fields = ["code", "name", "name_en"]
    form_fields = ["code", "name"]


class HolidayViewSet(ReadOnlyViewSet):
    model = Holiday
    icon = "date"
    menu_label = _("Holidays")
    list_display = ["day", "name", "kind", "source"]
    list_filter = ["kind"]
    search_fields = ["name"]
    form_fields = ["day", "name"]


class PlacesGroup(ViewSetGroup):
    menu_label = _("Places and stations")
    menu_icon = "site"
    menu_order = 300
    items = (StationViewSet, DivisionViewSet, HolidayViewSet)
