"""The keys that sign Open Badges: BADGE_KEYS, a ring `name:key:public[,...]`, 32 bytes each in url-safe base64.

The first entry signs; all of them are published for whoever checks. A retired entry drops its private key:
`name::public`. They are other keys than those of the PDF files: badges are checked by programs that expect Ed25519.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NAME = re.compile(r"[A-Za-z0-9_-]{1,30}")


@dataclass(frozen=True)
class BadgeKey:
    name: str
    key: bytes  # empty when it signs no longer
    public: bytes

    def sign(self, data: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.key).sign(data)

    @property
    def public_key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.public)


class RingUnreadable(ValueError):
    """BADGE_KEYS is not what bin/setup --keys writes."""


def new_ring(name: str = "b1") -> str:
    key = Ed25519PrivateKey.generate()
    return f"{name}:{_written(key.private_bytes_raw())}:{_written(key.public_key().public_bytes_raw())}"


@lru_cache(maxsize=4)
def read_ring(text: str) -> tuple[BadgeKey, ...]:
    """The entries of BADGE_KEYS; none when it is empty."""
    try:
        ring = tuple(_entry(entry.strip()) for entry in text.split(",") if entry.strip())
        if len({entry.name for entry in ring}) < len(ring) or (ring and not ring[0].key):
            raise ValueError(text)
    except (ValueError, binascii.Error) as error:
        raise RingUnreadable(
            "BADGE_KEYS must read name:key:public[,name::public...], each name once, the first with its key, 32 bytes "
            "each in url-safe base64; bin/setup --keys writes one."
        ) from error
    return ring


def _entry(text: str) -> BadgeKey:
    name, key, public = text.split(":")
    entry = BadgeKey(name, _read(key) if key else b"", _read(public))
    private = Ed25519PrivateKey.from_private_bytes(entry.key) if key else None
    if not NAME.fullmatch(name) or len(entry.public) != 32:
        raise ValueError(name)
    # A pair that does not belong together would sign what nobody can check.
    if private and private.public_key().public_bytes_raw() != entry.public:
        raise ValueError(name)
    return entry


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def _read(text: str) -> bytes:
    return base64.b64decode(text, altchars=b"-_", validate=True)
