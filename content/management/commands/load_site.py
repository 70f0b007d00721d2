"""Build the public site: home, first notice, the 35 courses, the contest, the editors' group; as often as you like."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand

from content.actions import load_editor_groups, load_site
from courses.catalogue.actions import load_plan_courses
from courses.lessons.actions import load_demo_lessons
from lms.accounts.models import Agent


class Command(BaseCommand):
    help = "Builds the pages of the public site; pages that exist stay as the centre edited them."

    def add_arguments(self, parser):
        parser.add_argument("--lessons", action="store_true", default=settings.DEMO, help="Sample lessons as well.")
        parser.add_argument("--json", action="store_true", help="Print the counts as JSON.")

    def handle(self, *args, **options):
        by = Agent(label="load_site")
        load_site(by=by)
        counts = {"courses": load_plan_courses(by=by)}
        counts["lessons"] = load_demo_lessons(by=by) if options["lessons"] else 0
        load_editor_groups(by=by)
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        self.stdout.write(f"Site ready: {counts['courses']} courses and {counts['lessons']} lessons added.")
