"""What programs read: the credential, the status list, the issuer's profile and keys. Plain JSON values.

Open Badges 3.0 (1EdTech), Verifiable Credentials 2.0 and Bitstring Status List 1.0 (W3C). Texts carry both languages:
a credential has one wording, whoever reads it.
"""

import base64
import datetime
import gzip
import hashlib
import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.paper.badge_keys import BadgeKey, read_ring
from lms.refusals import Refused

from ..enums import CertificateKind
from ..models import Badge, Certificate
from . import proofs, queries, rules
from .enums import ACHIEVEMENT_TYPES

STATUS_DAYS = 7  # an old copy of a status list must not speak for longer
STATUS_SECONDS = 300  # how long a checker may keep one


def did() -> str:
    """did:web of the site: https://school.example.cn -> did:web:school.example.cn, a port's colon written as %3A."""
    return "did:web:" + urlsplit(settings.SITE_URL).netloc.replace(":", "%3A")


def method(key: BadgeKey) -> str:
    return f"{did()}#{key.name}"


def signing_key() -> BadgeKey:
    ring = read_ring(settings.BADGE_KEYS)
    if not ring:
        raise Refused(
            "no_badge_key",
            _("This installation has no key for badges yet. The administrator makes one with bin/setup --keys."),
        )
    return ring[0]


def address(name: str, *args: object, **named: object) -> str:
    """SITE_URL, not the request's host: what is signed stays."""
    return settings.SITE_URL + reverse(name, args=args or None, kwargs=named or None)


# --- the credential -----------------------------------------------------------------------------------------------


def credential(badge: Badge) -> dict[str, Any]:
    """The signed OpenBadgeCredential. The same badge gives the same bytes, as long as key and address stay."""
    key = signing_key()
    created = badge.made_at.astimezone(datetime.UTC).replace(microsecond=0)
    return proofs.signed(unsigned(badge), key=key, method=method(key), created=_instant(created))


def unsigned(badge: Badge) -> dict[str, Any]:
    certificate = badge.certificate
    ends = certificate.valid_until
    return {
        "@context": [proofs.CREDENTIALS, proofs.OPEN_BADGES],
        "id": f"urn:uuid:{badge.public_id}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": _in_both(lambda: title_of(certificate)),
        "issuer": profile(certificate.issuer, certificate.issuer_en),
        "validFrom": _at(certificate.issued_on, datetime.time.min),
        **({"validUntil": _at(ends, datetime.time(23, 59, 59))} if ends else {}),
        "awardedDate": _at(certificate.issued_on, datetime.time.min),
        "credentialSubject": _subject(badge),
        "credentialStatus": _status_entry(badge),
    }


def _subject(badge: Badge) -> dict[str, Any]:
    certificate = badge.certificate
    number = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": rules.number_hash(certificate.number, badge.salt),
        "identityType": "ext:certificateNumber",
        "salt": badge.salt,
    }
    name = {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": _plain(certificate.name),
        "identityType": "name",
    }
    return {
        "type": ["AchievementSubject"],
        "identifier": [number, name] if badge.shows_name else [number],
        # The published schema wants moments here, its context calls them dates: a moment satisfies both.
        "activityStartDate": _at(certificate.first_day, datetime.time.min),
        "activityEndDate": _at(certificate.last_day, datetime.time(23, 59, 59)),
        "achievement": achievement(certificate),
    }


def achievement(certificate: Certificate) -> dict[str, Any]:
    """What was achieved; all who achieved the same carry the same id."""
    kind = CertificateKind(certificate.kind)
    facts = {
        "type": ["Achievement"],
        "achievementType": ACHIEVEMENT_TYPES[kind],
        "name": _in_both(lambda: title_of(certificate)),
        "description": _in_both(lambda: description_of(certificate), "\n"),
        "criteria": {"narrative": _in_both(lambda: criteria_of(certificate), "\n")},
        "image": {"id": address("badge_picture", kind=kind.value, form="png"), "type": "Image"},
        "inLanguage": "zh-Hans",
    }
    same = json.dumps([settings.SITE_URL, facts], ensure_ascii=False, sort_keys=True)
    return {"id": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, same)}", **facts}


def title_of(certificate: Certificate) -> str:
    """In the language of the moment, as the three below."""
    course = certificate.course_title_here
    if certificate.kind == CertificateKind.AWARD:
        contest = _here(certificate.contest_title, certificate.contest_title_en)
        award = _here(certificate.award, certificate.award_en)
        return _("%(contest)s: %(award)s") % {"contest": contest, "award": award}
    names = {
        CertificateKind.COMPLETION: _("%(course)s: completed"),
        CertificateKind.ATTENDANCE: _("%(course)s: attended"),
        CertificateKind.TRAINER: _("%(course)s: trainer of the centre"),
    }
    return names[CertificateKind(certificate.kind)] % {"course": course}


