import datetime
import io
import json
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from demo.county import CODE, County
from lms.accounts.demo import ACCOUNTS, PASSWORD
from lms.programme.models import Programme
from trainees.progress.models import PersonTime
from trainees.registry.models import Trainee


class Command(BaseCommand):
    help = "Build the demo county, once: a second call changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--today", type=datetime.date.fromisoformat, help="the demo's today (default: today)")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, today, **options):
        started = time.monotonic()
        built = not Programme.objects.filter(code=CODE).exists()
        if built:
            call_command("load_reference", stdout=io.StringIO())
            call_command("load_designs", stdout=io.StringIO())
            County(today or timezone.localdate()).build()
        report = {
            "built": built,
            "people": Trainee.objects.count(),
            "person_times": PersonTime.objects.filter(counted=True).count(),
            "accounts": [username for username, *_ in ACCOUNTS],
            "password": PASSWORD,
            "seconds": round(time.monotonic() - started, 1),
        }
        self.stdout.write(json.dumps(report, ensure_ascii=False) if options["json"] else self.summary(report))

    @staticmethod
    def summary(report: dict) -> str:
        state = "built" if report["built"] else "was already there"
        return (
            f"Demo county {state}: {report['people']} people, {report['person_times']} person-times, "
            f"{report['seconds']} s"
        )
