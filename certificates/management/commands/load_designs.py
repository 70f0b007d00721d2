"""A design for each kind of certificate that has none; as often as you like."""

import json

from django.core.management.base import BaseCommand

from certificates.actions import load_default_designs
from lms.accounts.models import Agent


class Command(BaseCommand):
    help = "Adds the default design of each kind of certificate that has none for the whole county."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="Print the count as JSON.")

    def handle(self, *args, **options):
        added = load_default_designs(by=Agent(label="load_designs"))
        self.stdout.write(json.dumps({"added": added}) if options["json"] else f"{added} certificate designs added.")
