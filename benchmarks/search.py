"""Search at a hundred thousand people: how long the first twenty hits take. Prints JSON.

    .venv/bin/python benchmarks/search.py                          SQLite in a temporary folder
    DATABASE_URL=postgres://... .venv/bin/python benchmarks/search.py --people 100000
    ... --keep FOLDER                                              the database is kept and used again

With DATABASE_URL the named database is filled: name an empty one.
"""

import argparse
import datetime
import io
import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
LIMIT_MS = 50
TODAY = datetime.date(2018, 1, 1)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--keep", help="folder of the database")
    return parser.parse_args()


def set_up(folder: Path) -> None:
    os.environ["DATA_DIR"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    sys.path.insert(0, str(BASE))
    import django

    from lms import keys

    keys.write_absent(folder)
    django.setup()


def fill(count: int) -> float:
    """Invented people as the demo makes them; the share of common names is the county's."""
    from django.core.management import call_command
    from django.db import connection

    from demo.names import People
    from lms.accounts.models import Agent
    from lms.places.models import Division
    from lms.programme.actions import create_programme
    from trainees.registry.models import SearchKey, Trainee
    from trainees.registry.names import search_text
    from trainees.registry.search_keys import keys_of

    call_command("migrate", interactive=False, verbosity=0)
    if Trainee.objects.exists():
        return 0.0
    call_command("load_reference", stdout=io.StringIO())
    create_programme(
        by=Agent("benchmark"), code="B", name="B", name_en="B", county=Division.objects.get(code="530927000000"),
        starts_on=TODAY, deadline=TODAY + datetime.timedelta(days=365), target_person_times=1, source="B",
    )  # fmt: skip
    villages = list(Division.objects.current().villages().select_related("parent"))
    chance, invented = random.Random(7), People(7)
    started = time.perf_counter()
    for start in range(0, count, 2000):
        made = []
        for n in range(start, min(start + 2000, count)):
            village, female = chance.choice(villages), chance.random() < 0.5
            name = invented.name(chance.choices(("21", "01", "18"), weights=(80, 12, 8))[0], female)
            aliases = [invented.name("21", female)] if chance.random() < 0.1 else []
            id_number, phone = nobodys_id(n), f"1{chance.choice('3589')}{chance.randrange(10**9):09d}"
            made.append(
                Trainee(
                    file_number=f"530927-{n + 1:06d}", name=name, name_pinyin=search_text([name, *aliases]),
                    aliases=aliases, id_number=id_number, id_hash=Trainee.hash_id(id_number), phone=phone,
                    phone_hash=Trainee.hash_phone(phone), township=village.parent, village=village, created_by="B",
                    sex="2" if female else "1",
                )
            )  # fmt: skip
        Trainee.objects.bulk_create(made)
        SearchKey.objects.bulk_create(
            [SearchKey(trainee=one, kind=kind, key=key) for one in made for kind, key in keys_of(one)], batch_size=5000
        )
    if connection.vendor == "postgresql":
        # As the server does by itself some minutes after a table has grown.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - started


def nobodys_id(n: int) -> str:
    """Of people born before 1900: there are more of them than the demo's numbers."""
    from stdnum.iso7064 import mod_11_2

    day = datetime.date(1850, 1, 1) + datetime.timedelta(days=n % 18000)
    digits = f"533528{day:%Y%m%d}{(n // 18000 * 160 + n % 157) % 1000:03d}"
    return digits + mod_11_2.calc_check_digit(digits)


def accounts() -> dict:
    from lms.accounts import actions
    from lms.accounts.enums import Role
    from lms.accounts.models import Agent, User
    from lms.places.models import Division

    places = {"clerk": None, "operator": Division.objects.current().townships().order_by("code")[2]}
    roles = {"clerk": Role.CLERK, "operator": Role.TOWNSHIP_OPERATOR}
    users = {}
    for name, place in places.items():
        users[name], new = User.objects.get_or_create(username=name, defaults={"name": name})
        if new:
            actions.grant_role(by=Agent("benchmark"), user=users[name], role=roles[name], place=place)
    return users


def searches() -> dict[str, str]:
    from trainees.registry.models import Trainee

    somebody = Trainee.objects.select_related("village").order_by("pk")[Trainee.objects.count() // 2]
    return {
        "name": somebody.name,
        "first character": "艾",
        "rare part": "散姆",
        "common part": "嘎",
        "alias": Trainee.objects.exclude(aliases=[]).order_by("pk")[50].aliases[0],
        "pinyin": "aiga",
        "other reading": "yanwen",
        "initials": "ag",
        "one letter": "a",
        "pinyin of a part": "qiang",
        "end of ID": somebody.id_number[-4:],
        "end of phone": somebody.phone[-4:],
        "ID": somebody.id_number,
        "phone": somebody.phone,
        "file number": somebody.file_number,
        "serial": str(somebody.pk),
        "village": somebody.village.short_name,
        "township": "勐省",
        "name and township": f"{somebody.name} 勐省",
        "character and township": "艾 勐省",
        "character and village": f"艾 {somebody.village.short_name}",
        "initials and digits": f"ag {somebody.id_number[-4:]}",
        "two common words": "ai ga",
        "two letters": "a g",
        "nobody": "王二麻子",
    }


def cpu_seconds() -> float:
    """Of this process and, on Linux, of the PostgreSQL process that serves it: on a busy machine the clock also counts
    the waiting for others."""
    from django.db import connection

    spent = time.process_time()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
        if stat.exists():
            user, system = stat.read_text().rpartition(")")[2].split()[11:13]
            spent += (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return spent


def measure(users: dict, rounds: int) -> dict:
    """What the list asks while somebody types: hits, reasons, masked values."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from trainees.registry import finding
    from trainees.registry.models import Trainee

    def once(user, text):
        people = Trainee.objects.visible_to(user).live().select_related("township", "village")
        hits = finding.first_hits(people, text)
        finding.explain(hits, text)
        return [(one.masked_name, one.masked_id, one.masked_phone, one.lives_in) for one in hits]

    results = {}
    for who, user in users.items():
        for what, text in searches().items():
            with CaptureQueriesContext(connection) as asked:
                hits = len(once(user, text))
            times, busy = [], cpu_seconds()
            for _ in range(rounds):
                started = time.perf_counter()
                once(user, text)
                times.append((time.perf_counter() - started) * 1000)
            worked = (cpu_seconds() - busy) * 1000 / rounds
            results[f"{who}: {what}"] = {
                "hits": hits, "queries": len(asked), "median_ms": round(statistics.median(times), 1),
                "max_ms": round(max(times), 1), "cpu_ms": round(worked, 1),
            }  # fmt: skip
    return results


def measure_list(user) -> dict:
    """The page of all who fit, after "Search": how many, and the first fifty."""
    from trainees.registry import finding
    from trainees.registry.models import Trainee

    results = {}
    for what in ("name", "first character", "one letter", "village", "character and village"):
        found = finding.search(Trainee.objects.visible_to(user).live(), searches()[what])
        started = time.perf_counter()
        count = found.count()
        list(found.select_related("township", "village")[:50])
        results[what] = {"people": count, "ms": round((time.perf_counter() - started) * 1000, 1)}
    return results


def main() -> None:
    options = arguments()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(options.keep or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        set_up(folder)
        from django.db import connection

        filled = fill(options.people)
        users = accounts()
        results = measure(users, options.rounds)
        from trainees.registry.models import SearchKey, Trainee

        medians = [one["median_ms"] for one in results.values()]
        cpu = max(one["cpu_ms"] for one in results.values())
        facts = {
            "database": connection.vendor,
            "people": Trainee.objects.count(),
            "keys": SearchKey.objects.count(),
            "fill_seconds": round(filled, 1),
            "load_average": round(os.getloadavg()[0], 1),
            "limit_ms": LIMIT_MS,
            "worst_median_ms": max(medians),
            "worst_cpu_ms": cpu,
            "within_limit": max(medians) < LIMIT_MS,
            "searches": results,
            "all_who_fit": measure_list(users["clerk"]),
        }
        print(json.dumps(facts, ensure_ascii=False, indent=1))
        connection.close()


if __name__ == "__main__":
    main()
