import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from certificates import actions, queries
from certificates.enums import CertificateKind
from certificates.models import Certificate
from certificates.pdf import signed
from courses.schedule.models import TrainingClass
from lms.accounts.models import Agent
from lms.refusals import Refused
from trainees.registry.actions import refuse_restricted

Printed = tuple[Certificate, Path]


class Command(BaseCommand):
    help = "Issue what is due in a class and write one PDF per valid certificate. Running it again adds nothing."

    def add_arguments(self, parser):
        parser.add_argument("training_class", metavar="CLASS", help="class number")
        kinds = [kind.value for kind in CertificateKind if kind != CertificateKind.AWARD]
        parser.add_argument(
            "--kind", choices=kinds, default=CertificateKind.COMPLETION.value, help="which certificate (completion)"
        )
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the PDF files")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        by, kind = Agent("issue_certificates"), CertificateKind(options["kind"])
        training_class = TrainingClass.objects.filter(code=options["training_class"]).first()
        if training_class is None:
            raise CommandError(f"There is no class {options['training_class']}.", returncode=2)
        try:
            new = actions.issue(by=by, training_class=training_class, kind=kind)
            entries = queries.due(training_class, kind)
        except Refused as refusal:
            raise CommandError(str(refusal.message), returncode=3) from refusal
        options["out"].mkdir(parents=True, exist_ok=True)
        printed, stopped = self._print(queries.valid_in_roster_order(training_class, kind), options["out"])
        actions.record_printing(by=by, certificates=[certificate for certificate, _path in printed])
        self._report(
            {
                "class": training_class.code,
                "kind": kind.value,
                "issued": len(new),
                "certificates": [_facts(each, path) for each, path in printed],
                "not_printed": stopped,
                "not_due": [
                    {"file_number": entry.trainee.file_number, "reasons": [reason.value for reason in entry.reasons]}
                    for entry in entries
                    if entry.reasons
                ],
            },
            as_json=options["json"],
        )

    def _print(
        self, certificates: list[Certificate], folder: Path
    ) -> tuple[list[tuple[Certificate, Path]], list[dict]]:
        printed: list[tuple[Certificate, Path]] = []
        stopped: list[dict] = []
        for certificate in certificates:
            path = folder / f"{certificate.number}.pdf"
            try:
                refuse_restricted(certificate.trainee)
                path.write_bytes(signed(certificate))
            except Refused as refusal:
                stopped.append({"number": certificate.number, "reason": str(refusal.message)})
            else:
                printed.append((certificate, path))
        return printed, stopped

    def _report(self, report: dict, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
            return
        for certificate in report["certificates"]:
            self.stdout.write(certificate["file"])
        for stopped in report["not_printed"]:
            self.stderr.write(stopped["reason"])
        self.stdout.write(
            f"{report['class']}: {report['issued']} issued, {len(report['certificates'])} printed, "
            f"{len(report['not_due'])} not due"
        )


def _facts(certificate: Certificate, path: Path) -> dict:
    return {
        "number": certificate.number,
        "file_number": certificate.trainee.file_number,
        "issued_on": certificate.issued_on.isoformat(),
        "address": certificate.check_address,
        "file": str(path),
    }
