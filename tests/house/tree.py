"""The source tree as the tests of the house read it."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BASE = Path(__file__).resolve().parents[2]
PACKAGES = ("lms", "courses", "trainees", "certificates", "content")
# Beside the five: the demo county, which plays all of their parts and is played by nobody.
SOURCES = (*PACKAGES, "demo")


@dataclass(frozen=True)
class Import:
    importer: str  # lms.jobs.actions
    imported: str  # lms.jobs.models, or lms.jobs.models.Job
    line: int
    reasoned: bool  # a comment beside it, or above the block it stands in
    inside_function: bool
    for_types_only: bool

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=BASE, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = [BASE / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def modules() -> dict[str, Path]:
    """Dotted name -> file, migrations left out."""
    found = {}
    for package in SOURCES:
        for path in sorted((BASE / package).rglob("*.py")):
            if "migrations" not in path.parts:
                name = ".".join(path.relative_to(BASE).with_suffix("").parts)
                found[name.removesuffix(".__init__")] = path
    return found


MODULES = modules()


def imports_of(name: str) -> Iterator[Import]:
    path = MODULES[name]
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]

    def walk(node: ast.AST, inside: bool, typed: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            here = inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            types = typed or (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test))
            for imported in targets(child, package):
                yield Import(name, imported, child.lineno, reasoned(lines, child.lineno - 1), inside, typed)
            yield from walk(child, here, types)

    yield from walk(ast.parse(source), False, False)


def reasoned(lines: list[str], index: int) -> bool:
    if "#" in lines[index]:
        return True
    while lines[index - 1].lstrip().startswith(("from ", "import ")):
        index -= 1
    return lines[index - 1].lstrip().startswith("#")


def targets(node: ast.AST, package: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    origin = node.module or ""
    if node.level:
        parent = package.split(".")[: len(package.split(".")) - node.level + 1]
        origin = ".".join([*parent, origin] if origin else parent)
    # "from lms import broker" names a module, "from lms.broker import answers" what is in one.
    found = [f"{origin}.{alias.name}" if f"{origin}.{alias.name}" in MODULES else origin for alias in node.names]
    return list(dict.fromkeys(found))


def all_imports() -> list[Import]:
    return [imported for name in MODULES for imported in imports_of(name)]


IMPORTS = all_imports()
OWN = [one for one in IMPORTS if one.imported.split(".")[0] in SOURCES]
