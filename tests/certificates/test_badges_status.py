"""The status list, decoded by openbadgeslib and by hand: one bit for one badge, from the certificates themselves."""

import base64
import gzip
import json

import pytest
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.status import decode_encoded_list, set_indices
from openbadgeslib.ob3.verifier import OB3VerificationError

from certificates import actions as certificates
from certificates.badges import actions, documents, queries, rules
from certificates.models import Badge
from tests.certificates.badge_cases import DID, SITE, a_badge, a_certificate, as_kind, fetch, replace


@pytest.fixture(autouse=True)
def the_site(settings):
    settings.SITE_URL = SITE


def bits(number: int = 1) -> set[int]:
    """The set bits, as another library reads them."""
    document = json.loads(fetch(f"{SITE}/badges/status/{number}/"))
    return set(set_indices(decode_encoded_list(document["credentialSubject"]["encodedList"])))


def passes(badge: Badge, document: dict) -> bool:
    try:
        OB3LdpVerifier.for_issuer_did(DID).verify(document, check_status=True, download=fetch, verify_status_list=False)
    except OB3VerificationError:
        return False
    return True


def test_a_revocation_turns_the_bit_and_only_that(cast, centre):
    badge = a_badge(cast)
    other = actions.make(by=cast.clerk, certificate=as_kind(badge.certificate, "trainer"))
    signed = [documents.credential(each) for each in (badge, other)]
    assert bits() == set()
    certificates.revoke(by=cast.manager, certificate=badge.certificate, reason="身份信息有误")
    assert bits() == {badge.status_index}
    assert [passes(badge, signed[0]), passes(other, signed[1])] == [False, True]


def test_a_replaced_certificate_is_revoked_for_programs(cast, centre):
    badge = a_badge(cast)
    replace(badge.certificate)
    assert bits() == {badge.status_index}


def test_the_list_as_the_w3c_writes_it(cast, centre):
    badge = a_badge(cast)
    certificates.revoke(by=cast.manager, certificate=badge.certificate, reason="身份信息有误")
    document = documents.status_list(1)
    assert document["id"] == SITE + "/badges/status/1/"
    assert document["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert document["issuer"] == DID
    assert (document["validFrom"], document["validUntil"]) == ("2018-06-15T00:00:00+08:00", "2018-06-22T00:00:00+08:00")
    subject = document["credentialSubject"]
    assert (subject["type"], subject["statusPurpose"]) == ("BitstringStatusList", "revocation")
    text = subject["encodedList"]
    assert text.startswith("u")
    raw = gzip.decompress(base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4)))
    assert len(raw) == 16 * 1024
    # Place 0 is the leftmost bit of the first byte.
    number = int.from_bytes(raw)
    assert number == 1 << (len(raw) * 8 - 1 - badge.status_index)


def test_the_ends_of_the_list(cast, centre):
    decoded = set(set_indices(decode_encoded_list(documents.encode_bits([0, 7, 8, 131_071]))))
    assert decoded == {0, 7, 8, 131_071}


def test_tomorrow_the_list_is_signed_anew(cast, centre, quiet_day):
    badge = a_badge(cast)
    first = documents.status_list(1)
    assert documents.status_list(1) == first
    quiet_day.shift(10 * 86_400)
    later = documents.status_list(1)
    assert later["validFrom"] == "2018-06-25T00:00:00+08:00"
    assert passes(badge, documents.credential(badge))


def test_a_copy_of_last_week_speaks_no_longer(cast, centre, quiet_day):
    badge = a_badge(cast)
    document, old = documents.credential(badge), fetch(SITE + "/badges/status/1/")
    quiet_day.shift(10 * 86_400)

    def stale(url: str) -> bytes:
        return old if "status" in url else fetch(url)

    with pytest.raises(OB3VerificationError, match="expired"):
        OB3LdpVerifier.for_issuer_did(DID).verify(document, check_status=True, download=stale, verify_status_list=False)


def test_a_full_list_opens_the_next(cast, centre, monkeypatch):
    monkeypatch.setattr(rules, "LIST_BADGES", 1)
    certificate = a_certificate(cast)
    lists = [
        actions.make(by=cast.clerk, certificate=each).status_list
        for each in (certificate, as_kind(certificate, "trainer"), as_kind(certificate, "attendance"))
    ]
    assert lists == [1, 2, 3]
    assert [queries.has_list(number) for number in (1, 2, 3, 4)] == [True, True, True, False]
    certificates.revoke(by=cast.manager, certificate=certificate, reason="身份信息有误")
    assert (len(bits(1)), len(bits(2))) == (1, 0)


def test_a_taken_place_is_drawn_again(cast, centre, monkeypatch):
    draws = iter([5, 5, 5, 6])
    monkeypatch.setattr(actions.secrets, "randbelow", lambda most: next(draws))
    certificate = a_certificate(cast)
    first = actions.make(by=cast.clerk, certificate=certificate)
    second = actions.make(by=cast.clerk, certificate=as_kind(certificate, "trainer"))
    assert (first.status_index, second.status_index) == (5, 6)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_one_question(cast, centre, count, django_assert_num_queries):
    certificate = a_certificate(cast)
    made = [certificate, as_kind(certificate, "trainer"), as_kind(certificate, "attendance")][:count]
    for each in made:
        actions.make(by=cast.clerk, certificate=each)
        certificates.revoke(by=cast.manager, certificate=each, reason="身份信息有误")
    with django_assert_num_queries(1):
        assert len(queries.ended_bits(1)) == count
