"""The signature, checked by openbadgeslib: it knows nothing of our code and carries the published contexts whole."""

import copy
import json
from importlib.resources import files
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3.ldp import OB3LdpVerifier, document_loader, verify_data_integrity_proof
from openbadgeslib.ob3.verifier import OB3VerificationError
from pyld import jsonld

from certificates.badges import actions, documents, proofs
from lms.paper import badge_keys
from tests.certificates.badge_cases import DID, SITE, a_badge, a_certificate, as_kind, fetch


@pytest.fixture(autouse=True)
def the_site(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def badge(cast, centre):
    return a_badge(cast)


def check(document: dict, **options):
    """By the issuer's DID: keys and status list are fetched from the site's own pages."""
    verifier = OB3LdpVerifier.for_issuer_did(DID)
    return verifier.verify(json.dumps(document), download=fetch, verify_status_list=False, **options)


def test_an_independent_library_accepts_a_badge(badge):
    found = check(documents.credential(badge), check_status=True)
    assert found.issuer.id == DID
    assert found.id == f"urn:uuid:{badge.public_id}"


@pytest.mark.parametrize("kind", ["completion", "attendance", "trainer", "award"])
@pytest.mark.parametrize("with_name", [True, False])
def test_every_kind_is_accepted(cast, centre, kind, with_name):
    certificate = a_certificate(cast)
    if kind != "completion":
        certificate = as_kind(certificate, kind)
    badge = actions.make(by=cast.trainee_user, certificate=certificate, with_name=with_name)
    assert check(documents.credential(badge), check_status=True).issuer.id == DID


CHANGES = [
    ("name", lambda d: d.update(name="别的")),
    ("id", lambda d: d.update(id="urn:uuid:00000000-0000-4000-8000-000000000000")),
    ("valid from", lambda d: d.update(validFrom="2018-06-01T00:00:00+08:00")),
    ("course", lambda d: d["credentialSubject"]["achievement"].update(name="别的")),
    ("criteria", lambda d: d["credentialSubject"]["achievement"]["criteria"].update(narrative="别的")),
    ("hash", lambda d: d["credentialSubject"]["identifier"][0].update(identityHash="sha256$" + "0" * 64)),
    ("status", lambda d: d["credentialStatus"].update(statusListIndex="1")),
    ("no status", lambda d: d.pop("credentialStatus")),
    ("issuer", lambda d: d["issuer"].update(name="别的")),
    ("type", lambda d: d["credentialSubject"]["achievement"].update(achievementType="Degree")),
    ("time of the proof", lambda d: d["proof"].update(created="2018-06-01T00:00:00Z")),
    ("proof", lambda d: d["proof"].update(proofValue="z" + "2" * 86)),
    ("no proof", lambda d: d.pop("proof")),
    ("no end of proof", lambda d: d["proof"].update(proofValue="z")),
    ("another suite", lambda d: d["proof"].update(cryptosuite="eddsa-jcs-2022")),
    ("another key", lambda d: d["proof"].update(verificationMethod=DID + "#b9")),
]


@pytest.mark.parametrize("change", [change for _name, change in CHANGES], ids=[name for name, _change in CHANGES])
def test_any_change_is_found_by_them_and_by_us(badge, settings, change):
    document = documents.credential(badge)
    change(document)
    with pytest.raises(OB3VerificationError):
        check(document)
    assert not proofs.is_signed_by(document, badge_keys.read_ring(settings.BADGE_KEYS))


def test_ours_is_recognised_by_us(badge, settings):
    ring = badge_keys.read_ring(settings.BADGE_KEYS)
    assert proofs.is_signed_by(documents.credential(badge), ring)
    assert not proofs.is_signed_by(documents.credential(badge), badge_keys.read_ring(badge_keys.new_ring()))


def test_nothing_that_a_stranger_could_make_costly_is_canonised(badge, settings):
    """Nodes tied together by names, deep and wide documents, foreign contexts: refused before any work is done."""
    ring = badge_keys.read_ring(settings.BADGE_KEYS)
    knot = {"id": "_:a", "type": "Profile"}
    for change in (
        {"@context": [proofs.CREDENTIALS, {"x": "https://x.example/"}]},
        {"@context": "https://x.example/"},
        {"issuer": [knot] * 3},
        {"issuer": [{"type": "Profile"}] * 6},
        {"issuer": {"@id": "https://x.example/"}},
        {"issuer": {"unheard": "of"}},
        {"name": 3.5},
        {"name": "x" * 50_000},
        {"proof": "x"},
    ):
        assert not proofs.is_signed_by({**documents.credential(badge), **change}, ring)
    deep: dict = {}
    for _ in range(2_000):
        deep = {"issuer": deep}
    assert not proofs.is_signed_by({**documents.credential(badge), **deep}, ring)


def canonical(document: dict, loader) -> str:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": loader}
    return jsonld.normalize(document, options)


def test_our_short_context_says_what_the_published_one_says(badge):
    """Word for word for every term we use, so the signed statements are the same."""
    folder = files("openbadgeslib") / "ob3" / "contexts"
    whole = json.loads((folder / "ob-v3p0-context-3.0.3.json").read_text())["@context"]
    ours = proofs._loader()(proofs.OPEN_BADGES, {})["document"]
    ours = (json.loads(ours) if isinstance(ours, str) else ours)["@context"]

    def differing(own: dict, published: dict, path: str = "") -> list[str]:
        wrong = []
        for name, value in own.items():
            if name == "@context":
                wrong += differing(value, published[name], path + "/")
            elif isinstance(value, dict) and "@context" in value:
                wrong += differing(value, published[name], f"{path}{name}")
            elif published.get(name) != value:
                wrong.append(path + name)
        return wrong

    assert differing(ours, whole) == []
    document = documents.unsigned(badge)
    assert canonical(document, proofs._loader()) == canonical(document, document_loader())


def test_every_statement_is_signed(badge):
    """JSON-LD drops words it does not know; whoever reads them would believe them."""
    quads = canonical(documents.unsigned(badge), document_loader())

    def words(value) -> list[str]:
        if isinstance(value, dict):
            return [word for key, one in value.items() if key != "@context" for word in words(one)]
        if isinstance(value, list):
            return [word for one in value for word in words(one)]
        return [str(value).lower() if isinstance(value, bool) else value]

    kinds = {"VerifiableCredential", "OpenBadgeCredential", "Profile", "AchievementSubject", "IdentityObject"}
    for word in words(documents.unsigned(badge)):
        written = word.replace("\n", "\\n").replace('"', '\\"')
        assert written in quads or word in kinds, word


def test_another_implementation_signs_the_same_bytes():
    """Digital Bazaar's JavaScript libraries (data-integrity 2.5, eddsa-rdfc-2022-cryptosuite 1.3, jsonld) signed these
    with the key whose 32 bytes count from 0. Ed25519 has one signature for one text, so ours must be theirs.
    """
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    key = badge_keys.BadgeKey("b1", private.private_bytes_raw(), private.public_key().public_bytes_raw())
    theirs = json.loads((Path(__file__).parents[1] / "data" / "badges_signed_elsewhere.json").read_text())
    assert len(theirs) == 4
    for document in theirs:
        unsigned = {name: value for name, value in document.items() if name != "proof"}
        ours = proofs.signed(unsigned, key=key, method=DID + "#b1", created=document["proof"]["created"])
        assert ours == document


def test_a_changed_key_signs_and_the_old_badges_hold(badge, settings):
    old = documents.credential(badge)
    name, _key, public = settings.BADGE_KEYS.split(":")
    settings.BADGE_KEYS = f"{badge_keys.new_ring('b2')},{name}::{public}"
    new = documents.credential(badge)
    assert [old["proof"]["verificationMethod"], new["proof"]["verificationMethod"]] == [DID + "#b1", DID + "#b2"]
    for document in (old, new):
        assert check(document, check_status=True).issuer.id == DID
    settings.BADGE_KEYS = settings.BADGE_KEYS.partition(",")[0]
    with pytest.raises(OB3VerificationError):
        check(old)


def test_the_same_badge_gives_the_same_bytes(badge, quiet_day):
    first = documents.credential(badge)
    quiet_day.shift(86_400)
    assert documents.credential(badge) == first


def test_the_status_list_is_signed_too(badge, settings):
    document = documents.status_list(1)
    pem = badge_keys.read_ring(settings.BADGE_KEYS)[0].public_key
    verify_data_integrity_proof(document, as_pem(pem))
    tampered = copy.deepcopy(document)
    tampered["credentialSubject"]["encodedList"] = documents.encode_bits([1])
    with pytest.raises(OB3VerificationError):
        verify_data_integrity_proof(tampered, as_pem(pem))


def as_pem(key) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    "ring",
    [
        "x",
        "b1:AA:AA",
        "b1::" + "A" * 43 + "=",
        "b 1:" + "A" * 43 + "=:" + "A" * 43 + "=",
        "b1:" + "A" * 43 + "=:" + "A" * 43 + "=",
    ],
    ids=["words", "short", "the first has no key", "name", "a pair that does not belong together"],
)
def test_a_ring_that_cannot_sign_is_refused(ring):
    with pytest.raises(badge_keys.RingUnreadable):
        badge_keys.read_ring(ring)


def test_base58_there_and_back():
    for raw in (bytes(64), bytes([0] * 3 + [7] * 61), bytes(range(64))):
        assert proofs.from_multibase(proofs.multibase(raw)) == raw
    for text in ("", "x", "zO", "z" + "z" * 200, "z" + "z" * 99):
        with pytest.raises(ValueError, match=r"^|z"):
            proofs.from_multibase(text)
