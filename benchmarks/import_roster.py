"""How long a roster takes and how much memory: `.venv/bin/python benchmarks/import_roster.py --rows 10000`.

Prints JSON. SQLite in a temporary folder, or the PostgreSQL of DATABASE_URL (a database test_<name> is made beside it
and removed). Meanwhile a second process writes a small row every 50 ms: its longest wait is what a page would feel.
"""

import argparse
import datetime
import io
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

BASE = Path(__file__).resolve().parents[1]
VILLAGES = (("勐省镇", "回珠"), ("岩帅镇", "岩丙"), ("勐董镇", "帕良"), ("勐省镇", "永让"), ("岩帅镇", "东米"))
HERE = [sys.executable, str(Path(__file__).resolve())]


def main() -> None:
    asked = options()
    if asked.make:
        asked.make.write_bytes(workbook(asked.rows, asked.ledger))
    elif asked.visit:
        visit(asked.visit)
    else:
        print(json.dumps(run(asked), ensure_ascii=False, indent=1))


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--ledger", action="store_true", help="rows carry classes of fifty people")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--visit", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def run(asked: argparse.Namespace) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        file = data / "roster.xlsx"
        # In processes of their own: what making the file costs is not what reading it costs.
        subprocess.run([*HERE, "--make", str(file), "--rows", str(asked.rows), *ledger_option(asked)], check=True)
        open_django(data)
        from django.db import connection

        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            lay_ground(classes=asked.rows // 50 if asked.ledger else 0)
            return measured(file, data)
        finally:
            connection.creation.destroy_test_db(str(connection.settings_dict["NAME"]), verbosity=0)


def ledger_option(asked: argparse.Namespace) -> list[str]:
    return ["--ledger"] if asked.ledger else []


def open_django(data: Path) -> None:
    """As a site: no DEBUG, which would keep every query in memory."""
    sys.path.insert(0, str(BASE))
    os.environ.update(DJANGO_SETTINGS_MODULE="lms.settings", DATA_DIR=str(data))
    subprocess.run([str(BASE / "bin" / "setup"), "--keys"], check=True, stdout=subprocess.DEVNULL, cwd=BASE)
    import django

    django.setup()


def lay_ground(*, classes: int) -> None:
    from django.core.management import call_command

    from courses.catalogue.actions import load_plan_courses
    from courses.schedule.actions import add_trainer
    from lms.places.models import Division, Station
    from tests.cast import SETUP, make_programme

    call_command("load_reference", stdout=io.StringIO())
    make_programme()
    if classes:
        from content.actions import load_site

        load_site(by=SETUP)
        load_plan_courses(by=SETUP)
    for n in range(1 + classes // 100):
        add_trainer(by=SETUP, name=f"讲师{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{n // 10 or ''}")
        Station.objects.create(
            code=f"BENCH-{n}", name=f"教室{n}", level="county", capacity=100,
            division=Division.objects.get(code="530927101000"),
        )  # fmt: skip


def measured(file: Path, data: Path) -> dict:
    from django.db import connection

    from lms.accounts.models import Agent
    from lms.places.models import Division
    from trainees.attendance.actions import enrol
    from trainees.registry.models import Trainee
    from trainees.rosters import actions, imports

    by, before = Agent("benchmark"), peak_mb()
    report: dict = {
        "database": connection.vendor,
        # Above the number of cores, seconds are those of a machine that does other work.
        "machine_load": round(os.getloadavg()[0], 1),
        "file_mb": round(file.stat().st_size / 1e6, 2),
    }
    roster = actions.start_import(
        by=by, data=file.read_bytes(), file_name=file.name, place=Division.objects.get(code="530927000000"),
        report_day=datetime.date(2018, 6, 1),
    )  # fmt: skip
    with Visitor(data) as visitor:
        report["preview"] = timed(imports.read_import(roster)) | {"peak_mb": peak_mb(), **visitor.told()}
        roster = actions.commit_import(by=by, roster=roster)
        report["commit"] = timed(imports.enter_import(roster, by=by, enrol=enrol))
        report["commit"] |= {"peak_mb": peak_mb(), **visitor.told()}
    report |= {"rows": roster.rows.count(), "persons": Trainee.objects.count(), "mb_before": before}
    again = actions.start_import(
        by=by, data=file.read_bytes(), file_name=file.name, place=roster.place, report_day=roster.report_day
    )
    report["again_preview"] = timed(imports.read_import(again))
    again = actions.commit_import(by=by, roster=again)
    report["again_commit"] = timed(imports.enter_import(again, by=by, enrol=enrol))
    report["persons_again"] = Trainee.objects.count()
    return report


def timed(work: Iterator) -> dict:
    from django.db import connection
    from django.db.backends.utils import CursorWrapper

    queries = 0

    def count(execute, *rest):
        nonlocal queries
        queries += 1
        return execute(*rest)

    assert isinstance(connection.cursor(), CursorWrapper)
    begun, longest, worked = time.perf_counter(), 0.0, time.process_time()
    with connection.execute_wrapper(count):
        step = begun
        for _progress in work:
            longest, step = max(longest, time.perf_counter() - step), time.perf_counter()
    seconds = time.perf_counter() - begun
    return {
        "seconds": round(seconds, 2),
        # What this process worked; the rest was waiting: for the database, for others on the machine, by intent.
        "cpu_seconds": round(time.process_time() - worked, 2),
        "queries": queries,
        "longest_step_seconds": round(longest, 2),
    }


class Visitor:
    """Somebody else on the site, in a process of its own."""

    def __init__(self, data: Path):
        self.log = data / "visitor.log"

    def __enter__(self) -> "Visitor":
        from django.db import connection

        environment = {**os.environ, "BENCH_DATABASE": str(connection.settings_dict["NAME"])}
        self.process = subprocess.Popen([*HERE, "--visit", str(self.log)], env=environment)
        while not self.log.exists():
            time.sleep(0.1)
        return self

    def __exit__(self, *_left: object) -> None:
        self.process.terminate()
        self.process.wait()

    def told(self) -> dict:
        """Waits since the last time it was asked."""
        stamps = [line.split() for line in self.log.read_text().splitlines()]
        self.log.write_text("")
        begun = [float(at) for word, at in stamps if word == "begun"]
        ended = [float(at) for word, at in stamps if word == "ended"]
        if len(ended) > len(begun):  # it had begun before somebody asked last
            begun.insert(0, ended[0])
        # The last one may still wait.
        waits = [b - a for a, b in itertools.zip_longest(begun, ended, fillvalue=time.time())]
        return {"others_wrote": len(ended), "others_waited_at_most_seconds": round(max(waits, default=0), 3)}


def visit(log: Path) -> None:
    from django.conf import settings

    sys.path.insert(0, str(BASE))
    settings.DATABASES["default"]["NAME"] = os.environ["BENCH_DATABASE"]
    import django

    django.setup()
    from lms.accounts.models import Agent
    from lms.audit.actions import record_event
    from lms.places.models import Division

    place = Division.objects.get(code="530927000000")
    log.write_text("")
    while True:
        stamp(log, "begun")
        record_event(by=Agent("visitor"), event="benchmark.visit", record=place, label=place.code)
        stamp(log, "ended")
        time.sleep(0.05)


def stamp(log: Path, word: str) -> None:
    with log.open("a") as file:
        file.write(f"{word} {time.time():.4f}\n")


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def workbook(rows: int, ledger: bool) -> bytes:
    """Invented people: sequence numbers 996 and 997 are kept for centenarians, so nobody holds these IDs."""
    from openpyxl import Workbook
    from stdnum.iso7064 import mod_11_2

    header = [
        "序号",
        "姓名",
        "性别",
        "民族",
        "身份证号",
        "乡镇",
        "村",
        "联系电话",
        "文化程度",
        "人员类别",
        "户编号",
        "备注",
    ]
    if ledger:
        header += [
            "培训期次",
            "培训班名称",
            "课程",
            "培训开始日期",
            "培训结束日期",
            "学时",
            "培训地点",
            "讲师",
            "考核成绩",
            "是否合格",
        ]
    book = Workbook(write_only=True)
    table = book.create_sheet("花名册")
    table.append(header)
    first = datetime.date(1950, 1, 1)
    for n in range(rows):
        day = first + datetime.timedelta(days=n // 4 % 18000)
        digits = f"{530900 + n // 72000 % 90:06d}{day:%Y%m%d}{(997, 999, 996, 998)[n % 4]}"
        name = "艾尼桑赛叶伊安也"[n % 8] + "嘎那惹社搞茸保门"[n // 8 % 8] + "一二三四五六七八九"[n // 64 % 9]
        township, village = VILLAGES[n % len(VILLAGES)]
        line = [
            n + 1, name, "男" if n % 4 < 2 else "女", "佤族", digits + mod_11_2.calc_check_digit(digits),
            township, village, f"138{n:08d}", "初中", ("建档立卡贫困户", "", "农村青年、残疾人")[n % 3],
            f"{5309270000 + n // 3}", "",
        ]  # fmt: skip
        table.append(line + (class_of(n) if ledger else []))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def class_of(n: int) -> list:
    """Classes of fifty, a hundred to a trainer and room, each on a day of its own."""
    number = n // 50
    at = number // 100
    day = datetime.date(2018, 1, 2) + datetime.timedelta(days=number % 100)
    trainer = f"讲师{'甲乙丙丁戊己庚辛壬癸'[at % 10]}{at // 10 or ''}"
    return [f"第{number + 1}期", "店铺注册班", "B1", f"{day}", f"{day}", 8, f"教室{at}", trainer, 60 + n % 40, "是"]


if __name__ == "__main__":
    main()
