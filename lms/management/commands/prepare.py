import hashlib
import io
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import DatabaseError, NotSupportedError, connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Makes an installation ready to serve: tables, reference data, static files, the demo. Quick when it is."
    requires_system_checks = []

    def handle(self, *args, **options):
        self.migrate()
        # Its counts are for whoever runs it by hand.
        call_command("load_reference", stdout=io.StringIO())
        # Named as strings, like the site below: the ground floor imports neither.
        call_command("load_designs", stdout=io.StringIO())
        if not settings.DEBUG:
            self.collect_static()
        if settings.DEMO:
            call_command("demo")
        # Home page and catalogue; named as a string, for the ground floor imports no site.
        call_command("load_site", stdout=io.StringIO())

    def migrate(self) -> None:
        try:
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except NotSupportedError as error:
            raise CommandError(f"DATABASE_URL: {error}. PostgreSQL 15 and SQLite 3.37 are the oldest.") from error
        except DatabaseError as error:
            raise CommandError(f"DATABASE_URL: the database does not answer. {error}".strip()) from error
        if waiting:
            self.stdout.write(f"Bringing the tables up to date ({len(waiting)} steps) and loading the reference data.")
            call_command("migrate", interactive=False, verbosity=0)

    def collect_static(self) -> None:
        """Copied and compressed once; again only when a package or a file of ours has changed."""
        stamp = Path(settings.DATA_DIR) / "static.stamp"
        state = fingerprint(Path(settings.BASE_DIR))
        if stamp.exists() and stamp.read_text(encoding="utf-8") == state:
            return
        self.stdout.write("Collecting and compressing static files.")
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(state, encoding="utf-8")


def fingerprint(base: Path) -> str:
    facts = [(base / "requirements.lock").read_bytes()]
    for package in ("lms", "courses", "trainees", "certificates", "content"):
        for path in sorted((base / package).glob("**/static/**/*")):
            if path.is_file():
                state = path.stat()
                facts.append(f"{path.relative_to(base)} {state.st_size} {state.st_mtime_ns}".encode())
    return hashlib.sha256(b"\n".join(facts)).hexdigest()
