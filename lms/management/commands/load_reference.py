"""Load the reference lists from lms/reference; run it as often as you like."""

import json
from dataclasses import asdict

from django.core.management.base import BaseCommand

from lms.accounts.models import Agent
from lms.places.actions import load_reference


class Command(BaseCommand):
    help = "Loads divisions, holidays and code lists; a second run changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="Print the counts as JSON.")

    def handle(self, *args, **options):
        report = load_reference(by=Agent(label="load_reference"))
        if options["json"]:
            lists = {key: asdict(counts) for key, counts in report.lists.items()}
            self.stdout.write(json.dumps({**asdict(report.total), "lists": lists}, ensure_ascii=False))
            return
        for key, counts in report.lists.items():
            self.stdout.write(f"{key}: {counts.added} added, {counts.changed} changed, {counts.unchanged} unchanged")
