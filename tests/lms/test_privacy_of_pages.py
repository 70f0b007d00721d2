"""What those who came in were shown stays theirs, and what they typed is kept as little as possible."""

import pytest
from django.urls import reverse

from lms.audit.models import AuditEvent
from lms.privacy.models import FileView
from tests.cast import client_of
from trainees.attendance import actions as attendance
from trainees.registry import actions as registry


def test_personal_pages_are_private(cast):
    client = client_of(cast.clerk)
    for name in ("desk", "class_list", "progress"):
        assert client.get(reverse(name)).headers["Cache-Control"] == "private, no-cache"


def test_numbers_in_reasons_are_kept_masked(cast):
    trainee = cast.person()
    registry.correct_trainee(
        by=cast.clerk, trainee=trainee, changes={"village_group": "3组"}, reason="电话 13955556666 核实"
    )
    assert AuditEvent.objects.latest("pk").reason == "电话 139****6666 核实"
    client_of(cast.clerk).post(reverse("trainee_unmask", args=[trainee.file_number]), {"reason": "回拨 13955556666"})
    assert "13955556666" not in "".join(FileView.objects.values_list("reason", flat=True))


def test_a_trainer_loses_sight_of_those_who_left_the_class(cast):
    trainee = cast.person()
    training_class = cast.training_class(people=[trainee])
    visible = type(trainee).objects.visible_to(cast.trainer)
    assert list(visible) == [trainee]
    enrolment = training_class.enrolments.get()
    attendance.cancel_enrolment(by=cast.clerk, enrolment=enrolment, reason="moved 13955556666")
    enrolment.refresh_from_db()
    assert enrolment.reason == "moved 139****6666"
    assert list(visible.all()) == []


@pytest.mark.parametrize(
    "address",
    ["/progress/people/?month=0000-01", "/media/none.pdf"],
)
def test_odd_addresses_are_answered(cast, address):
    assert client_of(cast.clerk).get(address).status_code in (400, 404)
