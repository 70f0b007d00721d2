"""The manager decides how certificates are numbered; what was numbered stays as it is."""

import datetime

import pytest
from django.urls import reverse

from certificates import actions, queries
from certificates.enums import CertificateKind
from certificates.models import Certificate, NumberScheme, NumberSeries
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import client_of
from tests.certificates.classes import finished_class

LETTERED = "{county}-{year}-{kind}-{serial:4}-{check}"


def decide(cast, pattern=LETTERED, kind="completion", **facts) -> NumberScheme:
    return actions.set_scheme(by=cast.manager, programme=cast.programme, kind=kind, pattern=pattern, **facts)


def issued(cast) -> str:
    (certificate,) = actions.issue(by=cast.clerk, training_class=finished_class(cast, 1))
    return certificate.number[:-1]


def test_the_numbers_of_before_hold_until_something_is_decided(cast):
    scheme = queries.scheme_of(cast.programme, CertificateKind.COMPLETION)
    assert (scheme.pk, scheme.version, scheme.pattern) == (None, 0, "{county}-{year}-{serial:5}-{check}")
    assert queries.scheme_of(cast.programme, CertificateKind.TRAINER).valid_months == 24


def test_a_change_starts_a_series_for_later_certificates_and_going_back_goes_on(cast, centre):
    first = issued(cast)
    decide(cast)
    second = issued(cast)
    decide(cast, "{county}-{year}-{serial:5}-{check}")
    third = issued(cast)
    assert [first, second, third] == ["CY530927-2018-00001-", "CY530927-2018-J-0001-", "CY530927-2018-00002-"]
    held = {series.key: series.last_serial for series in NumberSeries.objects.all()}
    assert held == {"CY530927-2018": 2, "CY530927-2018-J": 1}


def test_each_decision_is_a_version_and_the_same_again_is_none(cast):
    one, again, two = decide(cast, note="市局要求 13800138000"), decide(cast), decide(cast, "{year}-{serial:5}-{check}")
    assert (one.version, again.pk, two.version) == (1, one.pk, 2)
    assert one.note == "市局要求 138****8000"
    assert AuditEvent.objects.filter(event="number_scheme.decided").last().reason == one.note
    event = AuditEvent.objects.filter(event="number_scheme.decided").earliest("pk")
    assert event.changes["pattern"] == ["{county}-{year}-{serial:5}-{check}", LETTERED]
    assert event.actor == cast.manager.label


@pytest.mark.parametrize(
    ("kind", "pattern", "months", "code"),
    [
        ("completion", "{year}", None, "scheme_end"),
        ("completion", LETTERED, 24, "holds_for_good"),
        ("trainer", LETTERED, None, "months_missing"),
    ],
)
def test_what_makes_no_sense_is_refused(cast, kind, pattern, months, code):
    with pytest.raises(Refused) as refusal:
        decide(cast, pattern, kind, valid_months=months)
    assert refusal.value.code == code
    assert not NumberScheme.objects.exists()


def test_two_series_that_differ_in_hyphens_alone_never_give_one_number_twice(cast, centre):
    issued(cast)
    decide(cast, "{county}{year}-{serial:5}-{check}")
    with pytest.raises(Refused) as refusal:
        issued(cast)
    assert refusal.value.code == "number_taken"
    assert Certificate.objects.count() == 1
    assert not NumberSeries.objects.filter(key="CY5309272018").exists()


def test_a_number_of_any_scheme_is_found_as_typed(cast, centre):
    decide(cast, "CYDS-{year}.B-{serial:4}-{check}")
    (certificate,) = actions.issue(by=cast.clerk, training_class=finished_class(cast, 1))
    for typed in (
        certificate.number,
        certificate.number.lower().replace("-", " "),
        certificate.number.replace("-", ""),
    ):
        assert queries.find_by_number(typed) == certificate


def test_a_class_number_in_the_scheme_makes_a_series_of_each_class(cast, centre):
    decide(cast, "{class}-{serial:3}-{check}")
    classes = [finished_class(cast, 2) for _ in range(2)]
    for training_class in classes:
        papers = actions.issue(by=cast.clerk, training_class=training_class)
        assert [paper.number[:-2] for paper in papers] == [f"{training_class.code}-001", f"{training_class.code}-002"]


# --- the pages ----------------------------------------------------------------------------------------------------


def test_the_page_shows_an_example_of_each_kind(cast):
    decide(cast, kind="award")
    page = client_of(cast.clerk).get(reverse("number_schemes"))
    assert [one.example[:-1] for one in page.context["schemes"]] == [
        "CY530927-2018-00001-", "CY530927-2018-00001-", "CY530927-2018-00001-", "CY530927-2018-H-0001-",
    ]  # fmt: skip
    assert page.context["may_change"] is False


def test_a_scheme_is_tried_before_it_holds(cast):
    client, address = client_of(cast.manager), reverse("number_scheme", args=["trainer"])
    tried = client.post(address, {"pattern": LETTERED, "valid_months": "36", "try": "on"})
    assert (tried.status_code, tried.context["example"][:-1]) == (200, "CY530927-2018-S-0001-")
    assert not NumberScheme.objects.exists()
    assert client.post(address, {"pattern": LETTERED, "valid_months": "36"}).url == reverse("number_schemes")
    scheme = NumberScheme.objects.get()
    assert (scheme.pattern, scheme.valid_months, scheme.decided_by) == (LETTERED, 36, cast.manager.label)
    assert scheme.decided_on == datetime.date(2018, 6, 15)


@pytest.mark.parametrize("posted", [{"pattern": "x"}, {"pattern": ""}, {"pattern": "x" * 10_000}])
def test_a_wrong_scheme_is_answered_beside_its_field(cast, posted):
    page = client_of(cast.manager).post(reverse("number_scheme", args=["completion"]), posted)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["pattern"]


@pytest.mark.parametrize(
    ("who", "shown", "changed"),
    [("manager", 200, 200), ("clerk", 200, 403), ("auditor", 200, 403), ("operator", 403, 403), ("outsider", 403, 403)],
)
def test_who_sees_and_who_changes(cast, who, shown, changed):
    client = client_of(getattr(cast, who))
    assert client.get(reverse("number_schemes")).status_code == shown
    assert client.get(reverse("number_scheme", args=["award"])).status_code == changed


def test_there_is_no_other_kind(cast):
    assert client_of(cast.manager).get(reverse("number_scheme", args=["diploma"])).status_code == 404
