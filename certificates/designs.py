"""Which design is used, and what became of a draft's pictures."""

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.models import Revision

from lms.programme.models import Programme
from lms.refusals import Refused

from .enums import CertificateKind
from .freezing import PICTURES
from .models import CertificateDesign, DesignVersion


def design_for(kind: str, programme: Programme | None) -> DesignVersion:
    """The published version that a certificate of this kind is issued with: the programme's own, or the county's."""
    live = CertificateDesign.objects.filter(kind=kind, live=True).filter(Q(programme=programme) | Q(programme=None))
    design = live.order_by(F("programme").asc(nulls_last=True)).first()
    version = design and design.versions.order_by("-version").first()
    if version is None:
        raise Refused(
            "no_design",
            _("No design is published for “%(kind)s”. Publish one under Certificate designs, then issue again.")
            % {"kind": CertificateKind(kind).label},
        )
    return version


def versions() -> QuerySet[DesignVersion]:
    """Every version, the newest of each design first, without the weight of its pictures."""
    found = DesignVersion.objects.select_related("design", "programme").defer(*PICTURES)
    return found.annotate(used=Count("certificates")).order_by(
        "kind", F("programme").asc(nulls_first=True), "design", "-version"
    )


def versions_in_use() -> set[int]:
    """The primary keys of the versions that certificates are issued with today."""
    live = DesignVersion.objects.filter(design__live=True).order_by("design", "-version").values_list("design", "pk")
    newest: dict[int, int] = {}
    for design, pk in live:
        newest.setdefault(design, pk)
    return set(newest.values())


def lost_pictures(design: CertificateDesign, revision: Revision | None) -> list[str]:
    """The pictures that the last draft named and that were deleted since: Wagtail hands it out without them."""
    if revision is None:
        return []
    content = revision.content
    named = {name: content.get(name) for name in PICTURES if content.get(name)}
    held = set(get_image_model().objects.filter(pk__in=named.values()).values_list("pk", flat=True))
    return [name for name, pk in named.items() if pk not in held and getattr(design, name) is None]


def refuse_lost_pictures(design: CertificateDesign, revision: Revision | None) -> None:
    lost = lost_pictures(design, revision)
    if lost:
        raise Refused("picture_deleted", lost_in_words(lost), pictures=lost)


def label_of(name: str) -> str:
    """What a field of a design is called on its form."""
    field = next(field for field in CertificateDesign._meta.concrete_fields if field.name == name)
    return str(field.verbose_name)


def lost_in_words(lost: list[str]) -> str:
    names = ", ".join(label_of(name) for name in lost)
    return _(
        "What was chosen as %(names)s has been deleted from the pictures. "
        "Choose another, or save the draft without it; then publish."
    ) % {"names": names}
