"""Personal fields at rest: encrypted with a key ring, found through a keyed hash.

FIELD_KEYS is a comma-separated ring "name:base64key" of Fernet keys; the first encrypts, all decrypt.
FIELD_INDEX_KEY keys the look-up hash and is not in the ring: a rotated ring must not lose every look-up.

What is written begins with the fingerprint of its key and a dot, so that a value says which key it wants even when that
key is lost. Values of before have no fingerprint: each key is tried.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

FINGERPRINT_LENGTH = 8
DOT = b"."  # stands in no Fernet token


class KeyLost(Exception):
    """No key of the ring opens this value. `fingerprint` is the key's it wants, empty where it does not say."""

    def __init__(self, fingerprint: str = ""):
        which = f"the key with the fingerprint {fingerprint}" if fingerprint else "the key it was written with"
        super().__init__(f"No key in FIELD_KEYS opens this value; add {which}.")
        self.fingerprint = fingerprint


@dataclass(frozen=True)
class Key:
    name: str
    fingerprint: str
    fernet: Fernet


@lru_cache(maxsize=8)
def _ring(keys: str) -> tuple[Key, ...]:
    try:
        return tuple(_key(*entry.split(":", 1)) for entry in keys.split(",") if entry)
    except (TypeError, ValueError) as error:
        raise ImproperlyConfigured(
            "FIELD_KEYS must read name:key[,name:key...], each key 32 bytes in url-safe base64; "
            "bin/setup --keys makes one."
        ) from error


def _key(name: str, text: str) -> Key:
    fernet = Fernet(text.strip())
    digest = hashlib.sha256(base64.urlsafe_b64decode(text.strip()))
    return Key(name.strip(), digest.hexdigest()[:FINGERPRINT_LENGTH], fernet)


def ring() -> tuple[Key, ...]:
    """The keys of FIELD_KEYS, the one that encrypts first."""
    return _ring(settings.FIELD_KEYS)


def encrypt(text: str) -> str:
    return encrypt_bytes(text.encode()).decode()


def decrypt(token: str) -> str:
    return decrypt_bytes(token.encode()).decode()


def encrypt_bytes(data: bytes) -> bytes:
    first = ring()[0]
    return first.fingerprint.encode() + DOT + first.fernet.encrypt(data)


def decrypt_bytes(data: bytes) -> bytes:
    return open_with_key(data)[1]


def open_with_key(data: bytes) -> tuple[Key, bytes]:
    """The key that opens it, and what it held; KeyLost when none does."""
    fingerprint, token = _parts(data)
    for key in ring():
        if fingerprint in ("", key.fingerprint):
            try:
                return key, key.fernet.decrypt(token)
            except InvalidToken:
                continue
    raise KeyLost(fingerprint)


def is_current(data: bytes) -> bool:
    """Whether it says of itself that the first key wrote it."""
    return _parts(data)[0] == ring()[0].fingerprint


def _parts(data: bytes) -> tuple[str, bytes]:
    if data[FINGERPRINT_LENGTH : FINGERPRINT_LENGTH + 1] != DOT:
        return "", data
    return data[:FINGERPRINT_LENGTH].decode("ascii", "replace"), data[FINGERPRINT_LENGTH + 1 :]


def lookup_hash(purpose: str, text: str) -> str:
    """64 hex digits; the same text under another purpose hashes differently. Empty text stays empty."""
    if not text:
        return ""
    key = base64.b64decode(settings.FIELD_INDEX_KEY)
    return hmac.new(key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()
