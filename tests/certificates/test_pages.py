import re

import pytest
from django.test import Client
from django.urls import reverse

from certificates import actions, binding, limits, numbers
from certificates.models import Certificate, PrintRun
from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.audit.models import AuditEvent
from lms.jobs.enums import JobState
from lms.jobs.models import Job
from lms.jobs.registry import KINDS
from lms.privacy.models import FileView
from tests.cast import SETUP, TODAY, client_of
from tests.certificates.classes import finished_class
from tests.certificates.test_paper import NOT_IN_THE_FONT, opened, text_of
from trainees.registry.actions import set_limit
from trainees.registry.enums import Limit

ENGLISH = {"HTTP_COOKIE": "django_language=en"}


@pytest.fixture
def training_class(cast, centre):
    return finished_class(cast, [cast.person(name="艾嘎"), cast.person(name="叶那")])


@pytest.fixture
def certificate(cast, training_class) -> Certificate:
    return actions.issue(by=cast.clerk, training_class=training_class)[0]


def of_class(name: str, training_class) -> str:
    return reverse(name, args=[training_class.code])


# --- the class's page ---------------------------------------------------------------------------------------------


def test_the_page_shows_who_is_due_and_issues(cast, training_class):
    client = client_of(cast.clerk)
    page = client.get(of_class("class_certificates", training_class))
    assert (page.context["due"], page.context["issued"], page.context["not_due"]) == (2, 0, 0)
    assert "艾嘎" not in page.content.decode()
    answer = client.post(of_class("class_issue", training_class), {"issued_on": "2018-06-14"})
    assert answer.url == of_class("class_certificates", training_class)
    assert Certificate.objects.filter(training_class=training_class, issued_on="2018-06-14").count() == 2
    page = client.get(of_class("class_certificates", training_class))
    assert (page.context["due"], page.context["issued"]) == (0, 2)


def test_a_refusal_is_a_message_and_nothing_is_issued(cast, training_class):
    client = client_of(cast.clerk)
    for day in ("2018-06-13", "2018-06-16", "soon"):
        page = client.post(of_class("class_issue", training_class), {"issued_on": day}, follow=True)
        assert len(page.context["messages"]) == 1
    assert not Certificate.objects.exists()


@pytest.mark.parametrize(("posted", "said"), [({"issued_on": "soon"}, "date"), ({"kind": "x"}, "kind")])
def test_the_message_names_what_was_wrong(cast, training_class, posted, said):
    client = client_of(cast.clerk)
    client.cookies["django_language"] = "en"
    page = client.post(of_class("class_issue", training_class), posted, follow=True)
    sentences = {"date": "This is not a date.", "kind": "There is no such kind of certificate"}
    (message,) = page.context["messages"]
    assert str(message).startswith(sentences[said])
    assert not Certificate.objects.exists()


def test_the_page_promises_no_paper_that_the_design_decides(cast, certificate, training_class):
    page = client_of(cast.clerk).get(of_class("class_certificates", training_class)).content
    assert "A4" not in page.decode()


def test_a_running_class_has_no_certificates_yet(cast, centre):
    page = client_of(cast.clerk).get(of_class("class_certificates", cast.training_class(people=1)))
    assert page.status_code == 200
    assert page.context["refusal"].code == "class_not_closed"


WHO_SEES = [
    ("manager", 200), ("clerk", 200), ("auditor", 200), ("operator", 200), ("trainer", 200),
    ("operator_elsewhere", 404), ("other_trainer", 404), ("trainee_user", 403), ("admin", 403), ("outsider", 403),
]  # fmt: skip
WHO_ISSUES = [
    ("clerk", 302), ("manager", 302), ("trainer", 403), ("operator", 403), ("auditor", 403),
    ("operator_elsewhere", 404), ("other_trainer", 404), ("outsider", 403),
]  # fmt: skip


@pytest.mark.parametrize(("who", "status"), WHO_SEES)
def test_who_sees_the_page(cast, training_class, who, status):
    client = client_of(getattr(cast, who))
    assert client.get(of_class("class_certificates", training_class)).status_code == status


