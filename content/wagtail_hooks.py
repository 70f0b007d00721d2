"""The back office: our own pages in its menu, its look, the places, and what it may not delete."""

from collections.abc import Callable, Iterable
from typing import Any

from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from courses.schedule.viewsets import TrainerViewSet
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.places.viewsets import PlacesGroup

from .rules import courses_with_classes, lessons_taken

OFFICE = (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR, Role.AUDITOR)
# URL name, label, icon, who sees it.
OWN_PAGES: tuple[tuple[str, str | Promise, str, Iterable[Role]], ...] = (
    ("desk", _("Desk"), "home", OFFICE),
    ("class_list", _("Classes"), "calendar", OFFICE),
    ("trainee_list", _("Trainees"), "group", OFFICE),
    ("roster_list", _("Rosters"), "table", (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR)),
    ("progress", _("Progress"), "order", OFFICE),
    ("programme", _("Programme"), "doc-full", OFFICE),
    ("account_list", _("Accounts"), "lock", (Role.MANAGER, Role.SYSTEM_ADMIN)),
)


class RoleMenuItem(MenuItem):
    """A way out of the back office, shown to those whose role opens the page."""

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = tuple(roles)

    def is_shown(self, request: SignedInRequest) -> bool:
        return scope_of(request.user).has(*self.roles)


def _item(
    url_name: str, label: str | Promise, icon: str, roles: Iterable[Role], order: int
) -> Callable[[], RoleMenuItem]:
    return lambda: RoleMenuItem(
        label, _address(url_name), name=f"own-{url_name.replace('_', '-')}", icon_name=icon, order=order, roles=roles
    )


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:  # the room is not installed
        return reverse("wagtailadmin_home")


for number, entry in enumerate(OWN_PAGES):
    hooks.register("register_admin_menu_item", _item(*entry, order=10 + number))


@hooks.register("register_admin_viewset")
def places():
    return PlacesGroup()


@hooks.register("register_admin_viewset")
def trainers():
    return TrainerViewSet()


@hooks.register("insert_global_admin_css")
def look() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("ui/admin.css"))


@hooks.register("insert_global_admin_js")
def choosers() -> str:
    return format_html('<script src="{}"></script>', static("ui/choosers.js"))


def reason_to_keep(page: Page) -> str:
    """The sentence that says why a page stays; empty when it may go."""
    codes = courses_with_classes(page)
    if codes:
        return _t(
            "Classes were planned for %(codes)s, so the page stays. Unpublish it instead: nobody will see it any more."
        ) % {"codes": ", ".join(codes)}
    if lessons_taken(page):
        return _t(
            "Trainees have begun this lesson, so the page stays. Unpublish it instead: nobody will see it any more."
        )
    return ""


@hooks.register("before_delete_page")
def keep_what_records_rest_on(request, page):
    reason = reason_to_keep(page)
    if not reason:
        return None
    messages.error(request, reason)
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_bulk_action")
def keep_in_bulk_too(request, action_type, objects, action):
    if action_type != "delete":
        return None
    for record in objects:
        page = getattr(record, "page_ptr", record)
        if not hasattr(page, "get_descendants"):
            continue
        reason = reason_to_keep(page)
        if reason:
            messages.error(request, reason)
            return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None
