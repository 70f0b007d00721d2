"""The keys that sign what is handed out: SIGNING_KEYS, a ring `name:key:certificate[,...]` in base64 of DER.

The first entry signs; all of them are recognised. A retired entry may drop its private key: `name::certificate`.
"""

import base64
import binascii
import datetime
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

YEARS = 30  # the paper hangs on a wall for decades


@dataclass(frozen=True)
class SigningKey:
    name: str
    key: bytes  # PKCS#8 in DER; empty when it signs no longer
    certificate: bytes

    @property
    def fingerprint(self) -> str:
        return x509.load_der_x509_certificate(self.certificate).fingerprint(hashes.SHA256()).hex()

    @property
    def fingerprint_in_groups(self) -> str:
        """As it is read out on the telephone."""
        return " ".join(self.fingerprint[at : at + 4] for at in range(0, 64, 4)).upper()


class RingUnreadable(ValueError):
    """SIGNING_KEYS is not what bin/setup --keys writes."""


def new_ring(*, site: str = "", now: datetime.datetime | None = None) -> str:
    """A fresh P-256 key with a certificate by itself, as one entry."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = now or datetime.datetime.now(datetime.UTC)
    subject = [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "County e-commerce training centre"),
        x509.NameAttribute(NameOID.COMMON_NAME, f"Training certificates {site}".strip()[:64]),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject))
        .issuer_name(x509.Name(subject))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signs_documents(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    parts = (base64.b64encode(one).decode() for one in (der, certificate.public_bytes(serialization.Encoding.DER)))
    return "s1:" + ":".join(parts)


def _signs_documents() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


@lru_cache(maxsize=4)
def read_ring(text: str) -> tuple[SigningKey, ...]:
    """The entries of SIGNING_KEYS; none when it is empty."""
    try:
        return tuple(_entry(entry.strip()) for entry in text.split(",") if entry.strip())
    except (ValueError, binascii.Error) as error:
        raise RingUnreadable(
            "SIGNING_KEYS must read name:key:certificate[,name::certificate...], each in base64; "
            "bin/setup --keys writes one."
        ) from error


def _entry(text: str) -> SigningKey:
    name, key, certificate = text.split(":")
    entry = SigningKey(name, base64.b64decode(key, validate=True), base64.b64decode(certificate, validate=True))
    x509.load_der_x509_certificate(entry.certificate)
    if entry.key:
        serialization.load_der_private_key(entry.key, password=None)
    return entry
