from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    name = "certificates"

    def ready(self) -> None:
        from courses.schedule import reopening  # models are ready only now
        from lms.jobs import registry  # as above
        from trainees.merging import tables  # as above
        from trainees.rights import wiping

        from . import actions, merging, queries, tasks  # as above
        from .forgetting import wipe_events
        from .handover.actions import forget_scans
        from .lists import queries as lists
        from .lists import tasks as list_tasks

        tables.enlist(
            "certificates.Certificate", "trainee", label=_("Certificates"), rule=merging.move_certificates,
            in_the_way=merging.issued_since,
        )  # fmt: skip

        reopening.enlist(actions.certificates_in_the_way)
        wiping.register("certificates.Certificate", wiping.Wiping(
            path="trainee", become={"name": wiping.ANONYMOUS}, also=("reissue_note", "revoke_reason"),
        ))  # fmt: skip
        wiping.register("certificates.HandOver", wiping.Wiping(
            path="certificate__trainee",
            reshape=lambda row: {name: wiping.ANONYMOUS for name in ("receiver", "reason") if getattr(row, name)},
        ))  # fmt: skip
        wiping.register_step("lms.AuditEvent", wipe_events)
        wiping.register_step("certificates.HandOverScan", lambda by, trainee: forget_scans(by=by, trainee=trainee))
        registry.register(
            lists.LIST_JOB,
            label=_("Lists of certificates"),
            handler=list_tasks.list_job,
            address=list_tasks.list_page,
            allowed=list_tasks.may_list,
        )
        registry.register(
            queries.PRINT_RUN,
            label=_("Printing of certificates"),
            handler=tasks.print_run,
            address=tasks.address,
            allowed=tasks.may_print,
        )
