"""A newer paper takes the place of an older one, once, and the register says which holds."""

import datetime
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from certificates import actions, pdf, queries
from certificates.enums import CertificateKind, ReissueReason, Standing
from certificates.models import Certificate
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import TODAY, assemble, client_of, make_programme
from tests.certificates.classes import decided_contest, enter_centre, entry_of, finished_class
from tests.certificates.test_paper import opened, text_of
from trainees.registry import actions as registry

YESTERDAY = TODAY - datetime.timedelta(days=1)
FACTS = ("name", "id_number", "class_code", "class_title", "course_title", "hours", "first_day", "last_day", "issuer")


@pytest.fixture
def first(cast, centre) -> Certificate:
    training_class = finished_class(cast, [cast.person(name="艾嘎")])
    return actions.issue(by=cast.clerk, training_class=training_class, issued_on=YESTERDAY)[0]


def again(cast, certificate, reason: str = "lost", **facts) -> Certificate:
    return actions.reissue(by=cast.clerk, certificate=certificate, reason=reason, **facts)


def facts_of(certificate: Certificate) -> list:
    stored = Certificate.objects.get(pk=certificate.pk)
    return [getattr(stored, name) for name in FACTS]


def rename(cast, trainee, name: str) -> None:
    registry.correct_trainee(by=cast.clerk, trainee=trainee, changes={"name": name}, reason="改名")


def test_the_next_number_takes_the_place_of_a_lost_one(cast, first):
    paper = again(cast, first, note=" 已登报 13800138000 ")
    first.refresh_from_db()
    assert paper.number[:-1] == "CY530927-2018-00002-"
    assert (paper.replaces, paper.reissue_reason, paper.reissue_note) == (first, "lost", "已登报 138****8000")
    assert (first.state, first.replaced_on, paper.issued_on) == ("replaced", TODAY, TODAY)
    assert facts_of(paper) == facts_of(first)
    assert paper.token != first.token
    replaced, issued = AuditEvent.objects.filter(record_type="certificates.certificate").order_by("pk")[1:]
    assert (replaced.event, replaced.record_label) == ("certificate.replaced", first.number)
    assert (issued.event, issued.changes["replaces"]) == ("certificate.issued", [None, first.number])
    assert issued.reason == "已登报 138****8000"


@pytest.mark.parametrize(
    ("reason", "name"), [("misprint", "嘎那"), ("name_change", "嘎那"), ("lost", "艾嘎"), ("damaged", "艾嘎")]
)
def test_only_a_misprint_or_a_new_name_follow_the_file(cast, first, reason, name):
    rename(cast, first.trainee, "嘎那")
    paper = again(cast, first, reason)
    assert paper.name == name
    assert facts_of(paper)[1:] == facts_of(first)[1:]
    assert Certificate.objects.get(pk=first.pk).name == "艾嘎"


@pytest.mark.parametrize("reason", ["", "renewal", "passed", "x"])
def test_a_reason_is_one_of_four(cast, first, reason):
    with pytest.raises(Refused) as refusal:
        again(cast, first, reason)
    assert refusal.value.code == "reason_missing"


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (TODAY - datetime.timedelta(days=2), "before_last_session"),
        (TODAY + datetime.timedelta(days=1), "in_the_future"),
    ],
)
def test_the_day_is_refused_and_nothing_is_replaced(cast, first, day, code):
    with pytest.raises(Refused) as refusal:
        again(cast, first, issued_on=day)
    assert refusal.value.code == code
    assert Certificate.objects.get().state == "valid"


def test_it_is_dated_no_earlier_than_the_one_before(cast, first):
    later = again(cast, first)
    with pytest.raises(Refused) as refusal:
        again(cast, later, issued_on=YESTERDAY)
    assert refusal.value.code == "before_the_older"


def test_what_is_over_is_neither_replaced_nor_revoked_again(cast, first):
    second = again(cast, first)
    third = again(cast, second, "damaged")
    for act in (lambda: again(cast, first), lambda: actions.revoke(by=cast.clerk, certificate=first, reason="重复")):
        with pytest.raises(Refused) as refusal:
            act()
        assert (refusal.value.code, refusal.value.facts["current"]) == ("already_replaced", third.number)
        assert third.number in refusal.value.message
    actions.revoke(by=cast.clerk, certificate=third, reason="重复")
    with pytest.raises(Refused) as refusal:
        again(cast, third)
    assert refusal.value.code == "already_revoked"
    assert [queries.chain_of(one) for one in (first, second, third)] == [[first, second, third]] * 3


def test_a_restricted_file_gets_no_new_paper(cast, first):
    first.trainee.restricted_at = first.trainee.created_at
    first.trainee.save()
    with pytest.raises(Refused) as refusal:
        again(cast, first)
    assert refusal.value.code == "file_restricted"


def test_the_database_holds_the_chain(cast, first):
    again(cast, first)
    for wrong in ({"reissue_reason": ""}, {"replaces": None}):
        with pytest.raises(IntegrityError, match="reissued_says_why"), transaction.atomic():
            Certificate.objects.filter(replaces=first).update(**wrong)


