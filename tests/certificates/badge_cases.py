"""Badges of every kind, and a world to check them in: the site itself and no network."""

import uuid
from urllib.parse import urlsplit

from django.test import Client

from certificates import actions as certificates
from certificates.badges import actions
from certificates.models import Badge, Certificate
from tests.cast import TODAY, Cast, synthetic_id
from tests.certificates.classes import ISSUER, finished_class
from trainees.contest.models import Contest, Entry

SITE = "https://school.example.cn"
DID = "did:web:school.example.cn"
NAME, PHONE = "艾嘎岩", "13812345678"
ID_NUMBER = synthetic_id(997)


def fetch(url: str, *, expect: int = 200) -> bytes:
    """What a checker's program gets from the site."""
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}" == SITE
    answer = Client().get(parts.path)
    assert answer.status_code == expect
    return answer.content


def a_certificate(cast: Cast, *, name: str = NAME) -> Certificate:
    """Of a completed class, for somebody with an account."""
    person = cast.person(name=name, id_number=ID_NUMBER, phone=PHONE)
    person.user = cast.trainee_user
    person.save()
    return certificates.issue(by=cast.clerk, training_class=finished_class(cast, [person]))[0]


def a_badge(cast: Cast, *, with_name: bool = False) -> Badge:
    return actions.make(by=cast.trainee_user, certificate=a_certificate(cast), with_name=with_name)


def as_kind(certificate: Certificate, kind: str, **facts) -> Certificate:
    """The same person's certificate of another kind, written as its record holds it."""
    basis: dict = {"training_class": certificate.training_class}
    if kind == "award":
        contest = Contest.objects.latest("pk")
        entry = Entry.objects.create(
            contest=contest, receipt_number="R1", kind="person", leader_name=NAME, phone=PHONE,
            township=certificate.trainee.township, project_title="蜂蜜", summary="蜂蜜", trainee=certificate.trainee,
        )  # fmt: skip
        basis = {"entry": entry, "contest_title": contest.title, "contest_title_en": contest.title_en}
        basis |= {"award": "一等奖", "award_en": "First prize", "project_title": "蜂蜜"}
    else:
        basis |= {
            name: getattr(certificate, name) for name in ("course_title", "course_title_en", "hours", "class_code")
        }
    return Certificate.objects.create(**{
        **basis, "design": certificate.design,
        "kind": kind, "number": f"X-{kind}", "series": f"X-{kind}", "serial": 1, "token": uuid.uuid4().hex,
        "trainee": certificate.trainee, "name": certificate.name, "id_number": ID_NUMBER, "first_day": TODAY,
        "last_day": TODAY, "assessed": kind == "trainer", "issuer": ISSUER, "issued_on": TODAY, "issued_by": "文员",
        **facts,
    })  # fmt: skip


def replace(certificate: Certificate, **facts) -> Certificate:
    """A newer certificate takes this one's place, as the record holds it."""
    certificate.state, certificate.replaced_on = "replaced", TODAY
    certificate.save()
    newer = as_kind(certificate, "completion", replaces=certificate, reissue_reason="misprint", **facts)
    certificate.refresh_from_db()
    return newer
