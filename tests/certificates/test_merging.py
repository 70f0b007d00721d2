"""Certificates when two files turn out to be one person's: the paper on the wall stays true."""

import pytest

from certificates import actions
from certificates.models import Certificate
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import client_of
from tests.certificates.classes import decided_contest, entry_of, finished_class
from tests.trainees.merged import dump
from trainees.merging.actions import look_at, merge_files, undo_merge
from trainees.progress.actions import close_and_count


@pytest.fixture
def two(cast, centre):
    people = cast.person(name="岩嘎"), cast.person(name="艾嘎")
    look_at([person.pk for person in people])
    return people


def printed() -> list[tuple]:
    return list(Certificate.objects.order_by("pk").values_list("number", "token", "name", "class_code", "state"))


def test_a_certificate_goes_along_unchanged_and_comes_back(cast, two):
    kept, other = two
    (certificate,) = actions.issue(by=cast.clerk, training_class=finished_class(cast, [other]))
    before, paper = dump(), printed()
    done = merge_files(by=cast.clerk, survivor=kept, loser=other)
    certificate.refresh_from_db()
    assert (certificate.trainee_id, certificate.name, certificate.id_number) == (kept.pk, "艾嘎", other.id_number)
    assert printed() == paper
    assert client_of(cast.outsider).get(f"/c/{certificate.token}/").status_code == 200
    undo_merge(by=cast.clerk, merge=done, reason="two people")
    assert dump() == before


def test_of_two_certificates_of_one_class_one_stays_valid(cast, two):
    kept, other = two
    actions.issue(by=cast.clerk, training_class=finished_class(cast, [kept, other]))
    mine, theirs = Certificate.objects.get(trainee=kept), Certificate.objects.get(trainee=other)
    before = dump()
    done = merge_files(by=cast.clerk, survivor=kept, loser=other)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert [(one.trainee_id, one.state) for one in (mine, theirs)] == [(kept.pk, "valid"), (kept.pk, "revoked")]
    assert mine.number in theirs.revoke_reason
    assert AuditEvent.objects.get(event="certificate.revoked").record_label == theirs.number
    undo_merge(by=cast.clerk, merge=done, reason="two people")
    assert dump() == before


def test_a_certificate_for_what_both_did_stands_in_the_way_of_an_undo(cast, two):
    kept, other = two
    training_class = finished_class(cast, [other])
    elsewhere = finished_class(cast, [kept], township="岩帅镇", course="B2")
    done = merge_files(by=cast.clerk, survivor=kept, loser=other)
    actions.issue(by=cast.clerk, training_class=elsewhere)
    (late,) = actions.issue(by=cast.clerk, training_class=training_class)
    with pytest.raises(Refused) as refusal:
        undo_merge(by=cast.clerk, merge=done, reason="two people")
    assert refusal.value.facts["why"] == [f"证书 {late.number} 是合并之后颁发的。如不应颁发，请先撤销。"]
    actions.revoke(by=cast.clerk, certificate=late, reason="two people")
    undo_merge(by=cast.clerk, merge=done, reason="two people")
    late.refresh_from_db()
    assert late.trainee_id == kept.pk


def test_attendance_gives_way_to_completion_whoever_held_it(cast, two):
    kept, other = two
    training_class = finished_class(cast, [kept, other], passed=[other])
    (attended,) = actions.issue(by=cast.clerk, training_class=training_class, kind="attendance")
    (completed,) = actions.issue(by=cast.clerk, training_class=training_class)
    before = dump()
    done = merge_files(by=cast.clerk, survivor=kept, loser=other)
    attended.refresh_from_db()
    completed.refresh_from_db()
    assert [(one.trainee_id, one.state) for one in (attended, completed)] == [(kept.pk, "revoked"), (kept.pk, "valid")]
    assert completed.number in attended.revoke_reason
    undo_merge(by=cast.clerk, merge=done, reason="two people")
    assert dump() == before


def test_kinds_awards_and_chains_go_along_and_come_back(cast, two):
    kept, other = two
    training_class = finished_class(cast, [kept, other], course="G1")
    actions.issue(by=cast.clerk, training_class=training_class)
    (trainer,) = actions.issue(by=cast.manager, training_class=training_class, kind="trainer", trainees=[other])
    newer = actions.reissue(by=cast.manager, certificate=trainer, reason="lost")
    entry = entry_of(cast, decided_contest(cast), trainee=other)
    award = actions.give_award(by=cast.clerk, entry=entry, award="一等奖")
    before = dump()
    done = merge_files(by=cast.clerk, survivor=kept, loser=other)
    for paper, state in ((trainer, "replaced"), (newer, "valid"), (award, "valid")):
        paper.refresh_from_db()
        assert (paper.trainee_id, paper.state) == (kept.pk, state)
    assert newer.replaces == trainer
    assert Certificate.objects.filter(training_class=training_class, kind="completion", state="valid").count() == 1
    undo_merge(by=cast.clerk, merge=done, reason="two people")
    assert dump() == before


def test_an_award_for_the_other_files_entry_stands_in_the_way_of_an_undo(cast, two):
    kept, other = two
    contest = decided_contest(cast)
    own, brought = entry_of(cast, contest, trainee=kept), entry_of(cast, contest, trainee=other)
    done = merge_files(by=cast.clerk, survivor=kept, loser=other)
    actions.give_award(by=cast.clerk, entry=own, award="二等奖")
    brought.refresh_from_db()
    late = actions.give_award(by=cast.clerk, entry=brought, award="一等奖")
    with pytest.raises(Refused) as refusal:
        undo_merge(by=cast.clerk, merge=done, reason="two people")
    assert refusal.value.facts["why"] == [f"证书 {late.number} 是合并之后颁发的。如不应颁发，请先撤销。"]


def test_a_class_that_runs_again_gives_no_certificate_back(cast, two):
    """The twin was revoked by the merge; undoing it would make it valid on a class that proves nothing any more."""
    kept, other = two
    training_class = finished_class(cast, [kept, other])
    actions.issue(by=cast.clerk, training_class=training_class)
    twin = Certificate.objects.get(trainee=other)
    done = merge_files(by=cast.clerk, survivor=kept, loser=other)
    actions.reopen_class(by=cast.manager, training_class=training_class, reason="漏记", revoke_all=True)
    with pytest.raises(Refused) as refusal:
        undo_merge(by=cast.clerk, merge=done, reason="two people")
    said = f"证书 {twin.number} 将恢复有效，而班级 {training_class.code} 尚未结班。请先结班。"
    assert said in refusal.value.facts["why"]
    close_and_count(by=cast.clerk, training_class=training_class)
    undo_merge(by=cast.clerk, merge=done, reason="two people")
    twin.refresh_from_db()
    assert (twin.trainee, twin.state) == (other, "valid")