def description_of(certificate: Certificate) -> str:
    if certificate.kind == CertificateKind.AWARD:
        contest = _here(certificate.contest_title, certificate.contest_title_en)
        return _("An award of the contest “%(contest)s”.") % {"contest": contest}
    course = certificate.course_title_here
    if not certificate.hours:
        return _("The course “%(course)s”.") % {"course": course}
    return ngettext(
        "The course “%(course)s”, %(n)d training hour.", "The course “%(course)s”, %(n)d training hours.",
        certificate.hours,
    ) % {"course": course, "n": certificate.hours}  # fmt: skip


def criteria_of(certificate: Certificate) -> str:
    if certificate.kind == CertificateKind.AWARD:
        return _("The centre gave this award to the entry of the contest.")
    if certificate.kind == CertificateKind.TRAINER:
        return _(
            "The centre found this person fit to teach for it. "
            "It is the centre's own word and holds for its own courses."
        )
    if certificate.kind == CertificateKind.ATTENDANCE:
        return _("Was present at the sessions of the class. Not all of its required practical tasks were passed.")
    if certificate.assessed:
        return _("Completed the class: present as its rule asks, and every required practical task passed.")
    return _("Completed the class: present as its rule asks. The class had no practical task to pass.")


def _in_both(make: Callable[[], str], between: str = " / ") -> str:
    """Chinese and English; once where both are the same."""
    texts = []
    for tongue in ("zh-hans", "en"):
        with translation.override(tongue):
            text = _plain(str(make()))
        if text not in texts:
            texts.append(text)
    return between.join(texts)


def _here(chinese: str, english: str) -> str:
    return english if english and translation.get_language() == "en" else chinese


def _plain(text: str) -> str:
    """Without control characters: programs disagree on how they are written in the canonical form."""
    return "".join(char if char.isprintable() else " " for char in text).strip()


# --- the issuer ---------------------------------------------------------------------------------------------------


def profile(name: str, name_en: str) -> dict[str, Any]:
    both = " / ".join(dict.fromkeys(_plain(text) for text in (name, name_en) if text))
    return {"id": did(), "type": ["Profile"], "name": both, "url": settings.SITE_URL + "/"}


def issuer_profile() -> dict[str, Any]:
    """What the address of the profile shows: the centre under its name of today."""
    centre = queries.centre()
    names = (centre.name, centre.name_en) if centre else (settings.WAGTAIL_SITE_NAME, settings.SITE_NAME_EN)
    return {"@context": [proofs.CREDENTIALS, proofs.OPEN_BADGES], **profile(*names)}


def did_document() -> dict[str, Any]:
    """Every key that ever signed: a credential is checked long after its key was changed."""
    ring = read_ring(settings.BADGE_KEYS)
    methods = [
        {"id": method(key), "type": "Multikey", "controller": did(), "publicKeyMultibase": proofs.multikey(key)}
        for key in ring
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did(),
        "alsoKnownAs": [address("badge_issuer")],
        "verificationMethod": methods,
        "assertionMethod": [each["id"] for each in methods],
    }


# --- the status lists ---------------------------------------------------------------------------------------------


def _status_entry(badge: Badge) -> dict[str, Any]:
    where = address("badge_status", badge.status_list)
    return {
        "id": f"{where}#{badge.status_index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(badge.status_index),
        "statusListCredential": where,
    }


def status_list(number: int) -> dict[str, Any]:
    """The signed list of today. Read from the certificates themselves: no revocation can be forgotten here."""
    encoded = encode_bits(queries.ended_bits(number))
    key = signing_key()
    day = timezone.localdate()
    mark = hashlib.sha256(f"{settings.SITE_URL} {key.public.hex()} {encoded}".encode()).hexdigest()
    name = f"badge-status:{number}:{day}:{mark}"
    held = cache.get(name)
    if held is None:
        held = _sign_list(number, encoded, key, day)
        cache.set(name, held, timeout=3600)
    return held


def _sign_list(number: int, encoded: str, key: BadgeKey, day: datetime.date) -> dict[str, Any]:
    where, begin = address("badge_status", number), _at(day, datetime.time.min)
    document = {
        "@context": [proofs.CREDENTIALS],
        "id": where,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did(),
        "validFrom": begin,
        "validUntil": _at(day + datetime.timedelta(days=STATUS_DAYS), datetime.time.min),
        "credentialSubject": {
            "id": f"{where}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded,
        },
    }
    return proofs.signed(document, key=key, method=method(key), created=begin)


def encode_bits(places: Iterable[int]) -> str:
    """Bitstring Status List 1.0: place 0 is the leftmost bit; gzip, base64url without padding, marked with u."""
    bits = bytearray(rules.LIST_BITS // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")


def _at(day: datetime.date, time: datetime.time) -> str:
    """A moment of the centre's own day."""
    return _instant(datetime.datetime.combine(day, time, tzinfo=timezone.get_current_timezone()))


def _instant(moment: datetime.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
