import datetime
import json

from django.core.management.base import BaseCommand

from lms.programme.queries import current_programme, policy_in_words, policy_of
from trainees.progress import queries


class Command(BaseCommand):
    help = "Where the programme stands: person-times, persons and hours against the target."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=datetime.date.fromisoformat, help="a day, YYYY-MM-DD")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, as_of, **options):
        programme = current_programme()
        policy = policy_of(programme)
        units = queries.ledger(programme, as_of=as_of)
        progress = queries.progress_of(units, programme, policy)
        report = {
            "programme": programme.code,
            "as_of": as_of.isoformat() if as_of else None,
            "policy": {"version": policy.version, "unit": policy.unit, "words": policy_in_words(policy)},
            "target": progress.target,
            "person_times": progress.person_times,
            "persons": progress.persons,
            "hours": float(progress.hours),
            "other_units": progress.other_units,
            "funnel": {stage.key: stage.units for stage in progress.funnel},
            "losses": {str(stage.key): stage.units for stage in progress.losses},
            "by_township": self.lines(queries.by_township(units, policy)),
            "by_tier": self.lines(queries.by_tier(units, policy)),
            "by_group": self.lines(queries.by_group(units, policy)),
        }
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
            return
        self.stdout.write(f"{programme.name}")
        self.stdout.write(
            f"{progress.person_times:,} / {progress.target:,} ({progress.percent} %)  "
            f"persons {progress.persons:,}  hours {progress.hours:,}"
        )
        for stage in progress.funnel + progress.losses:
            self.stdout.write(f"  {stage.key:24} {stage.units:>7,}")
        for cell in queries.by_township(units, policy):
            self.stdout.write(f"  {cell.label:24} {cell.person_times:>7,} {cell.persons:>7,} {cell.hours:>9,}")

    @staticmethod
    def lines(cells: list[queries.Cell]) -> list[dict]:
        return [
            {
                "key": c.key,
                "label": c.label,
                "person_times": c.person_times,
                "persons": c.persons,
                "hours": float(c.hours),
            }
            for c in cells
        ]
