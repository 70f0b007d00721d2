import json

from django.core.management.base import BaseCommand

from trainees.merging.actions import find_all
from trainees.merging.actions.finding import Found
from trainees.merging.models import DuplicatePair


class Command(BaseCommand):
    help = "Look at every file for another one of the same person; the pairs wait on the page of duplicates."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="with the file numbers of every pair that waits")

    def handle(self, *args, **options):
        total = Found()
        for found in find_all():
            total.add(found)
        waiting = DuplicatePair.objects.waiting().select_related("first", "second")
        if options["json"]:
            pairs = [
                {"files": [pair.first.file_number, pair.second.file_number], "grounds": pair.grounds}
                for pair in waiting.defer("first__id_number", "first__phone", "second__id_number", "second__phone")
            ]
            told = {**vars(total), "waiting": len(pairs), "pairs": pairs}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(
                f"{total.files} files, {total.new} new pairs, {total.again} asked again, {total.gone} no longer alike, "
                f"{waiting.count()} waiting"
            )
