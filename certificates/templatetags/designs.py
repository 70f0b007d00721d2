from django import template

from ..models import CertificateDesign

register = template.Library()


@register.simple_tag
def look_at_draft(design: CertificateDesign, mode: str) -> object:
    from .. import previews  # WeasyPrint takes half a second: only who looks at a design pays for it

    return previews.look_at_draft(design, mode)
