import base64
import json
import secrets
import sys
from collections import Counter

from django.core.management.base import BaseCommand

from lms.accounts.models import Agent
from lms.privacy.crypto import ring
from lms.rotation.actions import Rotated, rotate
from lms.rotation.queries import Holding, Place, holdings

OLD_REMAINS, LOST = 1, 3


class Command(BaseCommand):
    help = (
        "Re-encrypts every personal field and sealed file with the first key of FIELD_KEYS, in batches, while people "
        "work. Exit 3 when a value opens with no key of the ring; with --check also 1 while older keys are in use."
    )

    def add_arguments(self, parser):
        parser.add_argument("--batch", type=int, default=500, help="rows a transaction; default 500")
        parser.add_argument("--check", action="store_true", help="change nothing; say which key each table still needs")
        parser.add_argument("--new-key", metavar="NAME", help="print an entry for FIELD_KEYS and do nothing else")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, batch, check, new_key, **options):
        if new_key:
            self.stdout.write(f"{new_key}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}")
            return
        batch = max(1, batch)
        old = 0
        if check:
            held = holdings(batch=batch)
            facts, old = [self._holding(one) for one in held], sum(one.old for one in held)
        else:
            done = rotate(by=Agent("rotate_keys"), batch=batch, tell=lambda one: self._tell(one, options))
            facts = [self._rotated(one) for one in done]
        first = ring()[0]
        if options["json"]:
            key = {"name": first.name, "fingerprint": first.fingerprint}
            self.stdout.write(json.dumps({"key": key, "check": check, "places": facts}, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(f"First key: {first.name} ({first.fingerprint})")
            for one in facts:
                self._line(one)
        if any(one["lost"] for one in facts):
            self.stderr.write(
                "Some values open with no key of FIELD_KEYS. They were left as they are: put their key back into the "
                "ring and run this again."
            )
            sys.exit(LOST)
        if old:
            sys.exit(OLD_REMAINS)

    def _tell(self, done: Rotated, options: dict) -> None:
        if options["verbosity"] > 1 and not options["json"]:
            self.stdout.write(f"{done.place.label}: {done.rewritten}")

    def _line(self, facts: dict) -> None:
        words = [f"{count} with {name}" for name, count in facts.get("opened", {}).items()]
        words += [f"{facts['rewritten']} re-encrypted"] if facts.get("rewritten") else []
        words += [f"{one['count']} lost, fingerprint {one['fingerprint'] or 'unknown'}" for one in facts["lost"]]
        words += [f"{facts['missing']} files not there"] if facts["missing"] else []
        if words:
            self.stdout.write(f"  {facts['where']}: {', '.join(words)}")

    def _holding(self, one: Holding) -> dict:
        return {**self._place(one.place, one.lost, one.missing), "opened": dict(one.opened)}

    def _rotated(self, one: Rotated) -> dict:
        return {**self._place(one.place, one.lost, one.missing), "rewritten": one.rewritten}

    @staticmethod
    def _place(place: Place, lost: Counter[str], missing: int) -> dict:
        return {
            "where": place.label, "table": place.table, "column": place.column, "missing": missing,
            "lost": [{"fingerprint": fingerprint, "count": count} for fingerprint, count in sorted(lost.items())],
        }  # fmt: skip
