"""Designs on the screen: the pages of the office, and the back office with its drafts and its preview."""

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from certificates import actions
from certificates.designs import design_for
from certificates.enums import CertificateKind
from certificates.models import CertificateDesign, DesignVersion
from content.actions import load_editor_groups
from lms.audit.models import AuditEvent
from tests.cast import SETUP, client_of
from tests.certificates.test_designs_publish import completion, own_design, picture

LIST = "/certificates/designs/"
ADMIN = "/admin/snippets/certificates/certificatedesign/"


@pytest.fixture
def editors(cast):
    load_editor_groups(by=SETUP)
    return cast


def form_of(design: CertificateDesign, **changes) -> dict:
    words = {name: getattr(design, name) for name in CertificateDesign.CONTENT}
    known = {"name": design.name, "programme": design.programme_id or "", "seal": "", "signature": ""}
    return {**words, **known, **changes}


def test_the_list_names_every_version_and_its_use(cast, django_assert_num_queries):
    client = client_of(cast.clerk)
    client.get(LIST)
    with django_assert_num_queries(7):
        page = client.get(LIST)
    assert [version.kind for version in page.context["versions"]] == ["attendance", "award", "completion", "trainer"]
    for title in ("甲", "乙", "丙"):
        actions.publish_design(by=cast.manager, design=own_design(cast, name=title, title=title))
    with django_assert_num_queries(7):
        page = client.get(LIST)
    assert len(page.context["versions"]) == 7
    assert len(page.context["in_use"]) == 5


@pytest.mark.parametrize("address", ["", "{pk}/", "{pk}/ordinary.png", "{pk}/sample/"])
def test_the_pages_are_the_offices(cast, address):
    pk = design_for(CertificateKind.COMPLETION, None).pk
    path = LIST + address.format(pk=pk)
    assert [client_of(user).get(path).status_code for user in (cast.manager, cast.clerk)] == [200, 200]
    strangers = (cast.operator, cast.trainer, cast.trainee_user, cast.auditor)
    assert [client_of(user).get(path).status_code for user in strangers] == [403] * 4


def test_a_version_is_shown_as_it_would_be_printed(cast):
    pk, client = design_for(CertificateKind.AWARD, None).pk, client_of(cast.clerk)
    assert client.get(f"{LIST}{pk}/").status_code == 200
    for mode in ("ordinary", "longest", "rare", "bare"):
        shown = client.get(f"{LIST}{pk}/{mode}.png")
        assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/png", "private, max-age=86400")
        assert len(shown.content) < 100_000
    assert client.get(f"{LIST}{pk}/other.png").status_code == 404
    assert client.get(f"{LIST}999999/").status_code == 404
    assert client.get(f"{LIST}999999/ordinary.png").status_code == 404
    assert client.get(f"{LIST}{pk}/sample/").content.startswith(b"%PDF")


def test_a_missing_glyph_is_said_in_words(cast):
    pk, client = design_for(CertificateKind.COMPLETION, None).pk, client_of(cast.clerk)
    assert client.get(f"{LIST}{pk}/?name=𬭼娜").context["tried"] == {"name": "𬭼娜", "missing": ""}
    page = client.get(f"{LIST}{pk}/?name=田𮯰")
    assert page.context["tried"]["missing"] == "𮯰 (U+2EBF0)"
    assert client.get(f"{LIST}{pk}/ordinary.png?name=田𮯰").status_code == 404
    assert client.get(f"{LIST}{pk}/sample/?name=田𮯰").status_code == 409


def test_a_clerk_drafts_and_the_manager_publishes(editors):
    design = completion()
    address = reverse("wagtailsnippets_certificates_certificatedesign:edit", args=[design.pk])
    changed = form_of(design, title="培训结业证书")
    button = "action-publish"
    assert button not in client_of(editors.clerk).get(address).content.decode()
    assert button in client_of(editors.manager).get(address).content.decode()
    assert client_of(editors.clerk).post(address, {**changed, "action-publish": "1"}).status_code == 302
    design.refresh_from_db()
    assert (design.title, design.versions.count()) == ("结业证书", 1)
    assert client_of(editors.manager).post(address, {**changed, "action-publish": "1"}).status_code == 302
    design.refresh_from_db()
    assert (design.title, design.versions.count()) == ("培训结业证书", 2)
    assert AuditEvent.objects.filter(event="design.published", actor=editors.manager.label).count() == 1


