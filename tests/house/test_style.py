"""The few habits of the tree that a linter does not know."""

import re

import pytest

from .tree import BASE, IMPORTS, MODULES, SOURCES, tracked_files

LONGEST = 450
# A thing has a name of its own.
DRAWERS = {"utils", "util", "helpers", "helper", "services", "service", "managers", "manager", "common", "misc"}
# Slow to import: whoever does not need them must not wait for them.
IN_ONE_MODULE = ("pandas", "weasyprint")
# One letter in brackets, so that this file does not find itself.
MACHINES = re.compile(r"/wor[k]/|/roo[t]/|/hom[e]/\w|/User[s]/\w")
REGISTRIES = re.compile(r"pypi[.]org|python[h]osted|npmjs[.]org|deb[.]debian|js[d]elivr")
TEXT = {".py", ".toml", ".md", ".html", ".css", ".js", ".json", ".yaml", ".yml", ".lock", ".csv", ".po", ".txt", ""}

FILES = [path for path in tracked_files() if path.suffix in TEXT]


def shown(path) -> str:
    return str(path.relative_to(BASE))


def test_no_module_grows_beyond_reading():
    long = [
        (shown(path), lines)
        for path in MODULES.values()
        if (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST
    ]
    assert long == []


def test_no_drawer_for_what_has_no_name():
    assert [name for name in MODULES if name.rpartition(".")[2] in DRAWERS] == []


@pytest.mark.parametrize("package", IN_ONE_MODULE)
def test_slow_packages_are_imported_in_one_module(package):
    users = {one.importer for one in IMPORTS if one.imported.split(".")[0] == package}
    assert len(users) <= 1, users


def test_views_render_and_never_write():
    """A view saves nothing itself: that is its room's action. The visitor's session is no record."""
    writes = re.compile(
        r"(?<!request\.session)\.(save|bulk_create|bulk_update|update_or_create|get_or_create|delete)\("
        r"|objects\.create\("
    )
    wrong = [
        f"{shown(path)}:{number} {line.strip()}"
        for name, path in MODULES.items()
        if name.split(".")[-1] == "views" or ".views." in name
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if writes.search(line)
    ]
    assert wrong == []


def test_no_file_knows_a_machine_or_a_registry():
    wrong = [
        f"{shown(path)}:{number} {found[0]}"
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        for found in [MACHINES.search(line) or REGISTRIES.search(line)]
        if found
    ]
    assert wrong == []


def test_templates_load_nothing_from_elsewhere():
    """A village line may be closed to the world: every script, style and font is ours."""
    elsewhere = re.compile(r"""(?:src|href)=["'](?:https?:)?//(?!www\.w3\.org)""")
    wrong = [
        shown(path)
        for source in SOURCES
        for path in (BASE / source).rglob("*.html")
        if elsewhere.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []
