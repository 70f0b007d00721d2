"""Every sentence of ours is in Chinese and in English, with the same figures in it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from .tree import BASE, SOURCES

CATALOGUE = BASE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%")
TAG = re.compile(r"</?\w+")


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


@pytest.fixture(scope="module")
def wanted(tmp_path_factory) -> polib.POFile:
    """What makemessages finds today, in a copy of the tree: the real catalogue is not touched."""
    copy = tmp_path_factory.mktemp("tree")
    for source in SOURCES:
        shutil.copytree(BASE / source, copy / source, ignore=shutil.ignore_patterns("__pycache__", "migrations"))
    (copy / "locale" / "zh_Hans").mkdir(parents=True)
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "zh_Hans", "--no-obsolete", "-v", "0"],
        cwd=copy, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return polib.pofile(str(copy / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))


def keys(catalogue: polib.POFile) -> set[tuple[str, str, str]]:
    return {(entry.msgctxt or "", entry.msgid, entry.msgid_plural) for entry in catalogue if not entry.obsolete}


def translations_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_sentence_is_in_the_catalogue(catalogue, wanted):
    assert sorted(keys(wanted) - keys(catalogue)) == []


def test_nothing_in_the_catalogue_is_out_of_use(catalogue, wanted):
    assert sorted(keys(catalogue) - keys(wanted)) == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


def test_every_sentence_is_translated(catalogue):
    assert [entry.msgid for entry in catalogue if not all(translations_of(entry))] == []
    assert [entry.msgid for entry in catalogue if entry.fuzzy] == []


def test_placeholders_and_tags_survive_translation(catalogue):
    wrong = []
    for entry in catalogue:
        # In the plural Chinese has one form; it stands for both.
        original = entry.msgid_plural or entry.msgid
        for translated in filter(None, translations_of(entry)):
            for pattern in (PLACEHOLDER, TAG):
                if sorted(pattern.findall(original)) != sorted(pattern.findall(translated)):
                    wrong.append(entry.msgid)
    assert wrong == []


def test_sentences_keep_their_end(catalogue):
    """A full sentence stays one: 。 for a full stop, and none where the English has none."""
    ends = {".": "。", "?": "？", "…": "…"}
    wrong = [
        entry.msgid
        for entry in catalogue
        for translated in filter(None, translations_of(entry))
        if (end := ends.get(entry.msgid.rstrip()[-1:])) and not translated.rstrip().endswith((end, "）", "”"))
    ]
    assert wrong == []


def test_the_catalogue_compiles(tmp_path):
    subprocess.run(
        ["msgfmt", "--check-format", "-o", str(Path(tmp_path) / "django.mo"), str(CATALOGUE)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
