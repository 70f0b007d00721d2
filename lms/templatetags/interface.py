"""Tags for lms/ui's own templates and for the pages of every room."""

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.translation import gettext as _

from lms.ui.navigation import CERTIFICATES, PERSONAL_DATA, ways_among

register = template.Library()


@register.simple_tag(takes_context=True)
def page_address(context: Context, parameter: str, number: int) -> str:
    """This page's address with one parameter changed: filters survive turning the page."""
    query = context["request"].GET.copy()
    query[parameter] = str(number)
    return f"?{query.urlencode()}"


@register.inclusion_tag("ui/parts/ways.html", takes_context=True)
def personal_data_ways(context: Context) -> dict:
    """The ways among the pages about personal data that this person may follow."""
    return {"ways": ways_among(PERSONAL_DATA, context["request"]), "label": _("Personal data")}


@register.inclusion_tag("ui/parts/ways.html", takes_context=True)
def certificate_ways(context: Context) -> dict:
    """The ways among the pages about certificates that this person may follow."""
    return {"ways": ways_among(CERTIFICATES, context["request"]), "label": _("Certificates")}


@register.simple_tag
def upload_limit() -> int:
    """Megabytes, for the hint beside a file field. Form templates see no context processor."""
    return settings.UPLOAD_MAX_BYTES // (1024 * 1024)
