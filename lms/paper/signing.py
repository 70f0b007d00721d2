"""Signatures on PDF files: PAdES B-B with the centre's own key, and what a given file's signature is worth.

Imported late: pyHanko takes a third of a second. There is no time stamp in the signature (B-T): that takes an
authority on the network, and a centre may have neither the line nor the contract. The day on the paper is the record's.
"""

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from asn1crypto import cms, keys, x509
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lms.refusals import Refused

from .signing_keys import SigningKey, read_ring

FIELD = "Centre"
# CMS of a P-256 key with one certificate takes 1.3 kB; the file holds it in hex.
RESERVED_BYTES = 2048
BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")


class Verdict(StrEnum):
    GENUINE = "genuine"  # signed by us, and every byte as it was
    ALTERED = "altered"  # signed by us, and changed since
    FOREIGN = "foreign"  # no signature, or somebody else's


@dataclass(frozen=True)
class Checked:
    verdict: Verdict
    attachments: dict[str, bytes]


def ring() -> tuple[SigningKey, ...]:
    return read_ring(settings.SIGNING_KEYS)


@lru_cache(maxsize=4)
def _signer(entry: SigningKey) -> signers.SimpleSigner:
    certificate = x509.Certificate.load(entry.certificate)
    return signers.SimpleSigner(
        signing_cert=certificate,
        signing_key=keys.PrivateKeyInfo.load(entry.key),
        cert_registry=SimpleCertificateStore.from_certs([certificate]),
    )


def sign(content: bytes, *, reason: str) -> bytes:
    """The same file with an invisible signature over all of it, after which nothing may be changed."""
    held = ring()
    if not held or not held[0].key:
        raise Refused(
            "no_signing_key",
            _("The server has no key to sign certificates with, so nothing was handed out. Run bin/setup --keys."),
        )
    facts = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, reason=reason,
        certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )  # fmt: skip
    place = fields.SigFieldSpec(
        sig_field_name=FIELD,
        # What a reading voice calls it.
        readable_field_name="电子签名 Electronic signature",
        # PDF/A wants it printable, PDF/UA wants it outside the page: there is nothing of it to see or to read out.
        invis_sig_settings=fields.InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True),
    )
    signed = signers.PdfSigner(facts, signer=_signer(held[0]), new_field_spec=place).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(content)), bytes_reserved=2 * RESERVED_BYTES
    )
    return signed.getvalue()


def check(content: bytes) -> Checked:
    """What a file from anywhere is worth.

    Only bytes are looked at until the signature over them is known to be ours: no PDF of a stranger is ever parsed.
    """
    found = _outermost(content)
    entry = _signed_by(found.container) if found else None
    if found is None or entry is None:
        return Checked(Verdict.FOREIGN, {})
    if not found.covers_all or not _intact(found, entry):
        return Checked(Verdict.ALTERED, {})
    reader = PdfFileReader(io.BytesIO(content))
    if not _valid_signature(reader, entry):
        return Checked(Verdict.ALTERED, {})
    return Checked(Verdict.GENUINE, dict(_attachments(reader)))


@dataclass(frozen=True)
class _Container:
    """The last signature in a file, as bytes."""

    container: bytes
    digest: bytes
    covers_all: bool


def _outermost(content: bytes) -> _Container | None:
    ranges = list(BYTE_RANGE.finditer(content))
    if not ranges:
        return None
    start, length, again, rest = (int(number) for number in ranges[-1].groups())
    hexed = content[start + length + 1 : again - 1]
    try:
        container = bytes.fromhex(hexed.decode("ascii"))
    except ValueError:
        return None
    digest = hashlib.sha256(content[start : start + length] + content[again : again + rest]).digest()
    covers_all = start == 0 and again + rest == len(content) and length + len(hexed) + 2 == again
    return _Container(container, digest, covers_all)


def _signed_data(container: bytes) -> cms.SignedData:
    """Raises ValueError (and asn1crypto's own TypeError, KeyError) where it is none."""
    signed = cms.ContentInfo.load(container)["content"]
    if not isinstance(signed, cms.SignedData) or len(signed["signer_infos"]) != 1:
        raise ValueError
    return signed


def _signed_by(container: bytes) -> SigningKey | None:
    """Which of our certificates the signature names; a name is not yet a proof."""
    try:
        named = {hashlib.sha256(one.chosen.dump()).digest() for one in _signed_data(container)["certificates"]}
    except (ValueError, TypeError, KeyError):
        return None
    for entry in ring():
        if hashlib.sha256(entry.certificate).digest() in named:
            return entry
    return None


def _intact(found: _Container, entry: SigningKey) -> bool:
    signer = _signed_data(found.container)["signer_infos"][0]
    try:
        same, valid = validate_sig_integrity(
            signer, x509.Certificate.load(entry.certificate), expected_content_type="data", actual_digest=found.digest
        )
    except Exception:
        # Whatever a forger put in there: it is not what we signed.
        return False
    return same and valid


def _valid_signature(reader: PdfFileReader, entry: SigningKey) -> bool:
    """The whole judgement by PAdES rules; these bytes are ours by now."""
    certificate = x509.Certificate.load(entry.certificate)
    context = ValidationContext(trust_roots=[certificate], allow_fetching=False)
    signatures = reader.embedded_signatures
    return len(signatures) == 1 and validate_pdf_signature(signatures[0], context).bottom_line


def _attachments(reader: PdfFileReader) -> Iterator[tuple[str, bytes]]:
    names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"] if "/Names" in reader.root else []
    for spec in list(names)[1::2]:
        spec = spec.get_object()  # noqa: PLW2901
        yield str(spec["/UF"]), spec["/EF"]["/F"].data
