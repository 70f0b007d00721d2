"""One way only: between the five packages, between the rooms of a package, between the files of a room."""

from graphlib import TopologicalSorter

from .tree import IMPORTS, MODULES, OWN, PACKAGES

MAY_IMPORT = {
    "lms": {"lms"},
    "courses": {"lms", "courses"},
    "trainees": {"lms", "courses", "trainees"},
    "certificates": {"lms", "courses", "trainees", "certificates"},
    "content": {"lms", "courses", "trainees", "content"},
    "demo": {*PACKAGES, "demo"},
}

# Django finds these by name; they know apps as strings.
KNOWN_BY_NAME = {"lms.settings", "lms.urls", "lms.celery", "lms.wsgi"}
EXPECTED = {("lms", "lms.celery")}  # Celery's own way to make the app known to every process

LAYERS = {
    "enums": 0, "rules": 0, "models": 1, "queries": 2, "actions": 3,
    "forms": 4, "tasks": 4, "imports": 4, "views": 5, "api": 5, "urls": 6,
}  # fmt: skip
# importer, imported -> why the order is turned round there.
TURNED_ROUND = {
    ("lms.jobs.actions", "lms.jobs.tasks"): "an action wakes a worker; the envelope opens the action late",
}


def room_of(name: str) -> str:
    """lms.jobs.actions -> lms.jobs; a file beside the rooms is a room of its own."""
    return ".".join(name.split(".")[:2])


def layer_of(name: str) -> int | None:
    """By the file's name, or by the folder's where a module was split by noun."""
    for part in reversed(name.split(".")):
        if part in LAYERS:
            return LAYERS[part]
    return None


def test_packages_import_one_way():
    wrong = [str(one) for one in OWN if one.imported.split(".")[0] not in MAY_IMPORT[one.importer.split(".")[0]]]
    assert not wrong, "\n".join(wrong)


def test_nobody_imports_what_is_known_by_name():
    wrong = [str(one) for one in OWN if one.imported in KNOWN_BY_NAME and (one.importer, one.imported) not in EXPECTED]
    assert not wrong, "\n".join(wrong)


def test_files_of_a_room_import_in_order():
    wrong = []
    for one in OWN:
        low, high = layer_of(one.importer), layer_of(one.imported)
        if one.for_types_only or low is None or high is None or (one.importer, one.imported) in TURNED_ROUND:
            continue
        if room_of(one.importer) == room_of(one.imported) and high > low:
            wrong.append(str(one))
    assert not wrong, "\n".join(wrong)


def test_models_call_no_action_of_any_room():
    wrong = [
        str(one) for one in OWN
        if layer_of(one.importer) in (0, 1) and (layer_of(one.imported) or 0) >= LAYERS["queries"]
        and not one.for_types_only
    ]  # fmt: skip
    assert not wrong, "\n".join(wrong)


def test_rooms_of_a_package_form_no_cycle():
    rooms = [
        (one, room_of(one.importer), room_of(one.imported))
        for one in OWN
        if not one.for_types_only and one.importer.split(".")[0] == one.imported.split(".")[0]
    ]
    known: dict[str, set[str]] = {}
    for _one, origin, target in rooms:
        known.setdefault(origin, set()).add(target)

    def reaches(start: str, goal: str) -> bool:
        seen, todo = set(), [start]
        while todo:
            room = todo.pop()
            if room == goal:
                return True
            if room not in seen:
                seen.add(room)
                todo.extend(known.get(room, ()))
        return False

    knots = [str(one) for one, origin, target in rooms if origin != target and reaches(target, origin)]
    assert not knots, "These rooms know each other:\n" + "\n".join(knots)


def test_modules_form_no_cycle():
    graph: dict[str, set[str]] = {}
    for one in OWN:
        if not one.for_types_only and not one.inside_function and one.imported in MODULES:
            graph.setdefault(one.importer, set()).add(one.imported)
    TopologicalSorter(graph).prepare()


def test_an_import_inside_a_function_says_why():
    """But for AppConfig.ready(), where the reason is always Django's: models load only then."""
    inside = [one for one in IMPORTS if one.inside_function and not one.importer.endswith(".apps")]
    wrong = [str(one) for one in inside if not one.reasoned]
    assert not wrong, "\n".join(wrong)
