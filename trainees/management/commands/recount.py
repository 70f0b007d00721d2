import json
import sys
from dataclasses import asdict

from django.core.management.base import BaseCommand

from lms.accounts.models import Agent
from lms.programme.queries import current_programme
from trainees.progress.actions import recount


class Command(BaseCommand):
    help = "Rebuild the ledger from its sources and report every difference; exit 1 when --check finds one."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="report only, change nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, check, **options):
        result = recount(by=Agent("recount"), programme=current_programme(), check=check)
        if options["json"]:
            self.stdout.write(json.dumps({"check": check, **asdict(result)}, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(f"{result.classes} classes, {result.units} units, {len(result.differences)} differences")
            for d in result.differences:
                self.stdout.write(f"  {d.class_code} {d.file_number} {d.unit_key}: {d.stored} -> {d.expected}")
        if check and result.differences:
            sys.exit(1)