@pytest.mark.parametrize(("who", "status"), WHO_ISSUES)
@pytest.mark.parametrize("name", ["class_issue", "class_print"])
def test_who_issues_and_prints(cast, training_class, who, status, name):
    assert client_of(getattr(cast, who)).post(of_class(name, training_class)).status_code == status
    assert Certificate.objects.exists() is (status == 302 and name == "class_issue")


@pytest.mark.parametrize(("who", "status"), WHO_ISSUES)
def test_who_revokes(cast, certificate, who, status):
    address = reverse("certificate_revoke", args=[certificate.number])
    assert client_of(getattr(cast, who)).post(address, {"reason": "身份信息有误"}).status_code == status
    certificate.refresh_from_db()
    assert certificate.state == ("revoked" if status == 302 else "valid")


def test_revoking_without_a_reason_changes_nothing(cast, certificate):
    client = client_of(cast.clerk)
    page = client.post(reverse("certificate_revoke", args=[certificate.number]), {"reason": " "}, follow=True)
    assert len(page.context["messages"]) == 1
    certificate.refresh_from_db()
    assert certificate.state == "valid"


def test_another_one_for_a_person_whose_certificate_was_revoked(cast, training_class, certificate):
    actions.revoke(by=cast.manager, certificate=certificate, reason="身份信息有误")
    client = client_of(cast.clerk)
    client.post(of_class("class_issue", training_class), {"file_number": certificate.trainee.file_number})
    assert Certificate.objects.filter(trainee=certificate.trainee, state="valid").count() == 1


# --- printing -----------------------------------------------------------------------------------------------------


def printed(cast, training_class, django_capture_on_commit_callbacks, **posted) -> Job:
    with django_capture_on_commit_callbacks(execute=True):
        answer = client_of(cast.clerk).post(of_class("class_print", training_class), {"kind": "sheets", **posted})
    job = Job.objects.get(kind="certificate_print")
    assert answer.url == reverse("job_page", args=[job.public_id])
    return job


def run_of(job: Job) -> PrintRun:
    return PrintRun.objects.get(pk=job.subject)


def pages_of(run: PrintRun) -> list:
    return list(opened(b"".join(binding.file_of(run))))


def test_a_class_is_printed_in_the_background(cast, training_class, certificate, django_capture_on_commit_callbacks):
    job = printed(cast, training_class, django_capture_on_commit_callbacks)
    assert (job.state, job.done, job.failed, job.total) == (JobState.DONE, 2, 0, 2)
    run = run_of(job)
    address = KINDS[job.kind].address(job)
    assert address == reverse("certificate_print", args=[run.public_id])
    client = client_of(cast.clerk)
    assert client.get(of_class("class_certificates", training_class)).context["runs"] == [run]
    page = client.get(address)
    assert (page.status_code, page.context["ready"]) == (200, True)
    answer = client.get(address + "file/")
    document = opened(answer.content)
    numbers = Certificate.objects.order_by("number").values_list("number", flat=True)
    assert [re.search(r"CY[\w-]+", text_of(page)).group() for page in document] == list(numbers)
    assert "no-store" in answer["Cache-Control"]
    for other in (cast.manager, cast.operator, cast.outsider):
        for closed in (address, address + "file/"):
            assert client_of(other).get(closed).status_code in (403, 404)


def test_printing_is_a_look_into_each_file(cast, training_class, certificate, django_capture_on_commit_callbacks):
    printed(cast, training_class, django_capture_on_commit_callbacks)
    assert FileView.objects.filter(unmasked="id_number", viewer_id=str(cast.clerk.pk)).count() == 2
    assert AuditEvent.objects.filter(event="certificate.printed").count() == 2


