"""The reference lists as files: divisions, holidays and code lists, each with its source and version.

Facts are changed here and loaded again; nothing else in the product writes them.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class ReferenceList:
    """One file of index.csv; `rows` are as they stand there, all values text."""

    key: str
    kind: str  # divisions, holidays or codes
    title: str
    source: str
    version: str
    rows: list[dict[str, str]]


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def reference_lists() -> list[ReferenceList]:
    return [
        ReferenceList(
            key=entry["list_key"],
            kind=entry["kind"],
            title=entry["title"],
            source=entry["source"],
            version=entry["version"],
            rows=read_table(FOLDER / entry["file"]),
        )
        for entry in read_table(FOLDER / "index.csv")
    ]
