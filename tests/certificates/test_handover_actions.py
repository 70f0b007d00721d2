"""The hand-over register: who collected, once, with proof; corrections are further records."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from certificates import actions as certificates
from certificates.enums import Collector, HandOverState
from certificates.handover import actions, queries
from certificates.handover.actions import Collected
from certificates.models import HandOver, HandOverProof, HandOverScan
from lms.audit.models import AuditEvent
from lms.records import RecordRefused
from lms.refusals import Refused
from tests.cast import TODAY
from tests.certificates.classes import finished_class
from tests.trainees.papers import PDF, picture
from trainees.registry.actions import set_limit
from trainees.registry.enums import Limit

pytestmark = pytest.mark.usefixtures("centre")
SELF = Collected(on=TODAY)


@pytest.fixture
def issued(cast):
    return certificates.issue(by=cast.clerk, training_class=finished_class(cast, 3))


def refused(call) -> str:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.code


def test_many_are_handed_over_at_once(cast, issued):
    done = actions.hand_over(by=cast.clerk, certificates=issued[:2], collected=SELF)
    rows = list(HandOver.objects.order_by("pk"))
    assert done.new == rows
    columns = ("certificate", "turn", "state", "collected_on", "collector", "handed_over_by")
    assert list(HandOver.objects.order_by("pk").values_list(*columns)) == [
        (each.pk, 1, "collected", TODAY, "self", "文员") for each in issued[:2]
    ]
    events = AuditEvent.objects.filter(event="certificate.handed_over").values_list("record_label", flat=True)
    assert sorted(events) == [each.number for each in issued[:2]]


def test_on_behalf_names_the_person_and_the_relation(cast, issued):
    other = Collected(
        on=TODAY, collector=Collector.OTHER, receiver=" 岩 温 ", relation="spouse", note="电话 13800138000"
    )
    (row,) = actions.hand_over(by=cast.clerk, certificates=issued[:1], collected=other).new
    assert (row.receiver, row.relation, row.note) == ("岩温", "spouse", "电话 138****8000")
    event = AuditEvent.objects.get(event="certificate.handed_over")
    assert event.changes["receiver"] == [None, "岩*"]
    for receiver, relation, code in (("", "spouse", "receiver_missing"), ("岩温", "", "relation_missing")):
        nobody = Collected(on=TODAY, collector=Collector.OTHER, receiver=receiver, relation=relation)
        assert refused(
            lambda nobody=nobody: actions.hand_over(by=cast.clerk, certificates=issued[1:], collected=nobody)
        ) == code  # fmt: skip


def test_nobody_is_handed_a_certificate_twice(cast, issued):
    actions.hand_over(by=cast.clerk, certificates=issued[:1], collected=SELF)
    assert (
        refused(lambda: actions.hand_over(by=cast.manager, certificates=issued[:1], collected=SELF))
        == "already_handed_over"
    )
    done = actions.hand_over(by=cast.manager, certificates=issued[:2], collected=SELF)
    assert [row.certificate_id for row in done.new] == [issued[1].pk]
    assert [(row.certificate_id, row.recorded_by) for row in done.before] == [(issued[0].pk, cast.clerk.label)]
    assert HandOver.objects.count() == 2


def test_the_database_itself_keeps_the_second_away(cast, issued):
    facts = {"certificate": issued[0], "turn": 1, "state": "collected", "collected_on": TODAY, "collector": "self"}
    HandOver.objects.append(**facts, recorded_by="a")
    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.append(**facts, recorded_by="b")


@pytest.mark.parametrize(
    ("day", "code"),
    [(TODAY - datetime.timedelta(days=1), "before_issue"), (TODAY + datetime.timedelta(days=1), "in_the_future")],
)
def test_days_that_cannot_be(cast, issued, day, code):
    assert refused(lambda: actions.hand_over(by=cast.clerk, certificates=issued, collected=Collected(on=day))) == code
    assert not HandOver.objects.exists()


def test_what_is_revoked_is_not_handed_over(cast, issued):
    certificates.revoke(by=cast.manager, certificate=issued[1], reason="重复发证")
    assert refused(lambda: actions.hand_over(by=cast.clerk, certificates=issued, collected=SELF)) == "not_valid"
    assert not HandOver.objects.exists()


def test_people_of_another_place_are_refused(cast, issued):
    assert refused(
        lambda: actions.hand_over(by=cast.operator_elsewhere, certificates=issued, collected=SELF)
    ) == "outside_places"  # fmt: skip
    assert refused(lambda: actions.hand_over(by=cast.auditor, certificates=issued, collected=SELF)) == "outside_places"
    assert len(actions.hand_over(by=cast.operator, certificates=issued, collected=SELF).new) == 3


def test_a_restricted_file_is_kept_and_nothing_else(cast, issued):
    set_limit(by=cast.manager, trainee=issued[0].trainee, limit=Limit.RESTRICTED, reason="本人要求")
    assert (
        refused(lambda: actions.hand_over(by=cast.clerk, certificates=issued[:1], collected=SELF)) == "file_restricted"
    )


def test_nobody_ticked_and_nothing_to_correct(cast, issued):
    assert refused(lambda: actions.hand_over(by=cast.clerk, certificates=[], collected=SELF)) == "nobody_ticked"
    for call in (
        lambda: actions.withdraw(by=cast.clerk, certificate=issued[0], reason="x"),
        lambda: actions.correct(by=cast.clerk, certificate=issued[0], collected=SELF, reason="x"),
        lambda: actions.add_scan(by=cast.clerk, certificates=issued[:1], content=PDF),
    ):
        assert refused(call) == "not_handed_over"


def test_a_correction_is_another_record_with_its_reason(cast, issued):
    first = actions.hand_over(by=cast.clerk, certificates=issued[:1], collected=SELF, scan=PDF).new[0]
    other = Collected(on=TODAY, collector=Collector.OTHER, receiver="岩温", relation="spouse")
    assert refused(
        lambda: actions.correct(by=cast.clerk, certificate=issued[0], collected=other, reason=" ")
    ) == "reason_missing"  # fmt: skip
    same = Collected(on=TODAY, handed_over_by="文员")
    assert refused(
        lambda: actions.correct(by=cast.clerk, certificate=issued[0], collected=same, reason="x")
    ) == "nothing_changed"  # fmt: skip
    second = actions.correct(by=cast.manager, certificate=issued[0], collected=other, reason="实为配偶代领")
    assert (second.turn, second.corrects_id, second.reason) == (2, first.pk, "实为配偶代领")
    assert list(HandOver.objects.standing()) == [second]
    # The paper that proved the first proves what was corrected too.
    assert second.proofs.exists()
    assert [row.turn for row in queries.history_of(issued[0])] == [2, 1]
    with pytest.raises(RecordRefused):
        second.save()


def test_taken_back_and_handed_over_after_all(cast, issued):
    actions.hand_over(by=cast.clerk, certificates=issued[:1], collected=SELF)
    back = actions.withdraw(by=cast.clerk, certificate=issued[0], reason="勾错了人")
    assert (back.turn, back.state) == (2, HandOverState.WITHDRAWN)
    assert not HandOver.objects.standing().exists()
    (again,) = actions.hand_over(by=cast.clerk, certificates=issued[:1], collected=SELF).new
    assert (again.turn, again.corrects_id) == (3, back.pk)
    assert list(HandOver.objects.standing()) == [again]


def test_one_scan_proves_many(cast, issued):
    actions.hand_over(by=cast.clerk, certificates=issued, collected=SELF)
    scan = actions.add_scan(by=cast.clerk, certificates=issued[:2], content=picture())
    again = actions.add_scan(by=cast.clerk, certificates=issued, content=picture())
    assert (again, scan.media_type) == (scan, "image/png")
    assert HandOverProof.objects.filter(scan=scan).count() == 3
    assert scan.file.open().read() == picture()
    assert refused(lambda: actions.add_scan(by=cast.clerk, certificates=issued, content=b"MZ")) == "scan_unreadable"


def test_a_scan_is_hidden_from_whoever_may_not_see_one_of_its_people(cast):
    elsewhere = cast.person(township="岩帅镇")
    here = cast.person()
    both = certificates.issue(by=cast.clerk, training_class=finished_class(cast, [here, elsewhere]))
    actions.hand_over(by=cast.clerk, certificates=both, collected=SELF, scan=PDF)
    seen = [
        HandOverScan.objects.visible_to(user).count()
        for user in (cast.clerk, cast.auditor, cast.operator, cast.trainer)
    ]
    assert seen == [1, 1, 0, 0]


def test_a_person_who_goes_takes_the_scan_when_nobody_else_is_on_it(cast, issued, django_capture_on_commit_callbacks):
    other = Collected(on=TODAY, collector=Collector.OTHER, receiver="岩温", relation="spouse", note="x")
    actions.hand_over(by=cast.clerk, certificates=issued[:2], collected=other, scan=PDF)
    scan = HandOverScan.objects.get()
    name = scan.file.name
    first, second = (each.trainee for each in issued[:2])
    assert actions.forget_scans(by=cast.clerk, trainee=first) == 0
    type(first).objects.filter(pk=first.pk).update(anonymised_at=datetime.datetime(2018, 6, 1, tzinfo=datetime.UTC))
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.forget_scans(by=cast.clerk, trainee=second) == 1
    scan.refresh_from_db()
    assert (scan.file.name, scan.file.storage.exists(name)) == ("", False)
