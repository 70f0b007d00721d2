import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openbadgeslib.ob3.verifier import OB3Verifier
from PIL import Image

from certificates import actions as certificates
from certificates import numbers as wording
from certificates.badges import actions, documents, rules, views
from certificates.enums import CertificateKind
from certificates.models import Badge
from lms.accounts.models import User
from lms.paper import badge_keys
from tests.cast import client_of
from tests.certificates.badge_cases import NAME, SITE, a_certificate, as_kind, replace

FORMS = ("json", "svg", "png")


@pytest.fixture(autouse=True)
def the_site(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def certificate(cast, centre):
    return a_certificate(cast)


@pytest.fixture
def badge(cast, certificate):
    return actions.make(by=cast.clerk, certificate=certificate)


def page_of(certificate) -> str:
    return reverse("badge_page", args=[certificate.number])


def file_of(certificate, form: str) -> str:
    return reverse("badge_file", kwargs={"number": certificate.number, "form": form})


# --- the person, and those who hand over --------------------------------------------------------------------------

WHO = [
    ("clerk", 200), ("manager", 200), ("operator", 200), ("trainee_user", 200), ("operator_elsewhere", 404),
    ("trainer", 403), ("auditor", 403), ("other_trainer", 404), ("admin", 404), ("outsider", 404),
]  # fmt: skip


@pytest.mark.parametrize(("who", "status"), WHO)
def test_who_makes_it_and_gets_it(cast, certificate, who, status):
    client = client_of(getattr(cast, who))
    assert client.get(page_of(certificate)).status_code == status
    assert client.post(page_of(certificate)).status_code == (302 if status == 200 else status)
    assert Badge.objects.filter(certificate=certificate).exists() is (status == 200)
    actions.make(by=cast.clerk, certificate=certificate)
    assert [client.get(file_of(certificate, form)).status_code for form in FORMS] == [status] * 3
    link = reverse("badge_link", args=[certificate.number])
    assert client.post(link).status_code == (302 if status == 200 else status)


def test_a_visitor_is_sent_to_the_sign_in(badge):
    for address in (page_of(badge.certificate), file_of(badge.certificate, "json")):
        assert "/accounts/login/" in Client().get(address).url


def test_only_the_person_is_asked_for_the_name(cast, certificate):
    for who, asked in (("trainee_user", True), ("clerk", False)):
        page = client_of(getattr(cast, who)).get(page_of(certificate))
        assert ('name="with_name"' in page.content.decode()) is asked
    client_of(cast.clerk).post(page_of(certificate), {"with_name": "on"})
    assert Badge.objects.count() == 0
    client_of(cast.trainee_user).post(page_of(certificate), {"with_name": "on"})
    assert Badge.objects.get().with_name is True


def test_no_file_before_it_was_made(cast, certificate):
    answer = client_of(cast.trainee_user).get(file_of(certificate, "json"))
    assert answer.url == page_of(certificate)


def test_the_three_files_carry_the_same_credential(cast, badge):
    client = client_of(cast.trainee_user)
    answers = {form: client.get(file_of(badge.certificate, form)) for form in FORMS}
    whole = documents.credential(badge)
    assert json.loads(answers["json"].content) == whole
    # Another library takes them out of the pictures.
    assert json.loads(OB3Verifier.extract_token_from_svg(answers["svg"].content)) == whole
    assert json.loads(OB3Verifier.extract_token_from_png(answers["png"].content)) == whole
    types = [answers[form]["Content-Type"] for form in FORMS]
    assert types == ["application/vc", "image/svg+xml", "image/png"]
    for form, answer in answers.items():
        assert answer["Content-Disposition"] == f'attachment; filename="{badge.certificate.number}.{form}"'
        assert "no-store" in answer["Cache-Control"]
        assert len(answer.content) < 40_000
    assert Image.open(io.BytesIO(answers["png"].content)).size == (512, 512)


def test_no_file_of_a_certificate_that_ended_and_the_page_says_why(cast, badge):
    client = client_of(cast.trainee_user)
    certificates.revoke(by=cast.manager, certificate=badge.certificate, reason="内部原因")
    answer = client.get(file_of(badge.certificate, "json"))
    assert answer.status_code == 409
    page = client.get(page_of(badge.certificate))
    assert page.context["ended"] == "证书已于 2018年6月15日 撤销，不再提供它的徽章。"
    assert "内部原因" not in page.content.decode() + answer.content.decode()
    assert badge.token not in page.content.decode()


def test_a_replaced_one_names_the_newer(cast, badge):
    newer = replace(badge.certificate)
    page = client_of(cast.trainee_user).get(page_of(badge.certificate))
    assert newer.number in page.context["ended"]
    assert client_of(cast.trainee_user).get(file_of(badge.certificate, "png")).status_code == 409


def test_the_own_list_and_the_page_of_the_certificate_lead_there(cast, certificate):
    own = client_of(cast.trainee_user).get(reverse("my_certificates"))
    assert page_of(certificate) in own.content.decode()
    of_office = client_of(cast.clerk).get(reverse("certificate_page", args=[certificate.number]))
    assert page_of(certificate) in of_office.content.decode()


def test_the_code_on_the_page_is_the_address_for_wallets(cast, badge):
    page = client_of(cast.trainee_user).get(page_of(badge.certificate))
    assert page.context["link"] == f"{SITE}/b/{badge.token}/"
    assert page.context["code"].startswith("data:image/svg+xml")


# --- whoever has the link -----------------------------------------------------------------------------------------


def test_a_wallet_gets_the_credential_and_a_person_the_page(badge):
    address = reverse("badge_wallet", args=[badge.token])
    page = Client().get(address, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.templates[0].name == "certificates/badges/wallet.html"
    for accept in ("application/vc", "application/ld+json", "application/json", "application/vc+ld+json"):
        answer = Client().get(address, headers={"accept": accept})
        assert (answer["Content-Type"], json.loads(answer.content)) == ("application/vc", documents.credential(badge))
    plain = Client().get(reverse("badge_credential", args=[badge.token]))
    assert json.loads(plain.content) == documents.credential(badge)
    assert plain["Access-Control-Allow-Origin"] == "*"
    assert plain["X-Robots-Tag"].startswith("noindex")
    assert "no-store" in plain["Cache-Control"]


@pytest.mark.parametrize("with_name", [False, True])
def test_the_page_shows_the_name_only_if_it_was_chosen(cast, certificate, with_name):
    badge = actions.make(by=cast.trainee_user, certificate=certificate, with_name=with_name)
    content = Client().get(reverse("badge_wallet", args=[badge.token])).content.decode()
    assert (NAME in content) is with_name
    assert certificate.number not in content
    assert certificate.masked_name not in content


def test_a_closed_link_gives_nothing(cast, badge):
    client_of(cast.trainee_user).post(reverse("badge_link", args=[badge.certificate.number]))
    for name in ("badge_wallet", "badge_credential"):
        assert Client().get(reverse(name, args=[badge.token])).status_code == 404
    again = Badge.objects.get().token
    assert Client().get(reverse("badge_credential", args=[again])).status_code == 200


def test_a_link_to_a_revoked_one_says_so_in_both_languages(cast, badge):
    certificates.revoke(by=cast.manager, certificate=badge.certificate, reason="内部原因")
    page = Client().get(reverse("badge_wallet", args=[badge.token]))
    assert page.status_code == 410
    content = page.content.decode()
    assert "The certificate was revoked on 2018-06-15, so its badge is handed out no longer." in content
    assert "证书已于 2018-06-15 撤销" in content
    assert "内部原因" not in content
    answer = Client().get(reverse("badge_credential", args=[badge.token]))
    assert (answer.status_code, answer["Content-Type"]) == (410, "application/problem+json")
    assert json.loads(answer.content)["status"] == 410


def test_a_link_to_a_replaced_one_does_not_tell_the_newer_number(cast, badge):
    newer = replace(badge.certificate)
    for name in ("badge_wallet", "badge_credential"):
        answer = Client().get(reverse(name, args=[badge.token]))
        assert answer.status_code == 410
        assert newer.number not in answer.content.decode()


@pytest.mark.parametrize("token", ["x", "' OR 1=1 --", "A" * 22, "Z" * 5_000, "%00", "<script>"])
def test_a_wrong_link_learns_nothing(badge, token):
    for accept in ("text/html", "application/vc"):
        answer = Client().get(reverse("badge_wallet", args=[token]), headers={"accept": accept})
        assert answer.status_code == 404


# --- programs -----------------------------------------------------------------------------------------------------


def test_what_programs_fetch_is_open_to_pages_of_others(badge):
    for name, args, content_type in (
        ("did_document", [], "application/did+json"),
        ("badge_issuer", [], "application/ld+json"),
        ("badge_status", [1], "application/vc"),
    ):
        answer = Client().get(reverse(name, args=args))
        assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer["Cache-Control"].startswith("public, max-age=")
        assert "Set-Cookie" not in answer
    assert reverse("did_document") == "/.well-known/did.json"


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "status"), [("1", 200), ("2", 404), ("0", 404), ("99999999999999999999", 404)])
def test_a_status_list_that_is_not_there(number, status):
    assert Client().get(f"/badges/status/{number}/").status_code == status


