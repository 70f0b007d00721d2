"""Lets a file's page say who may be the same person: the registry itself knows nothing of merging."""

from django import template
from django.template.context import Context

from trainees.merging import queries
from trainees.merging.forms import OtherFileForm
from trainees.registry.models import Trainee

register = template.Library()


@register.inclusion_tag("trainees/merging/of_file.html", takes_context=True)
def duplicates_of(context: Context, trainee: Trainee) -> dict:
    of_file = queries.of_file(trainee, by=context["request"].user)
    # The form's token: an inclusion sees nothing of the page around it.
    return {"of_file": of_file, "form": OtherFileForm(), "csrf_token": context.get("csrf_token")}