def test_after_a_revocation_the_person_is_named_again(cast, first):
    second = again(cast, first)
    actions.revoke(by=cast.clerk, certificate=second, reason="重复")
    (entry,) = queries.due(first.training_class)
    assert (entry.revoked, entry.may_be_issued_again) == (second, True)
    (third,) = actions.issue(by=cast.clerk, training_class=first.training_class, trainees=[first.trainee])
    assert (third.serial, third.replaces) == (3, None)


def test_an_award_is_issued_again_too(cast, centre):
    entry = entry_of(cast, decided_contest(cast), trainee=cast.person())
    award = actions.give_award(by=cast.clerk, entry=entry, award="一等奖")
    paper = again(cast, award)
    assert (paper.entry, paper.award, paper.serial) == (entry, "一等奖", 2)


# --- a further term -----------------------------------------------------------------------------------------------


@pytest.fixture
def qualification(cast, centre) -> Certificate:
    training_class = finished_class(cast, 1, course="G1")
    return actions.issue(by=cast.manager, training_class=training_class, kind=CertificateKind.TRAINER)[0]


def at(quiet_day, year: int, month: int, day: int) -> None:
    quiet_day.move_to(datetime.datetime(year, month, day, 4, tzinfo=datetime.UTC))


@pytest.mark.parametrize(
    ("today", "until"),
    [
        ((2020, 3, 16), datetime.date(2022, 6, 14)),  # 90 days before: the new term begins where the old one ends
        ((2020, 6, 14), datetime.date(2022, 6, 14)),
        ((2020, 6, 15), datetime.date(2022, 6, 14)),
        ((2020, 12, 1), datetime.date(2022, 11, 30)),  # long after: it begins with the new paper
    ],
)
def test_a_qualification_is_renewed_near_its_end_or_after(cast, qualification, quiet_day, today, until):
    at(quiet_day, *today)
    paper = actions.renew(by=cast.manager, certificate=qualification)
    qualification.refresh_from_db()
    assert (paper.valid_until, paper.reissue_reason, paper.issued_on) == (until, "renewal", datetime.date(*today))
    assert (paper.number[:-1], qualification.standing) == ("CY530927-2020-00001-", Standing.REPLACED)


def test_it_is_not_renewed_early_and_a_completion_never(cast, qualification, first, quiet_day):
    at(quiet_day, 2020, 3, 15)
    for certificate, code in ((qualification, "too_early"), (first, "holds_for_good")):
        with pytest.raises(Refused) as refusal:
            actions.renew(by=cast.manager, certificate=certificate)
        assert refusal.value.code == code


def test_a_lost_one_keeps_its_end_and_an_expired_one_is_renewed_instead(cast, qualification, quiet_day):
    paper = again(cast, qualification)
    assert paper.valid_until == qualification.valid_until
    at(quiet_day, 2020, 6, 15)
    with pytest.raises(Refused) as refusal:
        again(cast, paper)
    assert refusal.value.code == "expired"


# --- two clerks at once -------------------------------------------------------------------------------------------


