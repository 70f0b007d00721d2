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
        from trainees.consent.queries import gate_sensitive_group
        from trainees.registry import gates
        from trainees.rights import tasks as rights
        from trainees.rights import wiping
        from trainees.rights.enums import COPY_JOB, EXPORT_JOB, WIPE_JOB
        from trainees.rosters import imports
        from trainees.rosters.enums import COMMIT_JOB, READ_JOB, UNDO_JOB

        if gate_sensitive_group not in gates.SENSITIVE_GROUP:
            gates.SENSITIVE_GROUP.append(gate_sensitive_group)
        from trainees.merging.actions import forget_pairs, forget_snapshots, look_at
        from trainees.merging.tables.known import enlist_known
        from trainees.registry import followers

        followers.enlist(look_at)
        wiping.register_step("trainees.Merge", lambda by, trainee: forget_snapshots(by=by, trainee=trainee))
        wiping.register_step("trainees.DuplicatePair", lambda by, trainee: forget_pairs(by=by, trainee=trainee))
        enlist_known()
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
            EXPORT_JOB, label=_("Export of trainees"), handler=rights.export_job, address=rights.export_page,
            allowed=rights.may_export,
        )  # fmt: skip
        register(
            COPY_JOB, label=_("Copy of a person's data"), handler=rights.copy_job, address=rights.copy_page,
            allowed=rights.may_copy,
        )  # fmt: skip
        register(
            WIPE_JOB, label=_("Making records anonymous"), handler=rights.wipe_job, address=rights.wipe_page,
            allowed=rights.may_wipe,
        )  # fmt: skip
        register(
            UNDO_JOB, label=_("Taking back a roster"), handler=imports.undo_job,
            address=lambda job: reverse("roster_preview", args=[job.subject]),
            allowed=imports.may_work_on,
        )  # fmt: skip
