from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TraineesConfig(AppConfig):
    name = "trainees"
    verbose_name = _("Trainees")

    def ready(self) -> None:
        # Models exist only now. Here the rooms meet that do not know each other.
        from django.urls import reverse

        from lms.jobs.registry import register
        from trainees.attendance.actions import enrol
        from trainees.rosters import imports
        from trainees.rosters.enums import COMMIT_JOB, READ_JOB, UNDO_JOB

        register(
            READ_JOB, label=_("Reading a roster"), handler=imports.read_job,
            address=lambda job: reverse("roster_preview", args=[job.subject]),
            allowed=imports.may_work_on,
        )  # fmt: skip
        register(
            COMMIT_JOB, label=_("Entering a roster"), handler=partial(imports.commit_job, enrol=enrol),
            address=lambda job: reverse("roster_preview", args=[job.subject]),
            allowed=imports.may_work_on,
        )  # fmt: skip
        register(
            UNDO_JOB, label=_("Taking back a roster"), handler=imports.undo_job,
            address=lambda job: reverse("roster_preview", args=[job.subject]),
            allowed=imports.may_work_on,
        )  # fmt: skip
