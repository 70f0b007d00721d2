"""How certificates look: which design is used for what, and samples of every version as they would be printed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from lms.access.decorators import allow
from lms.paper.fonts import in_words, missing_glyphs
from lms.refusals import Refused

from .. import designs, rules, samples
from ..forms import SampleForm
from ..models import DesignVersion
from .doors import private

CAPTIONS = {
    "ordinary": _("An ordinary name"),
    "longest": _("The longest name and long titles"),
    "rare": _("A rare character"),
    "bare": _("Fields without a value"),
}


@allow(*rules.OFFICE)
@require_GET
def design_list(request: HttpRequest) -> HttpResponse:
    context = {"versions": designs.versions(), "in_use": designs.versions_in_use()}
    return render(request, "certificates/designs.html", context)


@allow(*rules.OFFICE)
@require_GET
def design_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One version in its samples, and with any name that is typed."""
    version = get_object_or_404(designs.versions(), pk=pk)
    form = SampleForm(request.GET or None)
    tried = None
    if form.is_bound and form.is_valid():
        name = form.cleaned_data["name"]
        tried = {"name": name, "missing": in_words(missing_glyphs(name))}
    context = {
        "version": version, "form": form, "tried": tried, "captions": CAPTIONS.items(),
        "is_used": pk in designs.versions_in_use(),
    }  # fmt: skip
    return render(request, "certificates/design.html", context)


@allow(*rules.OFFICE)
@require_GET
def design_picture(request: HttpRequest, pk: int, mode: str) -> HttpResponse:
    """A version never changes, and neither does its picture. With ?name= any name may be tried."""
    from .. import previews  # WeasyPrint takes half a second: only who looks at a design pays for it

    if mode not in samples.MODES:
        return HttpResponse(status=404)
    shown = previews.look(version_with_pictures(pk), mode=mode, name=request.GET.get("name", "").strip()[:50])
    if not shown.picture:
        return HttpResponse(status=404)
    answer = HttpResponse(shown.picture, content_type="image/png")
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


@allow(*rules.OFFICE)
@require_GET
def design_sample(request: HttpRequest, pk: int) -> HttpResponse:
    """A sample to print on the centre's own printer and paper."""
    from .. import previews  # as above

    version = version_with_pictures(pk)
    name = request.GET.get("name", "")[:50]
    try:
        content = previews.sheet(version, mode="ordinary", name=name)
    except Refused as refusal:
        return render(request, "ui/errors/refused.html", {"refusal": refusal}, status=409)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="design-{version.design_id}-{version.version}.pdf"'
    private(answer)
    return answer


def version_with_pictures(pk: int) -> DesignVersion:
    return get_object_or_404(DesignVersion, pk=pk)
