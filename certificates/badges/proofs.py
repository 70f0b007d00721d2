"""Data Integrity proofs: cryptosuite eddsa-rdfc-2022 of the W3C, the one Open Badges 3.0 names.

What is signed is the canonical form (RDFC-1.0) of the JSON-LD, so spaces and the order of keys do not matter. The
contexts come from this machine: nothing is ever fetched.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from pyld import jsonld
from pyld.documentloader.frozen import BUNDLED_CONTEXTS, FrozenDocumentLoader

from lms.paper.badge_keys import BadgeKey

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
SUITE = "eddsa-rdfc-2022"
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519 = b"\xed\x01"  # multicodec of a public key
# A canonical form can be made to take for ever. What we hand out has 12 objects and no list of more than 3.
OBJECTS, ENTRIES, DEPTH, TEXT = 30, 5, 8, 40_000
# Every key of what we hand out.
KEYS = """
id type name issuer url description validFrom validUntil awardedDate credentialSubject identifier hashed identityHash
identityType salt achievement achievementType criteria narrative image caption inLanguage activityStartDate
activityEndDate credentialStatus statusPurpose statusListIndex statusListCredential proof cryptosuite created
verificationMethod proofPurpose proofValue
"""
TERMS = frozenset(KEYS.split())


@lru_cache(maxsize=1)
def _loader() -> FrozenDocumentLoader:
    """Our file of the Open Badges context holds the terms we use; a test compares it with the whole."""
    own = Path(__file__).parent / "contexts" / "open-badges-3.0.3.json"
    return FrozenDocumentLoader({CREDENTIALS: BUNDLED_CONTEXTS[CREDENTIALS], OPEN_BADGES: own})


def _digest(document: dict[str, Any]) -> bytes:
    # The older name of RDFC-1.0: the same but for control characters, which no text of ours holds.
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _loader()}
    return hashlib.sha256(jsonld.normalize(document, options).encode()).digest()


def _to_sign(document: dict[str, Any], proof: dict[str, Any]) -> bytes:
    return _digest({"@context": document["@context"], **proof}) + _digest(document)


def signed(document: dict[str, Any], *, key: BadgeKey, method: str, created: str) -> dict[str, Any]:
    """The document with its proof. `method`: the DID URL of the key. `created`: a time with its zone."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    return {**document, "proof": {**proof, "proofValue": multibase(key.sign(_to_sign(document, proof)))}}


def is_signed_by(document: dict[str, Any], ring: tuple[BadgeKey, ...]) -> bool:
    """Whether a stranger's document carries a proof by one of our keys over all it says."""
    proof = document.get("proof")
    if not isinstance(proof, dict) or not _is_simple(document):
        return False
    rest = {name: value for name, value in document.items() if name != "proof"}
    unsigned = {name: value for name, value in proof.items() if name != "proofValue"}
    key = next((key for key in ring if str(proof.get("verificationMethod")).endswith(f"#{key.name}")), None)
    if key is None or proof.get("cryptosuite") != SUITE or proof.get("proofPurpose") != "assertionMethod":
        return False
    try:
        key.public_key.verify(from_multibase(str(proof.get("proofValue"))), _to_sign(rest, unsigned))
    except (InvalidSignature, ValueError, jsonld.JsonLdError):
        return False
    return True


def _is_simple(document: dict[str, Any]) -> bool:
    """Of the shape we hand out: our contexts, few objects, no name of a node that would tie them into knots.

    Keys that JSON-LD would drop unsigned (unknown terms) are refused as well: who reads them would believe them.
    """
    context = document.get("@context")
    if context not in ([CREDENTIALS, OPEN_BADGES], [CREDENTIALS]):
        return False
    rest = {name: value for name, value in document.items() if name != "@context"}
    count = 0
    todo: list[tuple[Any, int]] = [(rest, 0)]
    while todo:
        value, depth = todo.pop()
        if depth > DEPTH:
            return False
        if isinstance(value, dict):
            count += 1
            if count > OBJECTS or not value.keys() <= TERMS:
                return False
            todo.extend((one, depth + 1) for one in value.values())
        elif isinstance(value, list):
            if len(value) > ENTRIES:
                return False
            todo.extend((one, depth + 1) for one in value)
        elif not isinstance(value, bool | str) or (
            isinstance(value, str) and (len(value) > TEXT or value.startswith("_:"))
        ):
            return False
    return True


def multibase(raw: bytes) -> str:
    """Base58 as Bitcoin writes it, marked with z."""
    number, text = int.from_bytes(raw), ""
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    return "z" + "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


def from_multibase(text: str) -> bytes:
    """A signature's 64 bytes; ValueError when it is none."""
    if not text.startswith("z") or len(text) > 100:
        raise ValueError(text[:100])
    number = 0
    for char in text[1:]:
        number = number * 58 + ALPHABET.index(char)
    try:
        return number.to_bytes(64)
    except OverflowError as error:
        raise ValueError(text) from error


def multikey(key: BadgeKey) -> str:
    return multibase(ED25519 + key.public)
