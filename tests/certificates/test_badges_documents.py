"""What a badge says, field by field as Open Badges 3.0 and the W3C ask, and what it keeps to itself."""

import hashlib
import json
import re

import pytest
from django.utils import timezone, translation

from certificates import actions as certificates
from certificates import forbidden as wording
from certificates.badges import actions, documents
from certificates.models import Badge
from tests.certificates.badge_cases import (
    DID,
    ID_NUMBER,
    NAME,
    PHONE,
    SITE,
    a_badge,
    a_certificate,
    as_kind,
)  # fmt: skip
from tests.certificates.classes import ISSUER

UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(autouse=True)
def the_site(settings):
    settings.SITE_URL = SITE


def test_a_whole_credential(cast, centre):
    badge = a_badge(cast)
    certificate = badge.certificate
    document = documents.credential(badge)
    proof, achievement = document["proof"], document["credentialSubject"]["achievement"]
    assert UUID.fullmatch(achievement.pop("id"))
    assert document == {
        # VC 2.0, 4.3: the base context first; Open Badges 3.0, 3: then its own, by its version.
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": f"urn:uuid:{badge.public_id}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achievement["name"],
        "issuer": {
            "id": DID,
            "type": ["Profile"],
            "name": f"{ISSUER} / Cangyuan County Rural E-commerce Centre",
            "url": SITE + "/",
        },
        "validFrom": "2018-06-15T00:00:00+08:00",
        "awardedDate": "2018-06-15T00:00:00+08:00",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": "sha256$" + hashlib.sha256((certificate.number + badge.salt).encode()).hexdigest(),
                    "identityType": "ext:certificateNumber",
                    "salt": badge.salt,
                }
            ],
            "activityStartDate": "2018-06-13T00:00:00+08:00",
            "activityEndDate": "2018-06-14T23:59:59+08:00",
            "achievement": {
                "type": ["Achievement"],
                "achievementType": "CertificateOfCompletion",
                "name": f"{certificate.course_title}：结业 / {certificate.course_title_en}: completed",
                "description": f"课程“{certificate.course_title}”，{certificate.hours} 学时。\n"
                f"The course “{certificate.course_title_en}”, {certificate.hours} training hours.",
                "criteria": {"narrative": achievement["criteria"]["narrative"]},
                "image": {"id": SITE + "/badges/pictures/completion.png", "type": "Image"},
                "inLanguage": "zh-Hans",
            },
        },
        "credentialStatus": {
            "id": f"{SITE}/badges/status/1/#{badge.status_index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(badge.status_index),
            "statusListCredential": SITE + "/badges/status/1/",
        },
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2018-06-15T04:00:00Z",
            "verificationMethod": DID + "#b1",
            "proofPurpose": "assertionMethod",
            "proofValue": proof["proofValue"],
        },
    }


TYPES = {"completion": "CertificateOfCompletion", "attendance": "Course", "trainer": "Certificate", "award": "Award"}


@pytest.mark.parametrize(("kind", "what"), TYPES.items())
def test_each_kind_is_another_achievement(cast, centre, kind, what):
    certificate = a_certificate(cast)
    other = certificate if kind == "completion" else as_kind(certificate, kind)
    achievement = documents.achievement(other)
    assert achievement["achievementType"] == what
    assert achievement["image"]["id"] == f"{SITE}/badges/pictures/{kind}.png"
    same_kind = {"completion": certificate}
    assert (achievement["id"] == documents.achievement(certificate)["id"]) is (kind in same_kind)
    text = json.dumps(achievement, ensure_ascii=False)
    assert wording.forbidden_word(text) == ""
    narrative = achievement["criteria"]["narrative"].split("\n")
    assert len(narrative) == 2
    if kind == "trainer":
        assert "holds for its own courses" in narrative[1]
    if kind == "attendance":
        assert narrative[1].endswith("Not all of its required practical tasks were passed.")
    if kind == "award":
        assert "一等奖" in achievement["name"]
        assert "First prize" in achievement["name"]


def test_who_achieved_the_same_carries_the_same_achievement(cast, centre):
    first = a_certificate(cast)
    again = as_kind(first, "attendance", number="Y", series="Y", state="revoked", revoked_on="2018-06-15")
    other = as_kind(first, "attendance")
    assert documents.achievement(again)["id"] == documents.achievement(other)["id"]
    other.hours = 99
    assert documents.achievement(again)["id"] != documents.achievement(other)["id"]