def test_one_missing_glyph_does_not_hold_up_the_others(cast, centre, django_capture_on_commit_callbacks):
    people = [cast.person(name="艾嘎"), cast.person(name=f"田{NOT_IN_THE_FONT}")]
    training_class = finished_class(cast, people)
    actions.issue(by=cast.clerk, training_class=training_class)
    page = client_of(cast.clerk).get(of_class("class_certificates", training_class))
    assert [row["missing"] for row in page.context["rows"]] == ["", f"{NOT_IN_THE_FONT} (U+2EBF0)"]
    job = printed(cast, training_class, django_capture_on_commit_callbacks)
    assert (job.state, job.done, job.failed, job.total) == (JobState.DONE, 1, 1, 2)
    assert len(pages_of(run_of(job))) == 1
    page = client_of(cast.clerk).get(KINDS[job.kind].address(job))
    assert [(item.why, item.missing) for item in page.context["stopped"]] == [
        ("missing_glyph", f"{NOT_IN_THE_FONT} (U+2EBF0)")
    ]
    single = client_of(cast.clerk).get(
        reverse("certificate_pdf", args=[Certificate.objects.get(trainee=people[1]).number])
    )
    assert single.status_code == 409


def test_nothing_to_print_yet(cast, training_class):
    page = client_of(cast.clerk).post(of_class("class_print", training_class), {"kind": "sheets"}, follow=True)
    assert len(page.context["messages"]) == 1
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("clerk", 200),
        ("operator", 200),
        ("operator_elsewhere", 404),
        ("trainer", 403),
        ("auditor", 403),
        ("outsider", 404),
    ],
)
def test_who_has_the_single_file(cast, certificate, who, status):
    address = reverse("certificate_pdf", args=[certificate.number])
    assert client_of(getattr(cast, who)).get(address).status_code == status
    assert FileView.objects.filter(unmasked="id_number").exists() is (status == 200)


def test_the_paper_is_handed_over_only_where_the_role_that_does_it_reaches(cast, centre):
    here, elsewhere = cast.person(name="艾嘎"), cast.person(name="叶那", township="岩帅镇")
    accounts.grant_role(by=SETUP, user=cast.operator, role=Role.AUDITOR)
    client = client_of(User.objects.get(pk=cast.operator.pk))
    actions.issue(by=cast.clerk, training_class=finished_class(cast, [here, elsewhere]))
    for trainee, status in ((here, 200), (elsewhere, 403)):
        number = Certificate.objects.get(trainee=trainee).number
        assert client.get(reverse("certificate_pdf", args=[number])).status_code == status


def test_a_restricted_file_is_printed_for_its_holder_alone(cast, certificate):
    set_limit(by=cast.manager, trainee=certificate.trainee, limit=Limit.RESTRICTED, reason="本人申请")
    certificate.trainee.user = cast.trainee_user
    certificate.trainee.save(update_fields=["user"])
    address = reverse("certificate_pdf", args=[certificate.number])
    page = client_of(cast.clerk).get(address)
    assert (page.status_code, "应本人要求，此档案限制处理" in page.content.decode()) == (409, True)
    assert client_of(cast.operator).get(address).status_code == 409
    assert client_of(cast.auditor).get(address).status_code == 403
    assert not FileView.objects.exists()
    page = client_of(cast.clerk).get(reverse("certificate_page", args=[certificate.number]))
    assert page.context["may_have_file"] is False
    assert client_of(cast.trainee_user).get(address).status_code == 200


# --- the public check ---------------------------------------------------------------------------------------------


def test_the_check_says_valid_in_both_languages_without_the_name(certificate):
    page = Client().get(reverse("certificate_check", args=[certificate.token]))
    content = page.content.decode()
    assert page.status_code == 200
    assert page.context["is_valid"] is True
    assert "This certificate is valid." in content
    assert content.count(certificate.number) == 2
    assert "艾*" in content
    assert "艾嘎" not in content
    assert certificate.id_number not in content
    assert page["X-Robots-Tag"].startswith("noindex")
    assert "no-store" in page["Cache-Control"]


def test_the_check_says_revoked_with_its_day(cast, certificate):
    actions.revoke(by=cast.manager, certificate=certificate, reason="内部原因")
    page = Client().get(reverse("certificate_check", args=[certificate.token]))
    assert page.context["is_valid"] is False
    content = page.content.decode()
    assert f"This certificate was revoked on {TODAY}." in content
    assert "内部原因" not in content