def at_once(*acts) -> list:
    gate, answers = threading.Barrier(len(acts)), []

    def clerk(act) -> None:
        try:
            gate.wait(10)
            answers.append(act())
        except Refused as refusal:
            answers.append(refusal.code)
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=clerk, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_one_replaces_and_classes_share_a_gapless_series(reload_ground):
    cast = assemble(make_programme())
    enter_centre(cast)
    done, other = finished_class(cast, 2), finished_class(cast, 3)
    first, second = actions.issue(by=cast.clerk, training_class=done)
    answers = at_once(
        lambda: again(cast, first),
        lambda: again(cast, first),
        lambda: actions.revoke(by=cast.clerk, certificate=second, reason="重复"),
        lambda: len(actions.issue(by=cast.clerk, training_class=other)),
        lambda: len(actions.issue(by=cast.manager, training_class=other)),
    )
    assert not [one for one in answers if isinstance(one, Exception)], answers
    assert sorted(map(str, (one for one in answers if not isinstance(one, Certificate)))) == [
        "0", "3", "already_replaced",
    ]  # fmt: skip
    assert sorted(Certificate.objects.values_list("serial", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert Certificate.objects.filter(replaces=first).count() == 1


# --- the page of one certificate ----------------------------------------------------------------------------------


def page_of(certificate: Certificate) -> str:
    return reverse("certificate_page", args=[certificate.number])


def test_the_page_says_what_the_file_says_otherwise_and_issues_again(cast, first):
    rename(cast, first.trainee, "嘎那")
    client = client_of(cast.clerk)
    page = client.get(page_of(first))
    assert (page.status_code, page.context["changed"], page.context["may_decide"]) == (200, ["name"], True)
    assert "艾嘎" not in page.content.decode()
    assert first.id_number not in page.content.decode()
    answer = client.post(reverse("certificate_reissue", args=[first.number]), {"reason": "name_change"})
    paper = Certificate.objects.get(replaces=first)
    assert (answer.url, paper.name) == (page_of(paper), "嘎那")
    new, old = client.get(page_of(paper)), client.get(page_of(first))
    assert (new.context["changed"], new.context["chain"]) == ([], [first, paper])
    assert (old.context["may_decide"], old.context["may_have_file"], old.context["changed"]) == (False, False, [])
    single = client.get(reverse("certificate_pdf", args=[first.number]))
    assert single.status_code == 409


@pytest.mark.parametrize("posted", [{}, {"reason": "x"}, {"reason": "lost", "issued_on": "soon"}])
def test_a_wrong_form_changes_nothing(cast, first, posted):
    client = client_of(cast.clerk)
    page = client.post(reverse("certificate_reissue", args=[first.number]), posted, follow=True)
    assert len(page.context["messages"]) == 1
    assert Certificate.objects.get().state == "valid"


def test_sent_twice_it_is_issued_once(cast, first):
    client, address = client_of(cast.clerk), reverse("certificate_reissue", args=[first.number])
    for _ in range(2):
        client.post(address, {"reason": "lost"})
    assert Certificate.objects.count() == 2


def test_the_page_renews(cast, qualification, quiet_day):
    client = client_of(cast.manager)
    assert client.get(page_of(qualification)).context["may_renew"] is False
    at(quiet_day, 2020, 6, 20)
    page = client_of(cast.manager).get(page_of(qualification))
    assert (page.context["may_renew"], page.context["certificate"].standing) == (True, Standing.EXPIRED)
    client_of(cast.manager).post(reverse("certificate_renew", args=[qualification.number]), {"note": ""})
    assert Certificate.objects.get(replaces=qualification).valid_until == datetime.date(2022, 6, 19)


WHO = [
    ("manager", 200, 302), ("clerk", 200, 302), ("auditor", 200, 403), ("operator", 200, 403), ("trainer", 200, 403),
    ("operator_elsewhere", 404, 404), ("other_trainer", 404, 404), ("trainee_user", 403, 403), ("outsider", 403, 403),
]  # fmt: skip


@pytest.mark.parametrize(("who", "sees", "decides"), WHO)
def test_who_sees_and_who_decides(cast, first, who, sees, decides):
    client = client_of(getattr(cast, who))
    assert client.get(page_of(first)).status_code == sees
    for name in ("certificate_renew", "certificate_reissue"):
        answer = client.post(reverse(name, args=[first.number]), {"reason": "lost"})
        assert answer.status_code == decides
    assert Certificate.objects.count() == (2 if decides == 302 else 1)


# --- what the public is told --------------------------------------------------------------------------------------


def check(certificate: Certificate):
    return Client().get(reverse("certificate_check", args=[certificate.token]))


def test_a_replaced_paper_says_so_and_not_by_what(cast, first):
    paper = again(cast, first)
    page = check(first)
    content = page.content.decode()
    assert (page.context["standing"], page.context["is_valid"]) == (Standing.REPLACED, False)
    assert f"This certificate was replaced by a newer one on {TODAY}." in content
    assert paper.number not in content
    assert paper.token not in content
    assert check(paper).context["is_valid"] is True


def test_an_expired_paper_says_since_when(cast, qualification, quiet_day):
    at(quiet_day, 2020, 6, 15)
    page = check(qualification)
    assert page.context["standing"] == Standing.EXPIRED
    assert "it was valid until 2020-06-14." in page.content.decode()


def test_an_award_tells_the_contest_and_the_prize(cast, centre):
    entry = entry_of(cast, decided_contest(cast), trainee=cast.person(name="艾嘎"))
    award = actions.give_award(by=cast.clerk, entry=entry, award="一等奖", award_en="First prize")
    content = check(award).content.decode()
    for said in ("一等奖", "First prize", "沧源县农村电商创业大赛", "Cangyuan rural e-commerce contest", "艾*"):
        assert said in content
    assert "艾嘎" not in content


def test_every_reason_has_its_words():
    assert all(str(reason.label) for reason in ReissueReason)


@pytest.mark.parametrize("papers", [1, 3])
def test_the_page_asks_the_same_however_many_classes_there_are(cast, first, papers, django_assert_num_queries):
    for _ in range(papers - 1):
        actions.issue(by=cast.clerk, training_class=finished_class(cast, 3))
    client = client_of(cast.clerk)
    client.get(page_of(first))
    with django_assert_num_queries(8):
        client.get(page_of(first))


@pytest.mark.parametrize(
    ("reason", "word"),
    [("lost", "遗失补发"), ("damaged", "损坏换发"), ("misprint", "更正换发"), ("name_change", "更名换发")],
)
def test_the_newer_paper_says_whose_place_it_takes(cast, first, reason, word):
    assert "补发" not in text_of(opened(pdf.print_one(first))[0])
    newer = actions.reissue(by=cast.clerk, certificate=first, reason=reason)
    assert f"证书编号（{word}）：" in text_of(opened(pdf.print_one(newer))[0])
