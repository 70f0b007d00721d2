"""Printing a class in the background."""

from collections.abc import Iterator

from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils.translation import gettext as _

from courses.schedule.models import TrainingClass
from courses.schedule.rules import may_manage
from lms.jobs.models import Job
from lms.paper.fonts import missing_glyphs
from lms.refusals import Refused

from . import actions, queries
from .models import Certificate

PRINT_CLASS = "class_certificates"


def address(job: Job) -> str:
    """The class's page: it has the file, and says of each certificate that is not in it why."""
    return reverse(
        "class_certificates", args=[TrainingClass.objects.values_list("code", flat=True).get(pk=job.subject)]
    )


def may_print(job: Job) -> bool:
    """Whether the starter still looks after the class."""
    training_class = TrainingClass.objects.select_related("venue__division").get(pk=job.subject)
    return may_manage(job.started_by, training_class.venue.division.code)


def print_class(job: Job) -> Iterator[tuple[int, int, int]]:
    """One PDF of all certificates of a class that the starter may see, into job.result. Safe to run again."""
    from . import pdf  # WeasyPrint takes half a second and 60 MB: only a process that prints pays for it

    training_class = TrainingClass.objects.get(pk=job.subject)
    visible = Certificate.objects.visible_to(job.started_by).filter(training_class=training_class)
    own = set(visible.values_list("pk", flat=True))
    certificates = [each for each in queries.valid_in_roster_order(training_class) if each.pk in own]
    printed, pages, failed = [], [], 0
    for certificate in certificates:
        if missing_glyphs(certificate.printed_text):
            failed += 1
        else:
            pages.append(pdf.lay_out(certificate))
            printed.append(certificate)
        yield len(printed), failed, len(certificates)
    if not printed:
        raise Refused("nothing_to_print", _("This class has no certificate that can be printed."))
    name = f"{training_class.code}.pdf"
    job.result.save(name, ContentFile(pdf.write(printed, pages)), save=False)
    # Only this column: the worker writes the others.
    Job.objects.filter(pk=job.pk).update(result=job.result.name)
    actions.record_printing(by=job.started_by, certificates=printed)
    yield len(printed), failed, len(certificates)
