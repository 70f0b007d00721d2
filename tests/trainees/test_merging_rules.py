"""Which rule each table has, what is chosen of each column."""

import re

import pytest
from django.apps import apps

from lms.records import AppendOnly, RecordRefused
from tests.house.tree import MODULES
from trainees.attendance.models import Scan
from trainees.merging.rules import FACTS, NOT_CHOSEN, pairs_of
from trainees.merging.tables import TABLES
from trainees.registry.models import Trainee


def test_every_column_that_names_a_trainee_has_a_merge_rule():
    """A new table that points at a trainee is enlisted in its app's ready(), see trainees.merging.tables."""
    columns = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model is Trainee
    }
    assert columns == TABLES.keys()


def test_every_fact_of_a_file_is_chosen_or_says_why_not():
    """A new column of a file is a line in merging.rules: FACTS when a merge has to choose, NOT_CHOSEN otherwise."""
    chosen = [column for fact in FACTS.values() for column in fact.columns]
    assert len(chosen) == len(set(chosen))
    assert {field.attname for field in Trainee._meta.concrete_fields} == {*chosen, *NOT_CHOSEN}


def test_the_door_past_append_only_is_used_by_merging_alone():
    users = {
        name for name, path in MODULES.items()
        if re.search(r"\.repoint\(", path.read_text(encoding="utf-8"))
    }  # fmt: skip
    assert users == {"trainees.merging.journal"}


@pytest.mark.parametrize("columns", [{"occurred_at": None}, {"kind": "absent"}, {"trainee_id": 1, "payload": {}}, {}])
def test_the_door_takes_no_other_column(db, columns):
    with pytest.raises(RecordRefused):
        Scan.objects.repoint(1, **columns)


def test_only_events_of_a_person_may_be_repointed():
    named = {model._meta.label: set(model.repointable) for model in apps.get_models() if issubclass(model, AppendOnly)}
    assert {label: columns for label, columns in named.items() if columns} == {
        "trainees.LedgerEntry": {"trainee_id"},
        "trainees.PracticalResult": {"trainee_id", "attempt"},
        "trainees.QuizAttempt": {"trainee_id"},
        "trainees.Scan": {"trainee_id", "accepted", "refusal"},
    }


def test_a_crowd_is_paired_with_its_neighbours():
    assert pairs_of([3, 1, 2]) == [(1, 2), (1, 3), (2, 3)]
    assert len(pairs_of(range(8))) == 28
    assert pairs_of(range(9)) == [(n, n + 1) for n in range(8)]
