"""What the register form asks beyond the identity."""

import io

import pytest
from PIL import Image

from lms.audit.models import AuditEvent
from lms.privacy.models import FileView
from lms.refusals import Refused
from tests.cast import client_of
from trainees.merging.actions import merge_files
from trainees.profiles import actions
from trainees.profiles.models import Profile
from trainees.profiles.queries import asks_political, profile_of
from trainees.profiles.rules import small_photo
from trainees.registry import actions as registry

pytestmark = pytest.mark.django_db

CHILD = "533528201012319969"


@pytest.fixture
def trainee(cast):
    return cast.person(name="岩嘎")


def set_profile(cast, trainee, **changes):
    return actions.set_profile(by=cast.clerk, trainee=trainee, changes=changes)


def test_a_file_needs_no_profile(trainee):
    assert (profile_of(trainee).pk, Profile.objects.count()) == (None, 0)


def test_what_is_written_is_kept_and_logged_masked(cast, trainee):
    set_profile(
        cast, trainee, languages=["zh", "wa"], needs=["wheelchair"], wechat="13912345678", unit="电商站 13912345678",
        residence="葫芦小镇3号", residence_place=cast.township("岩帅镇"), guardian_name="田志强",
    )  # fmt: skip
    profile = Profile.objects.get()
    assert (profile.languages, profile.needs, profile.wechat) == (["wa", "zh"], ["wheelchair"], "13912345678")
    event = AuditEvent.objects.get(event="trainee.profile_set")
    assert event.changes == {
        "languages": [None, "wa、zh"],
        "needs": [None, "***"],
        "wechat": [None, "***"],
        "unit": [None, "电商站 139****5678"],
        "residence": [None, "***"],
        "residence_place": [None, "530927102000"],
        "guardian_name": [None, "田**"],
    }


def test_what_did_not_change_is_neither_written_nor_logged(cast, trainee):
    set_profile(cast, trainee, unit="电商站")
    set_profile(cast, trainee, unit=" 电商站 ")
    set_profile(cast, trainee)
    assert AuditEvent.objects.filter(event="trainee.profile_set").count() == 1


def test_nothing_written_leaves_no_row(cast, trainee):
    set_profile(cast, trainee, unit="", languages=[])
    assert Profile.objects.count() == 0


def test_a_choice_outside_its_list_is_refused(cast, trainee):
    for changes in ({"languages": ["xx"]}, {"employment": "zz"}, {"wishes": ["nothing"]}):
        with pytest.raises(Refused) as refused:
            set_profile(cast, trainee, **changes)
        assert refused.value.code == "choice_unknown"
    with pytest.raises(TypeError):
        set_profile(cast, trainee, salary=1)


def test_the_political_status_is_asked_of_cadres_only(cast, trainee):
    with pytest.raises(Refused) as refused:
        set_profile(cast, trainee, political="01")
    assert refused.value.code == "political_not_needed"
    by_group = cast.person(groups=["village_three_committees"])
    assert set_profile(cast, by_group, political="01").political == "01"
    by_class = cast.person()
    training_class = cast.training_class(people=[by_class])
    type(training_class).objects.filter(pk=training_class.pk).update(tier="cadre")
    assert asks_political(by_class)


def test_a_cadre_of_before_is_asked_no_longer(cast):
    person = cast.person(groups=["village_three_committees"])
    assert asks_political(person)
    registry.void_membership(by=cast.clerk, membership=person.memberships.get(), reason="other person")
    assert not asks_political(person)


# --- Photo ----------------------------------------------------------------------------------------------------


def picture(kind="JPEG", size=(1200, 1600), **facts) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#886644").save(out, kind, **facts)
    return out.getvalue()


def test_a_photo_is_made_small_and_loses_what_the_camera_wrote():
    exif = Image.Exif()
    exif[0x0110] = "Spy 3000"
    kept = small_photo(picture(exif=exif))
    image = Image.open(io.BytesIO(kept))
    assert (image.format, image.size, dict(image.getexif()), b"Spy" in kept) == ("JPEG", (276, 368), {}, False)
    assert len(kept) < 40_000


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\xff\xd8\xff not a picture", picture("GIF")])
def test_what_is_no_photo(content):
    assert small_photo(content) is None


def test_a_picture_that_unpacks_into_gigabytes_is_no_photo():
    assert small_photo(picture("PNG", (9000, 9000))) is None


def test_a_photo_is_sealed_replaced_and_removed(cast, trainee, settings, django_capture_on_commit_callbacks):
    profile = actions.set_photo(by=cast.clerk, trainee=trainee, content=picture())
    first = profile.photo.name
    with profile.photo.storage._below.open(first) as sealed:
        assert not sealed.read().startswith(b"\xff\xd8")
    with profile.photo.open("rb") as opened:
        assert opened.read().startswith(b"\xff\xd8")
    with django_capture_on_commit_callbacks(execute=True):
        profile = actions.set_photo(by=cast.clerk, trainee=trainee, content=picture("PNG"))
    assert (profile.photo.storage.exists(first), profile.photo.storage.exists(profile.photo.name)) == (False, True)
    last = profile.photo.name
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_photo(by=cast.clerk, trainee=trainee)
    profile.refresh_from_db()
    assert (bool(profile.photo), profile.photo.storage.exists(last)) == (False, False)
    changes = [event.changes for event in AuditEvent.objects.filter(event="trainee.profile_set").order_by("pk")]
    assert changes == [{"photo": [None, "***"]}, {"photo": ["***", "***"]}, {"photo": ["***", None]}]


