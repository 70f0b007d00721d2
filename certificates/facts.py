"""The machine-readable record of a certificate: what is attached to its file, in words that outlive this program."""

from .enums import CertificateKind
from .models import Certificate, DesignVersion

SCHEMA = "county-certificate/1"
FILE_NAME = "certificate.json"


def record_of(certificate: Certificate) -> dict:
    """Plain JSON values; the same facts as on the paper, and nothing more of the person."""
    return {
        "schema": SCHEMA,
        "number": certificate.number,
        "check": certificate.check_address,
        "holder": {"name": certificate.name, "id_kind": certificate.id_kind, "id_number": certificate.id_number},
        "class": {"code": certificate.class_code, "title": certificate.class_title},
        "course": {"title": certificate.course_title, "title_en": certificate.course_title_en},
        "hours": certificate.hours,
        "first_day": certificate.first_day.isoformat(),
        "last_day": certificate.last_day.isoformat(),
        "assessed": certificate.assessed,
        "issuer": {"name": certificate.issuer, "name_en": certificate.issuer_en},
        "issued_on": certificate.issued_on.isoformat(),
        "design": design_of(certificate.design),
        **_of_other_kinds(certificate),
    }


def _of_other_kinds(certificate: Certificate) -> dict:
    """What a certificate of completion does not have; its record stays as it was signed in the files of before."""
    if certificate.kind == CertificateKind.COMPLETION:
        return {}
    until = certificate.valid_until
    return {
        "kind": certificate.kind,
        "valid_until": until.isoformat() if until else None,
        "contest": {"title": certificate.contest_title, "title_en": certificate.contest_title_en},
        "project": certificate.project_title,
        "award": {"title": certificate.award, "title_en": certificate.award_en},
    }


def design_of(design: DesignVersion) -> dict:
    """Which version of which design the paper follows, and the digest of all that it says."""
    return {"name": design.name, "version": design.version, "digest": design.digest}


def same(one: dict, other: dict) -> bool:
    """Whether two records say the same; the site's address may have changed between them."""
    # A file that was handed out before designs had versions names none; what it says of the person is compared.
    same_design = one.get("design") == other.get("design") or None in (one.get("design"), other.get("design"))
    return same_design and {**one, "check": "", "design": ""} == {**other, "check": "", "design": ""}