def test_a_certificate_that_ends_says_when(cast, centre):
    certificate = as_kind(a_certificate(cast), "trainer", valid_until="2020-06-14")
    certificate.refresh_from_db()
    badge = actions.make(by=cast.trainee_user, certificate=certificate)
    assert documents.unsigned(badge)["validUntil"] == "2020-06-14T23:59:59+08:00"


def everything(badge: Badge) -> str:
    """All that a stranger's program can get."""
    made = [documents.credential(badge), documents.status_list(1), documents.did_document(), documents.issuer_profile()]
    return json.dumps(made, ensure_ascii=False)


@pytest.mark.parametrize("with_name", [False, True])
def test_nothing_of_the_person_but_what_was_chosen(cast, centre, with_name):
    badge = a_badge(cast, with_name=with_name)
    text = everything(badge)
    certificate = badge.certificate
    assert (NAME in text) is with_name
    for secret in (
        ID_NUMBER, ID_NUMBER[-4:] + '"', PHONE, certificate.number, certificate.token, badge.token,
        certificate.trainee.file_number, certificate.trainee.township.name,
    ):  # fmt: skip
        assert secret not in text
    # No hash of something a computer could try out either.
    for guess in (ID_NUMBER, PHONE, NAME, certificate.trainee.file_number):
        assert hashlib.sha256((guess + badge.salt).encode()).hexdigest() not in text


def test_a_wiped_file_takes_its_name_out_of_the_badge(cast, centre):
    badge = a_badge(cast, with_name=True)
    badge.certificate.trainee.anonymised_at = timezone.now()
    assert len(documents.unsigned(badge)["credentialSubject"]["identifier"]) == 1


def test_a_name_with_control_characters_and_quotes_is_signed_as_it_is_read(cast, centre):
    certificate = a_certificate(cast)
    certificate.name = '艾"嘎\\\t\x0b·𠮷'
    certificate.save()
    badge = actions.make(by=cast.trainee_user, certificate=certificate, with_name=True)
    assert documents.unsigned(badge)["credentialSubject"]["identifier"][1]["identityHash"] == '艾"嘎\\  ·𠮷'


def test_the_language_of_the_visitor_changes_nothing(cast, centre):
    badge = a_badge(cast)
    with translation.override("en"):
        english = documents.credential(badge)
    with translation.override("zh-hans"):
        assert documents.credential(badge) == english


@pytest.mark.parametrize(
    ("site", "did"),
    [
        ("https://school.example.cn", "did:web:school.example.cn"),
        ("http://localhost:8220", "did:web:localhost%3A8220"),
    ],
)
def test_the_did_is_the_site(settings, site, did):
    settings.SITE_URL = site
    assert documents.did_document()["id"] == did


def test_the_keys_are_published_and_no_private_one(settings):
    document = documents.did_document()
    (method,) = document["verificationMethod"]
    assert method["id"] == document["assertionMethod"][0] == DID + "#b1"
    assert (method["type"], method["controller"]) == ("Multikey", DID)
    assert method["publicKeyMultibase"].startswith("z6Mk")  # every Ed25519 key as a multikey begins so
    assert settings.BADGE_KEYS.split(":")[1] not in json.dumps(document)


def test_the_profile_has_the_centres_name_of_today(centre, cast):
    assert documents.issuer_profile()["name"] == f"{ISSUER} / Cangyuan County Rural E-commerce Centre"


@pytest.mark.django_db
def test_a_profile_before_the_centre_is_entered():
    assert documents.issuer_profile()["name"] == "沧源电商培训 / Cangyuan e-commerce training"


def test_without_a_key_everything_but_the_badge_runs(cast, centre, settings):
    badge = a_badge(cast)
    settings.BADGE_KEYS = ""
    with pytest.raises(documents.Refused) as refusal:
        documents.credential(badge)
    assert refusal.value.code == "no_badge_key"
    assert documents.did_document()["verificationMethod"] == []
    certificates.revoke(by=cast.manager, certificate=badge.certificate, reason="身份信息有误")
