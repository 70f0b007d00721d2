import json
import sys

from django.core.management.base import BaseCommand

from certificates.enums import CertificateState
from certificates.models import Certificate
from certificates.queries import find_by_number

EXIT = {CertificateState.VALID: 0, CertificateState.REVOKED: 1}
UNKNOWN = 3


class Command(BaseCommand):
    help = "Say whether a certificate number is valid: exit 0 valid, 1 revoked, 3 unknown."

    def add_arguments(self, parser):
        parser.add_argument("number")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        certificate = find_by_number(options["number"])
        facts = _facts(certificate) if certificate else {"number": options["number"][:40], "state": "unknown"}
        if options["json"]:
            self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(" ".join(str(value) for value in facts.values() if value is not None))
        code = EXIT[CertificateState(certificate.state)] if certificate else UNKNOWN
        if code:
            sys.exit(code)


def _facts(certificate: Certificate) -> dict:
    return {
        "number": certificate.number,
        "state": certificate.state,
        "name": certificate.masked_name,
        "course": certificate.course_title,
        "class": certificate.class_code,
        "hours": certificate.hours,
        "issuer": certificate.issuer,
        "issued_on": certificate.issued_on.isoformat(),
        "revoked_on": certificate.revoked_on.isoformat() if certificate.revoked_on else None,
    }
