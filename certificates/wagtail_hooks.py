"""The designs in the back office."""

from wagtail import hooks
from wagtail.permissions import policy_registry
from wagtail.snippets.models import register_snippet

from .models import CertificateDesign
from .viewsets import DesignViewSet

register_snippet(DesignViewSet)


@hooks.register("construct_snippet_action_menu")
def only_the_manager_publishes(menu_items, request, context):
    """Wagtail's menu asks the group's permission alone, which clerks have too; the view asks our policy."""
    if context["model"] is not CertificateDesign:
        return
    if not policy_registry.get_by_type(CertificateDesign).user_has_permission(request.user, "publish"):
        menu_items[:] = [item for item in menu_items if item.name not in ("action-publish", "action-unpublish")]
