import json
from dataclasses import asdict

from django.core.management.base import BaseCommand

from trainees.registry.actions import rebuild_search


class Command(BaseCommand):
    help = "Compare the search table with the files and mend it; people may go on working."

    def add_arguments(self, parser):
        parser.add_argument("--batch", type=int, default=500, help="files a step; default 500")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, batch, **options):
        done = rebuild_search(batch=max(1, batch))
        if options["json"]:
            self.stdout.write(json.dumps(asdict(done)))
        else:
            self.stdout.write(f"{done.people} files, {done.added} keys added, {done.removed} removed")