@pytest.mark.parametrize(
    "token", ["x", "' OR 1=1 --", "a/b/c", "A" * 22, "Z" * 10_000, "%00", "..", "<script>alert(1)</script>"]
)
def test_every_wrong_code_gets_the_same_page(certificate, token):
    def plain(page) -> str:
        return re.sub(r'(csrf[^>]*value="|X-CSRFToken": "|nonce=")[^"]+|name="next" value="[^"]*"|next=[^"]*', "", page)

    wrong = Client().get(reverse("certificate_check", args=[token]))
    other = Client().get("/c/zzzzzzzzzzzzzzzzzzzzzz/")
    assert (wrong.status_code, other.status_code) == (404, 404)
    assert wrong.templates[0].name == "certificates/unknown.html"
    assert plain(wrong.content.decode()) == plain(other.content.decode())


def ask(number: str, name: str, client: Client | None = None):
    return (client or Client()).post(reverse("certificate_verify"), {"number": number, "name": name})


def test_number_and_name_lead_to_the_check(certificate):
    answer = ask(certificate.number.lower().replace("-", " "), " 艾 嘎")
    assert answer.url == reverse("certificate_check", args=[certificate.token])


def test_a_wrong_name_and_a_wrong_number_get_the_same_answer(certificate):
    unknown = numbers.number_of("CY530927-2018", 77_777)
    wrong_name, wrong_number = ask(certificate.number, "艾那"), ask(unknown, "艾嘎")
    assert (wrong_name.status_code, wrong_number.status_code) == (404, 404)
    assert wrong_name.context["not_found"] is wrong_number.context["not_found"] is True


@pytest.mark.parametrize("number", ["", "' OR 1=1 --", "1" * 10_000, "CY530927-2018-00001-?", "\x00"])
@pytest.mark.parametrize("name", ["", "艾" * 10_000, "'; DROP TABLE trainees; --"])
def test_nonsense_gets_a_clear_answer(certificate, number, name):
    answer = ask(number, name)
    assert answer.status_code == 400
    assert answer.context["form"].errors["number"]


def test_guessing_is_slowed_down(certificate):
    unknown = numbers.number_of("CY530927-2018", 77_777)
    for _ in range(limits.QUESTIONS):
        assert ask(unknown, "艾嘎").status_code == 404
    stopped = ask(certificate.number, "艾嘎")
    assert stopped.status_code == 429
    assert certificate.number in stopped.content.decode()


def test_the_form_is_open_to_everyone():
    assert Client().get(reverse("certificate_verify")).status_code == 200


# --- one's own ----------------------------------------------------------------------------------------------------


def test_a_trainee_sees_the_own_certificates_only(cast, training_class, certificate):
    certificate.trainee.user = cast.trainee_user
    certificate.trainee.save()
    page = client_of(cast.trainee_user).get(reverse("my_certificates"))
    assert list(page.context["certificates"]) == [certificate]
    other = Certificate.objects.exclude(pk=certificate.pk).get()
    client = client_of(cast.trainee_user)
    assert client.get(reverse("certificate_pdf", args=[certificate.number])).status_code == 200
    assert client.get(reverse("certificate_pdf", args=[other.number])).status_code == 404
    assert not FileView.objects.exists()
    assert list(client_of(cast.outsider).get(reverse("my_certificates")).context["certificates"]) == []


def test_signed_out_people_are_sent_to_sign_in(certificate):
    for address in (reverse("my_certificates"), reverse("certificate_pdf", args=[certificate.number])):
        assert Client().get(address).status_code == 302


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_asks_a_constant_number_of_queries(cast, centre, people, django_assert_max_num_queries):
    training_class = finished_class(cast, people)
    actions.issue(by=cast.clerk, training_class=training_class)
    client = client_of(cast.clerk)
    client.get(of_class("class_certificates", training_class))
    with django_assert_max_num_queries(14):
        client.get(of_class("class_certificates", training_class))
