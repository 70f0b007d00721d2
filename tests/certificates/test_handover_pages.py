"""The desk where certificates are handed over."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from certificates import actions as certificates
from certificates.handover import actions
from certificates.handover.actions import Collected
from certificates.models import HandOver, HandOverScan
from lms.privacy.models import FileView
from tests.cast import TODAY, client_of
from tests.certificates.classes import finished_class
from tests.trainees.papers import PDF

pytestmark = pytest.mark.usefixtures("centre")


@pytest.fixture
def issued(cast):
    return certificates.issue(by=cast.clerk, training_class=finished_class(cast, 3))


def of_class(issued) -> str:
    return reverse("class_handover", args=[issued[0].class_code])


def scan(content=PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile("sheet.pdf", content)


def test_ticks_are_recorded(cast, issued):
    client = client_of(cast.clerk)
    numbers = [each.number for each in issued[:2]]
    answer = client.post(of_class(issued), {"number": numbers, "collected_on": TODAY, "handed_over_by": "赵老师"})
    assert (answer.status_code, answer.url) == (302, of_class(issued))
    assert list(HandOver.objects.values_list("certificate__number", "handed_over_by")) == [
        (n, "赵老师") for n in numbers
    ]
    page = client.get(of_class(issued))
    assert [page.context[key] for key in ("handed_over", "waiting", "unproved")] == [2, 1, 2]


def test_what_a_colleague_ticked_before_is_told(cast, issued):
    actions.hand_over(by=cast.manager, certificates=issued[:1], collected=Collected(on=TODAY))
    answer = client_of(cast.clerk).post(
        of_class(issued), {"number": [each.number for each in issued], "collected_on": TODAY}, follow=True
    )
    said = [str(message) for message in answer.context["messages"]]
    assert said[0] == "已登记领取 2 份证书。"
    assert issued[0].number in said[1]
    assert len(said) == 2


@pytest.mark.parametrize(
    "posted", [{}, {"collected_on": "x"}, {"collected_on": "2018-06-16"}, {"collected_on": "2018-06-01"}]
)
def test_bad_input_keeps_the_ticks(cast, issued, posted):
    ticked = [] if not posted else [issued[0].number]
    page = client_of(cast.clerk).post(of_class(issued), {"number": ticked, **posted})
    assert page.status_code == 400
    assert page.context["form"].errors
    assert (f'value="{issued[0].number}" checked' in page.content.decode()) == bool(ticked)
    assert not HandOver.objects.exists()


def test_numbers_of_another_class_are_not_there(cast, issued):
    (other,) = certificates.issue(by=cast.clerk, training_class=finished_class(cast, 1))
    page = client_of(cast.clerk).post(of_class(issued), {"number": [other.number, "x"], "collected_on": TODAY})
    assert page.status_code == 400
    assert not HandOver.objects.exists()


def test_the_signed_sheet_of_a_class(cast, issued):
    actions.hand_over(by=cast.clerk, certificates=issued, collected=Collected(on=TODAY))
    client, address = client_of(cast.clerk), reverse("class_handover_scan", args=[issued[0].class_code])
    signed = [each.number for each in issued[:2]]
    assert client.post(address, {"signed": signed, "scan": scan()}).status_code == 302
    kept = HandOverScan.objects.get()
    assert [proof.hand_over.certificate.number for proof in kept.proofs.all()] == signed
    answer = client.get(reverse("handover_file", args=[kept.pk]))
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert FileView.objects.filter(unmasked="hand_over_scan").count() == 2
    for posted in ({"signed": signed}, {"scan": scan()}, {"signed": signed, "scan": scan(b"MZ")}):
        assert client.post(address, posted).status_code == 400


def test_one_person_on_behalf(cast, issued):
    client, address = client_of(cast.operator), reverse("certificate_handover", args=[issued[0].number])
    facts = {"collected_on": TODAY, "collector": "other", "receiver": "岩温", "relation": "spouse", "scan": scan()}
    assert client.post(address, {**facts, "receiver": ""}).status_code == 400
    facts["scan"] = scan()
    assert client.post(address, facts).status_code == 302
    page = client.get(address)
    assert "岩温" in page.content.decode()
    assert len(page.context["line"].scans) == 1
    assert client.post(address, {**facts, "scan": ""}).status_code == 400  # twice


def test_correct_and_take_back(cast, issued):
    number = issued[0].number
    actions.hand_over(by=cast.clerk, certificates=issued[:1], collected=Collected(on=TODAY))
    client = client_of(cast.clerk)
    correct, withdraw = (reverse(name, args=[number]) for name in ("handover_correct", "handover_withdraw"))
    facts = {"collected_on": TODAY, "collector": "other", "receiver": "岩温", "relation": "spouse"}
    assert client.post(correct, facts).status_code == 400
    assert client.post(correct, {**facts, "reason": "代领"}).status_code == 302
    assert client.post(withdraw, {}).status_code == 400
    assert client.post(withdraw, {"reason": "勾错"}).status_code == 302
    assert client.post(withdraw, {"reason": "勾错"}).status_code == 400
    assert list(HandOver.objects.order_by("turn").values_list("state", "reason")) == [
        ("collected", ""), ("collected", "代领"), ("withdrawn", "勾错"),
    ]  # fmt: skip
    assert client.post(reverse("handover_scan", args=[number]), {"scan": scan()}).status_code == 400


def test_who_sees_and_who_records(cast, issued):
    address, one = of_class(issued), reverse("certificate_handover", args=[issued[0].number])
    seen = {
        "clerk": (200, 200), "manager": (200, 200), "operator": (200, 200), "auditor": (200, 200),
        "operator_elsewhere": (404, 404), "trainer": (403, 403), "outsider": (403, 403), "trainee_user": (403, 403),
    }  # fmt: skip
    for who, status in seen.items():
        client = client_of(getattr(cast, who))
        assert (client.get(address).status_code, client.get(one).status_code) == status, who
    auditor = client_of(cast.auditor)
    facts = {"number": [issued[0].number], "collected_on": TODAY, "collector": "self"}
    assert [auditor.post(path, facts).status_code for path in (address, one)] == [403, 403]
    # An auditor's names are masked.
    assert issued[0].name not in auditor.get(address).content.decode()
    assert not HandOver.objects.exists()


def test_a_class_without_certificates_says_so(cast):
    training_class = finished_class(cast, 1)
    page = client_of(cast.clerk).get(reverse("class_handover", args=[training_class.code]))
    assert (page.status_code, page.context["rows"]) == (200, [])


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_of_a_class_asks_a_constant_number_of_queries(cast, people, django_assert_num_queries):
    issued = certificates.issue(by=cast.clerk, training_class=finished_class(cast, people))
    actions.hand_over(by=cast.clerk, certificates=issued, collected=Collected(on=TODAY), scan=PDF)
    client = client_of(cast.clerk)
    client.get(of_class(issued))
    with django_assert_num_queries(CLASS_PAGE):
        assert client.get(of_class(issued)).status_code == 200


CLASS_PAGE = 9


@pytest.mark.parametrize("many", [1, 2])
def test_what_ended_since_the_page_was_opened_is_told(cast, issued, many):
    certificates.reissue(by=cast.manager, certificate=issued[0], reason="lost")
    numbers = [each.number for each in issued[:many]]
    page = client_of(cast.clerk).post(of_class(issued), {"number": numbers, "collected_on": TODAY})
    assert page.status_code == 400
    assert issued[0].number in str(page.context["form"].non_field_errors())
    assert not HandOver.objects.exists()


def test_a_signature_is_kept_for_a_paper_that_ended_meanwhile(cast, issued):
    actions.hand_over(by=cast.clerk, certificates=issued, collected=Collected(on=TODAY))
    certificates.revoke(by=cast.manager, certificate=issued[0], reason="x")
    address = reverse("class_handover_scan", args=[issued[0].class_code])
    client_of(cast.clerk).post(address, {"signed": [each.number for each in issued], "scan": scan()})
    assert HandOverScan.objects.get().proofs.count() == 3


def test_a_villager_trained_elsewhere_collects_at_home(cast):
    training_class = finished_class(cast, [cast.person(), cast.person(township="岩帅镇")], township="岩帅镇")
    mine, _theirs = certificates.issue(by=cast.clerk, training_class=training_class)
    client, code = client_of(cast.operator), training_class.code
    desk = reverse("class_handover", args=[code])
    page = client.get(desk)
    assert [line.certificate for line, _mine in page.context["rows"]] == [mine]
    addresses = (desk, reverse("certificate_handover", args=[mine.number]))
    for address in (*addresses, reverse("certificate_page", args=[mine.number])):
        # Every way back leads somewhere.
        (back,) = re.findall(r'class="back" href="([^"]+)"', client.get(address).content.decode())
        assert client.get(back).status_code == 200, address
    assert client.post(reverse("list_new"), {"make": "sheet-xlsx", "class": code}).url.startswith("/certificates/")
    assert client.post(desk, {"number": [mine.number], "collected_on": TODAY}).status_code == 302
    assert (
        client.post(reverse("class_handover_scan", args=[code]), {"signed": [mine.number], "scan": scan()}).url == desk
    )
    assert client.get(reverse("class_certificates", args=[code])).status_code == 404


def test_who_does_not_record_reads_no_note_and_no_full_name(cast, issued):
    other = Collected(on=TODAY, collector="other", receiver="岩温", relation="spouse", note="本人住院")
    actions.hand_over(by=cast.clerk, certificates=issued[:1], collected=other)
    actions.withdraw(by=cast.clerk, certificate=issued[0], reason="岩温说错")
    one = reverse("certificate_handover", args=[issued[0].number])
    shown = {}
    for who in ("clerk", "auditor"):
        client = client_of(getattr(cast, who))
        text = client.get(one).content.decode()
        client.get(of_class(issued))
        looks = set(FileView.objects.filter(viewer=getattr(cast, who).label).values_list("unmasked", flat=True))
        shown[who] = ("本人住院" in text, "岩温说错" in text, looks)
    assert shown == {"clerk": (True, True, {"name"}), "auditor": (False, False, {""})}


def test_a_sheet_that_the_operator_may_not_see_proves_the_hand_over_all_the_same(cast):
    people = [cast.person(), cast.person(township="岩帅镇")]
    both = certificates.issue(by=cast.clerk, training_class=finished_class(cast, people))
    actions.hand_over(by=cast.clerk, certificates=both, collected=Collected(on=TODAY), scan=PDF)
    page = client_of(cast.operator).get(of_class(both))
    assert [page.context[key] for key in ("handed_over", "waiting", "unproved")] == [1, 0, 0]
    assert "签字表已存" in page.content.decode()
    assert 'id="scan"' not in page.content.decode()
