import datetime
import io
import json

import pytest
from django.core.management import CommandError, call_command

from certificates import actions, numbers
from certificates.models import Certificate
from tests.cast import TODAY
from tests.certificates.classes import ISSUER, attended_class, finished_class
from tests.certificates.test_paper import NOT_IN_THE_FONT, opened, text_of
from trainees.registry.actions import set_limit
from trainees.registry.enums import Limit


def run(*args) -> tuple[int, dict]:
    out, code = io.StringIO(), 0
    try:
        call_command(*args, "--json", stdout=out)
    except SystemExit as stop:
        code = stop.code
    return code, json.loads(out.getvalue())


def test_issue_certificates_writes_a_file_for_each_person(cast, centre, tmp_path):
    absent = cast.person()
    people = [cast.person(), cast.person()]
    training_class = finished_class(cast, [*people, absent], present=people)
    code, report = run("issue_certificates", training_class.code, "--out", str(tmp_path / "new"))
    certificates = list(Certificate.objects.order_by("number"))
    assert code == 0
    assert report == {
        "class": training_class.code,
        "kind": "completion",
        "issued": 2,
        "certificates": [
            {
                "number": certificate.number,
                "file_number": certificate.trainee.file_number,
                "issued_on": TODAY.isoformat(),
                "address": certificate.check_address,
                "file": str(tmp_path / "new" / f"{certificate.number}.pdf"),
            }
            for certificate in certificates
        ],
        "not_printed": [],
        "not_due": [{"file_number": absent.file_number, "reasons": ["not_counted"]}],
    }
    for facts, person in zip(report["certificates"], people, strict=True):
        with open(facts["file"], "rb") as file:
            assert person.name in text_of(opened(file.read())[0])
    code, again = run("issue_certificates", training_class.code, "--out", str(tmp_path / "new"))
    assert (again["issued"], again["certificates"]) == (0, report["certificates"])
    assert len(list((tmp_path / "new").iterdir())) == 2


def test_issue_certificates_reports_what_cannot_be_printed(cast, centre, tmp_path):
    training_class = finished_class(cast, [cast.person(name=f"田{NOT_IN_THE_FONT}")])
    _code, report = run("issue_certificates", training_class.code, "--out", str(tmp_path))
    assert (report["issued"], report["certificates"]) == (1, [])
    assert [stopped["number"] for stopped in report["not_printed"]] == [Certificate.objects.get().number]


def test_issue_certificates_refuses_in_words(cast, centre, tmp_path):
    for code, returncode in (("NO-SUCH", 2), (cast.training_class(people=1).code, 3)):
        with pytest.raises(CommandError) as error:
            call_command("issue_certificates", code, "--out", str(tmp_path))
        assert error.value.returncode == returncode


def test_verify_certificate(cast, centre):
    (certificate,) = actions.issue(by=cast.clerk, training_class=finished_class(cast, [cast.person(name="艾嘎")]))
    code, facts = run("verify_certificate", certificate.number)
    assert (code, facts["state"], facts["name"], facts["issuer"]) == (0, "valid", "艾*", ISSUER)
    actions.revoke(by=cast.clerk, certificate=certificate, reason="重复发证")
    code, facts = run("verify_certificate", certificate.number.replace("-", ""))
    assert (code, facts["state"], facts["revoked_on"]) == (1, "revoked", TODAY.isoformat())
    for unknown in (numbers.number_of("CY530927-2018", 9), "' OR 1=1 --"):
        assert run("verify_certificate", unknown) == (3, {"number": unknown, "state": "unknown"})


def test_issue_certificates_of_another_kind(cast, centre, tmp_path):
    training_class = attended_class(cast, 2)
    _code, report = run("issue_certificates", training_class.code, "--kind", "attendance", "--out", str(tmp_path))
    assert (report["kind"], report["issued"], len(report["certificates"])) == ("attendance", 2, 2)
    _code, report = run("issue_certificates", training_class.code, "--out", str(tmp_path))
    assert (report["issued"], len(report["not_due"])) == (0, 2)
    with pytest.raises(CommandError) as error:
        call_command("issue_certificates", training_class.code, "--kind", "trainer", "--out", str(tmp_path))
    assert error.value.returncode == 3


def test_verify_certificate_tells_replaced_and_expired_apart(cast, centre, quiet_day):
    training_class = finished_class(cast, 1, course="G1")
    (first,) = actions.issue(by=cast.manager, training_class=training_class, kind="trainer")
    newer = actions.reissue(by=cast.manager, certificate=first, reason="lost")
    code, facts = run("verify_certificate", first.number)
    assert (code, facts["state"], facts["replaced_on"]) == (4, "replaced", TODAY.isoformat())
    quiet_day.move_to(datetime.datetime(2020, 6, 15, 4, tzinfo=datetime.UTC))
    code, facts = run("verify_certificate", newer.number)
    assert (code, facts["state"], facts["valid_until"]) == (5, "expired", "2020-06-14")


def test_a_restricted_file_is_written_nowhere(cast, centre, tmp_path):
    training_class = finished_class(cast, 2)
    certificates = actions.issue(by=cast.clerk, training_class=training_class)
    set_limit(by=cast.manager, trainee=certificates[0].trainee, limit=Limit.RESTRICTED, reason="本人申请")
    _code, report = run("issue_certificates", training_class.code, "--out", str(tmp_path))
    assert [each["number"] for each in report["not_printed"]] == [certificates[0].number]
    assert [path.name for path in tmp_path.iterdir()] == [f"{certificates[1].number}.pdf"]
