"""How fast certificates are made, and in how much memory: DATA_DIR=... python benchmarks/certificates.py

Prints one JSON object. Speeds are per second of wall time and of processor time (the honest figure on a machine that
does other work too). Each measure runs in a process of its own; no database is asked, so it is the engine alone.
"""

import argparse
import datetime
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗田鲍肖魏段赛俸岩卫"
GIVEN = "艾那嘎尼叶伊门社桑保三娜玉罕温春花建国志强丽芳军平云秀英华明珍红梅"
PART = 50


def number(n):
    return f"CY530927-2018-{n:05d}-K"


def numbers(count):
    return [number(n) for n in range(count)]


def certificates(count, *, first=0):
    from certificates.default_designs import DEFAULTS  # Django is set up only now
    from certificates.models import Certificate, DesignVersion

    day = datetime.date
    design = DesignVersion(**DEFAULTS[0], version=1, digest="0" * 64)
    return [
        Certificate(
            design=design, number=number(n), token=f"benchmark-token-{n:07d}", id_kind="resident",
            name=SURNAMES[n % 29] + GIVEN[n * 7 % 33] + GIVEN[n * 13 % 33], id_number=f"533528199001019{n % 1000:03d}",
            course_title="农村电子商务基础", course_title_en="Foundations of rural e-commerce", class_code="C1",
            class_title="2018年第三期农村电子商务创业培训班", hours=16,
            first_day=day(2018, 5, 3), last_day=day(2018, 5, 6),
            assessed=True, issuer="沧源佤族自治县农村电子商务公共服务中心",
            issuer_en="Cangyuan County Rural E-commerce Centre", issued_on=day(2018, 6, 1),
        )
        for n in range(first, count)
    ]  # fmt: skip


def timed(work, count):
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"per_second": round(count / wall, 1), "per_cpu_second": round(count / cpu, 1)}


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def first(count):
    """From a process that has only Django to the first file: what the first person of a morning waits for."""
    (one,) = certificates(1)
    wall, cpu = time.perf_counter(), time.process_time()
    from certificates import pdf  # this wait is the measure

    pdf.signed(one)
    return {
        "seconds": round(time.perf_counter() - wall, 2), "cpu_seconds": round(time.process_time() - cpu, 2)
    }  # fmt: skip


def single(count):
    from certificates import pdf  # Django is set up only now

    made = certificates(count)
    size = len(pdf.print_one(made[0]))
    return {**timed(lambda: [pdf.print_one(each) for each in made], count), "bytes": size}


def signed(count):
    from certificates import pdf  # as above

    made = certificates(count)
    size = len(pdf.signed(made[0]))
    return {**timed(lambda: [pdf.signed(each) for each in made], count), "bytes": size}


def signing(count):
    from certificates import pdf  # as above
    from lms.paper import signing

    content = pdf.print_one(certificates(1)[0])
    signing.sign(content, reason="x")
    return timed(lambda: [signing.sign(content, reason="x") for _ in range(count)], count)


def batch(count):
    """A print run as the worker makes it, part by part onto the disk, and the one PDF bound of them as it is sent."""
    from certificates import pdf  # as above
    from lms.paper import binding

    pdf.print_sheets(certificates(1), title="warm")
    before = peak_mb()
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{at:05d}" for at in range(0, count, PART)]

        def print_all():
            for at, file in enumerate(files):
                first, last = at * PART, min((at + 1) * PART, count)
                file.write_bytes(pdf.print_sheets(certificates(last, first=first), title="C1"))

        speed = timed(print_all, count)
        printing, begun = peak_mb(), time.perf_counter()
        pieces = binding.bound([file.read_bytes for file in files], bookmarks=numbers(count), title="C1")
        size = sum(map(len, pieces))
    return {
        **speed, "binding_seconds": round(time.perf_counter() - begun, 2), "bytes_per_page": size // count,
        "peak_mb_before": before, "peak_mb_printing": printing, "peak_mb": peak_mb(),
    }  # fmt: skip


MEASURES = {"first": first, "single": single, "signed": signed, "signing": signing, "batch": batch}


def started(name, count):
    return subprocess.Popen(
        [sys.executable, __file__, "--measure", name, "--count", str(count)], stdout=subprocess.PIPE, text=True
    )


def result(process):
    out, _none = process.communicate()
    if process.returncode:
        raise SystemExit(process.returncode)
    return json.loads(out)


def two_at_once(name, count):
    both = [result(each) for each in [started(name, count), started(name, count)]]
    return {key: round(sum(each[key] for each in both), 1) for key in ("per_second", "per_cpu_second")}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--measure", choices=MEASURES)
    options.add_argument("--count", type=int, default=100)
    options.add_argument("--large", type=int, default=5000, help="pages of the largest print run")
    options = options.parse_args()
    if options.measure:
        import django

        django.setup()
        print(json.dumps(MEASURES[options.measure](options.count)))
        return
    report = {name: result(started(name, options.count)) for name in MEASURES}
    report["batch_1000"] = result(started("batch", 1000))
    report[f"batch_{options.large}"] = result(started("batch", options.large))
    report["two_processes_single"] = two_at_once("single", options.count)
    report["two_processes_batch"] = two_at_once("batch", options.count * 3)
    report["load_average"] = round(os.getloadavg()[0], 1)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
