"""Rosters read before their rows knew keys and choices are carried forward."""

from importlib import import_module

import pytest
from django.apps import apps

from tests.cast import synthetic_id
from tests.trainees.rosters import bring, enter, line, workbook
from trainees.rosters import actions
from trainees.rosters.models import RosterRow

pytestmark = pytest.mark.django_db
carry_forward = import_module("trainees.migrations.0005_rosters").carry_forward


def test_rows_learn_their_key_their_numbers_and_whether_they_are_being_entered(cast):
    data = workbook(line(1))
    first = enter(cast.clerk, bring(cast.clerk, data))
    roster = bring(cast.clerk, workbook(line(2), line(3, id_number=533528198506159000)))
    actions.commit_import(by=cast.clerk, roster=roster)
    RosterRow.objects.update(row_key="", number_fields=[], chosen=False, entered_at=None)
    again = bring(cast.manager, data)
    again.notes = [{"code": "same_file", "facts": {"day": "2018-06-15"}}]
    again.save()
    carry_forward(apps, None)
    rows = roster.rows.order_by("number")
    assert list(rows.values_list("row_key", "number_fields", "chosen")) == [
        (RosterRow.key_of(None, synthetic_id(2)), [], True), ("", ["id_number"], False),
    ]  # fmt: skip
    again.refresh_from_db()
    assert again.notes == [{"code": "same_file", "facts": {"day": "2018-06-15", "number": first.pk}}]
    assert actions.undoable(first).count() == 0  # nothing says what entering it did