def test_a_new_design_is_made_and_published_at_once(editors):
    changed = form_of(completion(), name="新样式", kind="attendance", programme=editors.programme.pk)
    changed["text"] = "参加“{class}”。"
    answer = client_of(editors.manager).post(f"{ADMIN}add/", {**changed, "action-publish": "1"})
    assert answer.status_code == 302
    assert design_for(CertificateKind.ATTENDANCE, editors.programme).name == "新样式"


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "不得出现“国家”"), ("en", "“国家” must not stand")])
def test_a_forbidden_word_is_refused_on_the_form_in_both_languages(editors, language, said):
    client = client_of(editors.manager)
    client.cookies["django_language"] = language
    UserProfile.objects.create(user=editors.manager, preferred_language=language)
    design = completion()
    page = client.post(f"{ADMIN}edit/{design.pk}/", {**form_of(design, title="国家证书"), "action-publish": "1"})
    assert page.status_code == 200
    assert said in str(page.context["form"].errors["title"])
    assert design.versions.count() == 1


def test_a_draft_may_lack_what_publishing_asks_for(editors):
    client, design = client_of(editors.manager), completion()
    changed = form_of(design, number_line="编号")
    assert client.post(f"{ADMIN}edit/{design.pk}/", changed).status_code == 302
    page = client.post(f"{ADMIN}edit/{design.pk}/", {**changed, "action-publish": "1"})
    assert [*page.context["form"].errors] == ["number_line"]


def test_the_form_says_that_a_drafts_picture_was_deleted(editors):
    client, design = client_of(editors.manager), completion()
    image = picture()
    client.post(f"{ADMIN}edit/{design.pk}/", form_of(design, seal=image.pk))
    image.delete()
    page = client.get(f"{ADMIN}edit/{design.pk}/")
    assert "已从图片库中删除" in page.content.decode()
    page = client.post(f"{ADMIN}edit/{design.pk}/", {**form_of(design), "action-publish": "1"})
    assert page.status_code == 200
    assert "已从图片库中删除" in str(page.context["form"].non_field_errors())
    assert DesignVersion.objects.filter(design=design).count() == 1
    client.post(f"{ADMIN}edit/{design.pk}/", form_of(design))
    client.post(f"{ADMIN}edit/{design.pk}/", {**form_of(design, title="证书"), "action-publish": "1"})
    assert DesignVersion.objects.filter(design=design).count() == 2


def test_the_preview_shows_what_stands_on_the_form(editors):
    client, design = client_of(editors.clerk), completion()
    address = f"{ADMIN}preview/{design.pk}/"
    assert client.post(address, form_of(design, title="试样")).json() == {"is_valid": True, "is_available": True}
    shown = {mode: client.get(f"{address}?mode={mode}").content for mode in ("ordinary", "longest", "rare", "bare")}
    assert all(b'src="data:image/png;base64,' in page for page in shown.values())
    assert len(set(shown.values())) == 4
    assert client.post(address, form_of(design, title="国家")).json()["is_valid"] is False


def test_the_countys_design_stays_and_a_programmes_may_be_withdrawn(editors):
    client, county = client_of(editors.manager), completion()
    assert client.post(f"{ADMIN}unpublish/{county.pk}/").status_code == 409
    own = actions.publish_design(by=editors.manager, design=own_design(editors)).design
    assert client_of(editors.clerk).post(f"{ADMIN}unpublish/{own.pk}/").status_code == 302
    own.refresh_from_db()
    assert own.live is True
    assert client.post(f"{ADMIN}unpublish/{own.pk}/").status_code == 302
    own.refresh_from_db()
    assert own.live is False
    client.post(f"{ADMIN}delete/{own.pk}/")
    assert CertificateDesign.objects.filter(pk=own.pk).count() == 1
