import datetime
import json
import sys

from django.core.management.base import BaseCommand

from certificates.enums import Standing
from certificates.models import Certificate
from certificates.queries import find_by_number

EXIT = {Standing.VALID: 0, Standing.REVOKED: 1, Standing.REPLACED: 4, Standing.EXPIRED: 5}
UNKNOWN = 3


class Command(BaseCommand):
    help = "Say whether a certificate number is valid: exit 0 valid, 1 revoked, 3 unknown, 4 replaced, 5 expired."

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
        code = EXIT[certificate.standing] if certificate else UNKNOWN
        if code:
            sys.exit(code)


def _facts(certificate: Certificate) -> dict:
    return {
        "number": certificate.number,
        "state": certificate.standing.value,
        "kind": certificate.kind,
        "name": certificate.masked_name,
        "course": certificate.course_title,
        "class": certificate.class_code,
        "hours": certificate.hours,
        "issuer": certificate.issuer,
        "issued_on": certificate.issued_on.isoformat(),
        "contest": certificate.contest_title or None,
        "award": certificate.award or None,
        "valid_until": _day(certificate.valid_until),
        "replaced_on": _day(certificate.replaced_on),
        "revoked_on": _day(certificate.revoked_on),
    }


def _day(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None
