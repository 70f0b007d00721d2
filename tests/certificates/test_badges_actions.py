import threading

import pytest
from django.db import connection
from django.utils import timezone

from certificates import actions as certificates
from certificates.badges import actions, documents
from certificates.models import Badge
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import assemble, make_programme
from tests.certificates.badge_cases import a_badge, a_certificate, replace
from tests.certificates.classes import enter_centre
from trainees.registry.models import Trainee


def events(badge: Badge) -> list[str]:
    return list(
        AuditEvent.objects.filter(record_id=str(badge.certificate_id), event__startswith="badge.")
        .values_list("event", flat=True)
        .order_by("pk")
    )


def test_made_once_whoever_asks(cast, centre):
    certificate = a_certificate(cast)
    badge = actions.make(by=cast.clerk, certificate=certificate)
    assert actions.make(by=cast.operator, certificate=certificate) == badge
    assert (badge.made_by, badge.with_name, badge.status_list) == (cast.clerk.label, False, 1)
    assert events(badge) == ["badge.made"]


def test_the_person_chooses_the_name_and_takes_it_out_again(cast, centre):
    certificate = a_certificate(cast)
    badge = actions.make(by=cast.clerk, certificate=certificate)
    for wish in (True, True, False):
        badge = actions.make(by=cast.trainee_user, certificate=certificate, with_name=wish)
        assert badge.with_name is wish
    assert events(badge) == ["badge.made", "badge.remade", "badge.remade"]
    assert Badge.objects.count() == 1


def test_nobody_else_puts_the_name_in_or_takes_it_out(cast, centre):
    badge = a_badge(cast, with_name=True)
    for other in (cast.clerk, cast.manager, cast.operator):
        with pytest.raises(Refused) as refusal:
            actions.make(by=other, certificate=badge.certificate, with_name=True)
        assert refusal.value.code == "name_is_theirs"
        assert actions.make(by=other, certificate=badge.certificate).with_name is True


def test_no_badge_of_a_certificate_that_ended(cast, centre):
    certificate = a_certificate(cast)
    newer = replace(certificate)
    with pytest.raises(Refused) as refusal:
        actions.make(by=cast.trainee_user, certificate=certificate)
    assert refusal.value.code == "badge_ended"
    assert newer.number in str(refusal.value.message)
    assert actions.make(by=cast.trainee_user, certificate=newer).certificate == newer
    certificates.revoke(by=cast.manager, certificate=newer, reason="身份信息有误")
    with pytest.raises(Refused) as refusal:
        actions.make(by=cast.trainee_user, certificate=newer)
    assert "2018" in str(refusal.value.message)


def test_a_restricted_file_gets_no_badge(cast, centre):
    certificate = a_certificate(cast)
    Trainee.objects.filter(pk=certificate.trainee_id).update(restricted_at=timezone.now())
    with pytest.raises(Refused) as refusal:
        actions.make(by=cast.clerk, certificate=certificate)
    assert refusal.value.code == "file_restricted"
    assert Badge.objects.count() == 0


def test_another_link_and_the_same_badge(cast, centre):
    badge = a_badge(cast)
    before = documents.credential(badge)
    closed = actions.close_link(by=cast.trainee_user, badge=badge)
    assert closed.token != badge.token
    assert documents.credential(closed) == before
    assert events(badge) == ["badge.made", "badge.link_changed"]


def test_no_event_says_who_it_is(cast, centre):
    badge = a_badge(cast, with_name=True)
    for event in AuditEvent.objects.filter(record_id=str(badge.certificate_id), event__startswith="badge."):
        assert badge.certificate.name not in f"{event.record_label} {event.changes} {event.reason}"


@pytest.mark.django_db(transaction=True)
def test_many_presses_at_once_make_one(reload_ground):
    cast = assemble(make_programme())
    enter_centre(cast)
    certificate = a_certificate(cast)
    gate, problems, made = threading.Barrier(4), [], []

    def press(user) -> None:
        try:
            gate.wait(10)
            made.append(actions.make(by=user, certificate=certificate).pk)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=press, args=[user])
        for user in (cast.trainee_user, cast.trainee_user, cast.clerk, cast.operator)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert len(made) == 4
    assert set(made) == {Badge.objects.get().pk}
