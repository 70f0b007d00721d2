"""How long it takes to look at every file, and at one, in a registry of 100,000 people.

    DATA_DIR=.data/bench .venv/bin/python benchmarks/duplicates.py [people]

Makes a registry of its own in an empty DATA_DIR (or DATABASE_URL); never point it at one in use.
"""

import os
import random
import resource
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
django.setup()

from django.core.management import call_command  # noqa: E402 - Django first
from django.db import transaction  # noqa: E402

from lms.places.models import Division  # noqa: E402
from trainees.merging.actions import find_all, look_at  # noqa: E402
from trainees.merging.models import DuplicatePair, MatchKey  # noqa: E402
from trainees.registry.models import Trainee  # noqa: E402
from trainees.registry.names import search_text  # noqa: E402

FAMILY, GIVEN = "李王张刘陈杨赵黄周吴田鲍肖岩艾叶玉", "嘎那强明华丽萍文云艳荣成国学志勇光温香"
TWINS_OF_A_HUNDRED = 2


def fill(people: int) -> None:
    """Rows as the registry writes them; numbers are stand-ins, only their hashes matter here."""
    dice = random.Random(1)
    townships = list(Division.objects.current().townships())
    villages = {township.pk: list(township.children.all()) for township in townships}
    made: list[Trainee] = []
    for n in range(people):
        name = dice.choice(FAMILY) + dice.choice(GIVEN) + dice.choice(GIVEN)
        township = dice.choice(townships)
        phone = f"199{n:08d}"
        if made and n % 100 < TWINS_OF_A_HUNDRED:
            name, phone = made[-1].name, made[-1].phone
        made.append(
            Trainee(
                file_number=f"530927-{n:06d}",
                name=name,
                name_pinyin=search_text([name]),
                phone=phone,
                phone_hash=Trainee.hash_phone(phone),
                id_number=f"x{n}",
                id_hash=Trainee.hash_id(f"x{n}"),
                id_state="valid",
                township=township,
                village=dice.choice(villages[township.pk]),
                birth_date=f"{dice.randint(1950, 2000)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
                created_by="benchmark",
            )
        )
    with transaction.atomic():
        Trainee.objects.bulk_create(made, batch_size=1000)


def main(people: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("load_reference", stdout=open(os.devnull, "w"))  # noqa: SIM115
    if not Trainee.objects.exists():
        fill(people)
    for turn in ("first", "again"):
        started = time.perf_counter()
        found = sum(batch.new for batch in find_all())
        seconds = time.perf_counter() - started
        print(f"all {Trainee.objects.count()} files, {turn}: {seconds:.1f} s, {found} new pairs")
    pks = list(Trainee.objects.values_list("pk", flat=True))
    times = []
    for pk in random.Random(2).sample(pks, 200):
        started = time.perf_counter()
        look_at([pk])
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    print(f"one file: median {times[100]:.1f} ms, 95 % under {times[190]:.1f} ms")
    print(f"{MatchKey.objects.count()} keys, {DuplicatePair.objects.count()} pairs")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
