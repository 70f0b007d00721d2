"""Personal fields at rest: encrypted with a key ring, found through a keyed hash.

FIELD_KEYS is a comma-separated ring "name:base64key" of Fernet keys; the first encrypts, all decrypt.
FIELD_INDEX_KEY keys the look-up hash and is not in the ring: a rotated ring must not lose every look-up.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class KeyLost(Exception):
    """No key of the ring opens this value."""


@lru_cache(maxsize=4)
def _ring(keys: str) -> MultiFernet:
    try:
        return MultiFernet([Fernet(entry.split(":", 1)[1].strip()) for entry in keys.split(",") if entry])
    except (IndexError, ValueError) as error:
        raise ImproperlyConfigured(
            "FIELD_KEYS must read name:key[,name:key...], each key 32 bytes in url-safe base64; "
            "bin/setup --keys makes one."
        ) from error


def encrypt(text: str) -> str:
    return _ring(settings.FIELD_KEYS).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    return decrypt_bytes(token.encode()).decode()


def encrypt_bytes(data: bytes) -> bytes:
    return _ring(settings.FIELD_KEYS).encrypt(data)


def decrypt_bytes(data: bytes) -> bytes:
    try:
        return _ring(settings.FIELD_KEYS).decrypt(data)
    except InvalidToken as error:
        raise KeyLost("No key in FIELD_KEYS opens this value; add the key it was written with.") from error


def lookup_hash(purpose: str, text: str) -> str:
    """64 hex digits; the same text under another purpose hashes differently. Empty text stays empty."""
    if not text:
        return ""
    key = base64.b64decode(settings.FIELD_INDEX_KEY)
    return hmac.new(key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()
