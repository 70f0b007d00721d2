from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    name = "certificates"

    def ready(self) -> None:
        from lms.jobs import registry  # models are ready only now

        from . import queries, tasks  # as above

        registry.register(
            queries.PRINT_RUN,
            label=_("Printing of certificates"),
            handler=tasks.print_run,
            address=tasks.address,
            allowed=tasks.may_print,
        )