def test_a_photo_that_another_file_shows_stays(cast, trainee, django_capture_on_commit_callbacks):
    """After a merge both files hold one picture: replaced in the one, it is still there for the other."""
    kept, other = cast.person(), trainee
    actions.set_profile(by=cast.clerk, trainee=kept, changes={"shop": "佤山小铺"})
    actions.set_photo(by=cast.clerk, trainee=other, content=picture())
    merge_files(by=cast.clerk, survivor=kept, loser=other)
    shared = Profile.objects.get(trainee=other).photo
    assert Profile.objects.get(trainee=kept).photo.name == shared.name
    with django_capture_on_commit_callbacks(execute=True):
        actions.set_photo(by=cast.clerk, trainee=kept, content=picture("PNG"))
    assert (Profile.objects.get(trainee=kept).photo.name != shared.name, shared.storage.exists(shared.name)) == (
        True,
        True,
    )


# --- Pages ----------------------------------------------------------------------------------------------------


def address(trainee, page="profile/") -> str:
    return f"/trainees/{trainee.file_number}/{page}"


@pytest.mark.parametrize(
    ("who", "status"),
    [("clerk", 200), ("manager", 200), ("operator", 200), ("operator_elsewhere", 404), ("auditor", 403),
     ("trainer", 403), ("trainee_user", 403)],
)  # fmt: skip
def test_who_writes_a_profile(cast, trainee, who, status):
    client = client_of(getattr(cast, who))
    assert client.get(address(trainee)).status_code == status
    assert FileView.objects.filter(unmasked="profile").count() == (status == 200)
    if status != 200:
        assert client.post(address(trainee, "photo/"), {"remove": "1"}).status_code == status


def values(form) -> dict:
    return {key: form[key].value() for key in form.fields if form[key].value()}


def test_the_page_saves_and_keeps_what_is_encrypted(cast, trainee):
    set_profile(cast, trainee, wechat="wa_shan")
    client = client_of(cast.operator)
    page = client.get(address(trainee))
    assert "wa_shan" not in page.content.decode()
    facts = {
        **values(page.context["form"]),
        "languages": ["wa"],
        "has_sold_online": "no",
        "residence_place": "530927102000",
    }
    assert client.post(address(trainee), facts).url == address(trainee, "")
    profile = Profile.objects.get()
    assert (profile.wechat, profile.languages, profile.has_sold_online) == ("wa_shan", ["wa"], False)
    assert profile.residence_place == cast.township("岩帅镇")
    client.post(address(trainee), {**facts, "wechat": "-"})
    profile.refresh_from_db()
    assert profile.wechat == ""


def test_the_page_asks_a_guardian_for_children_only_and_the_political_status_of_cadres_only(cast, trainee):
    fields = client_of(cast.clerk).get(address(trainee)).context["form"].fields
    assert {"guardian_name", "political"} & fields.keys() == set()
    child = cast.person(id_number=CHILD, groups=["cadre_leader"])
    fields = client_of(cast.clerk).get(address(child)).context["form"].fields
    assert {"guardian_name", "guardian_phone", "political"} <= fields.keys()


def test_a_wrong_guardian_phone_stands_at_its_field(cast):
    child = cast.person(id_number=CHILD)
    response = client_of(cast.clerk).post(address(child), {"guardian_phone": "12"})
    assert list(response.context["form"].errors) == ["guardian_phone"]


def test_the_page_takes_a_photo(cast, trainee):
    client = client_of(cast.clerk)
    photo = io.BytesIO(picture())
    photo.name = "me.jpg"
    assert client.post(address(trainee, "photo/"), {"photo": photo}).url == address(trainee, "")
    assert "data:image/jpeg;base64," in client.get(address(trainee, "")).content.decode()
    wrong = io.BytesIO(b"%PDF-1.7")
    wrong.name = "me.jpg"
    answer = client.post(address(trainee, "photo/"), {"photo": wrong}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["这不是图片文件，请重新拍照并存为 JPG 或 PNG。"]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u202eabc", "😀" * 20, "a\x00b", "ﷺ" * 30]
)
def test_odd_text_is_taken_or_refused_and_never_breaks_the_page(cast, trainee, text):
    client = client_of(cast.clerk)
    answer = client.post(address(trainee), {"unit": text, "shop": text, "wishes_note": text, "wechat": text})
    assert answer.status_code in (200, 302)
    html = client.get(address(trainee, "")).content.decode()
    assert "<script>alert(1)" not in html