@pytest.mark.django_db
def test_the_lists_are_asked_for_in_measure(monkeypatch):
    monkeypatch.setattr(views, "LISTS", 2)
    assert [Client().get("/badges/status/1/").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", CertificateKind.values)
def test_a_picture_of_each_kind(kind):
    png = Client().get(reverse("badge_picture", kwargs={"kind": kind, "form": "png"}))
    svg = Client().get(reverse("badge_picture", kwargs={"kind": kind, "form": "svg"}))
    assert Image.open(io.BytesIO(png.content)).size == (512, 512)
    assert len(png.content) < 30_000
    assert svg.content.startswith(b"<svg")
    assert (png["Content-Type"], svg["Content-Type"]) == ("image/png", "image/svg+xml")


@pytest.mark.django_db
def test_no_picture_of_anything_else():
    assert Client().get("/badges/pictures/degree.png").status_code == 404


# --- the check ----------------------------------------------------------------------------------------------------


def send(content: bytes, name: str = "badge.json", **fields):
    form = {"file": SimpleUploadedFile(name, content), **fields}
    return Client().post(reverse("badge_check"), form)


def verdict(content: bytes, **fields) -> str:
    return send(content, **fields).context["judged"].verdict


def made(badge, form: str = "json") -> bytes:
    return views._content(badge, form)


@pytest.mark.parametrize("form", FORMS)
def test_each_file_is_recognised(badge, form):
    page = send(made(badge, form))
    assert (page.status_code, page.context["judged"].verdict) == (200, "valid")
    content = page.content.decode()
    assert "This badge is genuine and valid." in content
    assert "徽章真实有效。" in content
    assert NAME not in content
    assert badge.certificate.number not in content


def test_the_check_knows_what_became_of_it(cast, badge):
    content = made(badge)
    newer = replace(badge.certificate)
    assert verdict(content) == "replaced"
    assert newer.number not in send(content).content.decode()
    certificates.revoke(by=cast.manager, certificate=newer, reason="身份信息有误")
    other = as_kind(badge.certificate, "trainer", valid_until="2018-06-15")
    other.refresh_from_db()
    ending = actions.make(by=cast.clerk, certificate=other)
    assert verdict(made(ending)) == "valid"


def test_a_revoked_and_an_expired_one(cast, badge, quiet_day):
    content = made(badge)
    certificates.revoke(by=cast.manager, certificate=badge.certificate, reason="身份信息有误")
    assert verdict(content) == "revoked"
    other = as_kind(badge.certificate, "trainer", valid_until="2018-06-15")
    other.refresh_from_db()
    ending = made(actions.make(by=cast.clerk, certificate=other))
    quiet_day.shift(2 * 86_400)
    assert verdict(ending) == "expired"


def test_altered_foreign_and_unlisted(badge, settings):
    content = made(badge)
    assert verdict(content.replace("结业".encode(), "博士".encode())) == "not_ours"
    own = settings.BADGE_KEYS
    settings.BADGE_KEYS = badge_keys.new_ring()
    assert verdict(content) == "not_ours"
    settings.BADGE_KEYS = own
    Badge.objects.all().delete()
    assert verdict(content) == "unlisted"


NONSENSE = {
    "word": b"x", "half": b"{", "list": b"[]", "empty": b"{}", "zeros": b"\x00" * 100,
    "half a PNG": b"\x89PNG\r\n\x1a\n", "empty SVG": b"<svg/>",
    "no encoding": b"<?xml version='1.0' encoding='foo'?><svg/>", "half an SVG": b"<svg", "brackets": b"<" * 500_000,
    "deep": b"[" * 100_000, "entity": b'<!DOCTYPE x [<!ENTITY a "b">]><svg>&a;</svg>', "UTF-16": b"\xff\xfe{\x00}\x00",
}  # fmt: skip


@pytest.mark.parametrize("content", NONSENSE.values(), ids=NONSENSE)
@pytest.mark.django_db
def test_nonsense_is_called_so(content):
    assert verdict(content) == "unreadable"


@pytest.mark.django_db
def test_a_document_of_nonsense_is_not_ours():
    assert verdict(b'{"credentialSubject": {}, "proof": {}, "@context": 5}') == "not_ours"


def test_a_badge_and_a_number_that_belong_together(badge, cast):
    other = as_kind(badge.certificate, "trainer")
    typed = badge.certificate.number.lower().replace("-", " ")
    assert send(made(badge), number=typed).context["judged"].belongs is True
    assert send(made(badge), number="CY530927-2018-77777-L").status_code == 400
    wrong = wording.number_of("CY530927-2018", 77_777)
    assert send(made(badge), number=wrong).context["judged"].belongs is False
    assert send(made(badge)).context["judged"].belongs is None
    assert other.number != badge.certificate.number


@pytest.mark.django_db
def test_the_check_without_a_file_and_with_a_large_one(settings):
    assert Client().post(reverse("badge_check")).status_code == 400
    assert send(b"").status_code == 400
    page = send(b"x" * (rules.BYTES + 1))
    assert (page.status_code, list(page.context["form"].errors)) == (400, ["file"])
    settings.UPLOAD_MAX_BYTES = 1000
    page = send(b"x" * 5000)
    assert (page.status_code, page.context["too_large"]) == (400, True)


def test_checking_is_slowed_down(badge, monkeypatch):
    monkeypatch.setattr(views, "FILES", 2)
    assert [send(made(badge)).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.django_db
def test_the_help_is_open_to_everyone_and_names_the_keys():
    page = Client().get(reverse("badge_check"))
    assert page.status_code == 200
    content = page.content.decode()
    for address in ("/.well-known/did.json", "/badges/status/1/", "/badges/issuer.json", "did:web:school.example.cn"):
        assert address in content


def test_the_pages_are_light(cast, badge):
    pages = [
        client_of(cast.trainee_user).get(page_of(badge.certificate)), Client().get(reverse("badge_check")),
        Client().get(reverse("badge_wallet", args=[badge.token])), send(made(badge)),
    ]  # fmt: skip
    assert all(len(page.content) < 100_000 for page in pages)


def test_a_badge_page_asks_a_constant_number_of_queries(cast, badge, django_assert_max_num_queries):
    client = client_of(User.objects.get(pk=cast.trainee_user.pk))
    with django_assert_max_num_queries(20):
        client.get(page_of(badge.certificate))
