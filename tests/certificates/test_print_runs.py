"""Print runs: a class, a selection, a year; part by part, in order, once each."""

import datetime
import io
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from certificates import actions, binding, printing, queries, tasks, views
from certificates.checking import judge
from certificates.enums import CertificateKind, CertificateState, FileState, PrintKind
from certificates.models import Certificate, PrintRun
from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.jobs.enums import JobState
from lms.jobs.models import Job
from lms.privacy.models import FileView
from lms.privacy.storage import SealedStorage
from lms.refusals import Refused
from tests.cast import SETUP, client_of
from tests.certificates.classes import attended_class, finished_class
from tests.certificates.test_paper import opened, text_of
from trainees.registry.actions import set_limit
from trainees.registry.enums import Limit

pytestmark = pytest.mark.usefixtures("centre")


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(queries.printing, "PART_SIZE", 2)


def issued(cast, people=5) -> tuple:
    training_class = finished_class(cast, people)
    return training_class, actions.issue(by=cast.clerk, training_class=training_class)


def run_of(job: Job) -> PrintRun:
    return PrintRun.objects.get(pk=job.subject)


def worked(job: Job) -> PrintRun:
    """All steps of the job, as the worker takes them."""
    list(tasks.print_run(job))
    return run_of(job)


def numbers_in(run: PrintRun) -> list[str]:
    document = opened(b"".join(binding.file_of(run)))
    bookmarks = [(mark.get_title().split()[0], mark.get_dest().get_index()) for mark in document.get_toc()]
    assert [at for _number, at in bookmarks] == list(range(len(document)))
    for (number, at), page in zip(bookmarks, document, strict=True):
        assert number in text_of(page), at
    return [number for number, _at in bookmarks]


def names_in(run: PrintRun, user) -> list[str]:
    answer = client_of(user).get(reverse("certificate_print_file", args=[run.public_id]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as pack:
        assert pack.testzip() is None
        assert all(judge(pack.read(name)).state == FileState.GENUINE for name in pack.namelist())
        return pack.namelist()


def test_a_class_is_bound_of_its_parts_in_roster_order(cast, small_parts):
    training_class, certificates = issued(cast)
    job = actions.order_class(by=cast.clerk, training_class=training_class, kind=PrintKind.SHEETS)
    run = worked(job)
    assert numbers_in(run) == [each.number for each in certificates]
    assert list(run.parts.values_list("number", "printed")) == [(0, 2), (1, 2), (2, 1)]


def test_a_zip_holds_a_signed_file_for_each(cast, small_parts):
    training_class, certificates = issued(cast, 3)
    run = worked(actions.order_class(by=cast.clerk, training_class=training_class, kind=PrintKind.FILES))
    assert names_in(run, cast.clerk) == [f"{each.number}.pdf" for each in certificates]


def test_issue_and_print_in_one_go(cast, small_parts):
    training_class = finished_class(cast, 3)
    job = actions.order_class(by=cast.clerk, training_class=training_class, kind=PrintKind.SHEETS, first_issue=True)
    assert not Certificate.objects.exists()
    run = worked(job)
    assert numbers_in(run) == list(Certificate.objects.order_by("number").values_list("number", flat=True))
    assert Certificate.objects.count() == 3


def test_work_goes_on_behind_the_last_part_that_was_kept(cast, small_parts):
    training_class, certificates = issued(cast)
    job = actions.order_class(by=cast.clerk, training_class=training_class, kind=PrintKind.SHEETS)
    steps = tasks.print_run(job)
    assert [next(steps), next(steps)] == [(0, 0, 5), (2, 0, 5)]
    steps.close()  # the worker is gone
    first = run_of(job).parts.get()
    assert next(tasks.print_run(job)) == (2, 0, 5)
    run = worked(job)
    assert run.parts.get(number=0).pk == first.pk
    assert numbers_in(run) == [each.number for each in certificates]
    assert FileView.objects.filter(unmasked="id_number").count() == 5


def test_two_workers_at_the_same_part_keep_one(cast, small_parts):
    training_class, _certificates = issued(cast, 2)
    run = run_of(actions.order_class(by=cast.clerk, training_class=training_class, kind=PrintKind.SHEETS))
    actions.settle(by=cast.clerk, run=run)
    items = queries.items_of_part(run, 0)
    part = {"by": cast.clerk, "run": run, "number": 0, "printed": items, "stopped": []}
    assert actions.keep_part(**part, content=b"one") is True
    assert actions.keep_part(**part, content=b"two") is False
    assert [queries.content_of(part) for part in queries.parts_kept(run)] == [b"one"]
    assert FileView.objects.filter(unmasked="id_number").count() == 2


def test_a_file_that_a_killed_worker_left_is_replaced(cast):
    training_class, _certificates = issued(cast, 1)
    run = run_of(actions.order_class(by=cast.clerk, training_class=training_class, kind=PrintKind.SHEETS))
    storage, name = SealedStorage(), f"certificates/{run.public_id}/00000"
    storage.save(name, io.BytesIO(b"half"))
    actions.settle(by=cast.clerk, run=run)
    printing.print_part(by=cast.clerk, run=run, number=0)
    assert run.parts.get().file.name == name
    assert queries.content_of(run.parts.get()).startswith(b"%PDF")


def test_what_is_revoked_meanwhile_is_left_out(cast, small_parts):
    training_class, certificates = issued(cast, 3)
    job = actions.order_class(by=cast.clerk, training_class=training_class, kind=PrintKind.SHEETS)
    actions.settle(by=cast.clerk, run=run_of(job))
    actions.revoke(by=cast.manager, certificate=certificates[1], reason="重复发证")
    run = worked(job)
    assert numbers_in(run) == [certificates[0].number, certificates[2].number]
    assert [(item.certificate_id, item.why) for item in queries.stopped_of(run)] == [(certificates[1].pk, "revoked")]


def test_what_is_restricted_meanwhile_is_left_out(cast, small_parts):
    training_class, certificates = issued(cast, 3)
    job = actions.order_class(by=cast.clerk, training_class=training_class, kind=PrintKind.SHEETS)
    set_limit(by=cast.manager, trainee=certificates[1].trainee, limit=Limit.RESTRICTED, reason="本人申请")
    run = worked(job)
    assert numbers_in(run) == [certificates[0].number, certificates[2].number]
    assert [(item.certificate_id, item.why) for item in queries.stopped_of(run)] == [(certificates[1].pk, "restricted")]
    page = client_of(cast.clerk).get(reverse("certificate_print", args=[run.public_id]))
    assert "该人员的档案已限制处理" in page.content.decode()


def test_a_class_is_not_printed_twice_at_once(cast):
    training_class, _certificates = issued(cast, 1)
    orders = {"training_class": training_class, "kind": PrintKind.SHEETS}
    first = actions.order_class(by=cast.clerk, **orders)
    assert actions.order_class(by=cast.manager, **orders) == first
    Job.objects.update(state=JobState.DONE)
    assert actions.order_class(by=cast.manager, **orders) != first


def test_a_selection_is_printed_in_roster_order(cast, django_capture_on_commit_callbacks):
    training_class, certificates = issued(cast, 3)
    _other_class, others = issued(cast, 1)
    chosen = [certificates[2].number, certificates[0].number, others[0].number, "x"]
    with django_capture_on_commit_callbacks(execute=True):
        client_of(cast.clerk).post(
            reverse("class_print", args=[training_class.code]), {"kind": "sheets", "number": chosen}
        )
    assert numbers_in(PrintRun.objects.get()) == [certificates[0].number, certificates[2].number]


def test_a_year_is_printed_class_by_class(cast, django_capture_on_commit_callbacks):
    _one, first = issued(cast, 2)
    _two, second = issued(cast, 1)
    actions.revoke(by=cast.manager, certificate=first[0], reason="重复发证")
    client = client_of(cast.clerk)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("certificate_prints"), {"year": 2018, "kind": "sheets"})
    run = PrintRun.objects.get()
    assert numbers_in(run) == [first[1].number, second[0].number]
    assert client.get(reverse("certificate_prints")).context["runs"] == [run]
    refused = client.post(reverse("certificate_prints"), {"year": 2017, "kind": "sheets"})
    assert len(refused.context["messages"]) == 1
    assert client.post(reverse("certificate_prints"), {"year": "x", "kind": "sheets"}).status_code == 400


def test_who_may_print_what(cast):
    training_class, _certificates = issued(cast, 1)
    address = reverse("class_print", args=[training_class.code])
    for who, status in (("operator", 403), ("trainer", 403), ("auditor", 403), ("outsider", 403)):
        assert client_of(getattr(cast, who)).post(address, {"kind": "sheets"}).status_code in (status, 404)
    for who in ("operator", "trainer", "auditor", "trainee_user"):
        assert client_of(getattr(cast, who)).get(reverse("certificate_prints")).status_code == 403
    assert Client().get(reverse("certificate_prints")).status_code == 302
    assert not PrintRun.objects.exists()


def test_bad_orders_are_refused_with_a_word(cast):
    training_class = finished_class(cast, 1)
    with pytest.raises(Refused) as refusal:
        actions.order_class(by=cast.clerk, training_class=training_class, kind=PrintKind.SHEETS)
    assert refusal.value.code == "nothing_to_print"
    for posted in ({}, {"kind": "x"}, {"kind": "sheets", "issue": "on", "issue_dated": "soon"}):
        page = client_of(cast.clerk).post(reverse("class_print", args=[training_class.code]), posted, follow=True)
        assert len(page.context["messages"]) == 1
    assert not Job.objects.exists()


def test_the_files_are_deleted_after_a_month(cast, small_parts, django_capture_on_commit_callbacks):
    training_class, _certificates = issued(cast, 3)
    run = worked(actions.order_class(by=cast.clerk, training_class=training_class, kind=PrintKind.SHEETS))
    names = list(run.parts.values_list("file", flat=True))
    assert actions.forget_files(older_than=tasks.KEPT) == 0
    PrintRun.objects.update(ordered_at=run.ordered_at - datetime.timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.forget_print_files()
    assert [SealedStorage().exists(name) for name in names] == [False] * 2
    assert actions.forget_files(older_than=tasks.KEPT) == 0
    page = client_of(cast.clerk).get(reverse("certificate_print", args=[run.public_id]))
    assert (page.status_code, page.context["ready"]) == (200, False)


def test_a_long_run_is_sent_as_it_is_bound(cast, small_parts, monkeypatch):
    training_class, _certificates = issued(cast, 3)
    run = worked(actions.order_class(by=cast.clerk, training_class=training_class, kind=PrintKind.SHEETS))
    address = reverse("certificate_print_file", args=[run.public_id])
    short = client_of(cast.clerk).get(address)
    monkeypatch.setattr(views.printing, "AT_ONCE", 2)
    long = client_of(cast.clerk).get(address)
    assert (short.streaming, long.streaming) == (False, True)
    assert b"".join(long.streaming_content) == short.content
    assert {answer["Content-Type"] for answer in (short, long)} == {"application/pdf"}
    assert {answer["Content-Disposition"] for answer in (short, long)} == {f'inline; filename="{run.file_stem}.pdf"'}


def test_a_run_that_lost_a_part_has_no_file(cast, small_parts, django_capture_on_commit_callbacks):
    """Broken off for a month and resumed: what was deleted meanwhile would be missing from the pile without a word."""
    training_class, _certificates = issued(cast, 3)
    job = actions.order_class(by=cast.clerk, training_class=training_class, kind=PrintKind.SHEETS)
    steps = tasks.print_run(job)
    assert [next(steps), next(steps)] == [(0, 0, 3), (2, 0, 3)]
    steps.close()
    PrintRun.objects.update(ordered_at=run_of(job).ordered_at - datetime.timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.forget_print_files()
    run = worked(job)
    address = reverse("certificate_print", args=[run.public_id])
    page = client_of(cast.clerk).get(address)
    assert (page.context["ready"], page.context["counts"]["printed"]) == (False, 3)
    assert client_of(cast.clerk).get(f"{address}file/").url == address


@pytest.mark.parametrize("people", [1, 3])
def test_the_pages_ask_a_constant_number_of_queries(cast, people, django_assert_max_num_queries):
    training_class, _certificates = issued(cast, people)
    client = client_of(cast.clerk)
    for _ in range(people):
        Job.objects.update(state=JobState.DONE)
        run = worked(
            actions.order_class(
                by=cast.clerk, training_class=training_class, kind=PrintKind.SHEETS,
                paper=actions.Paper(reprint_reason="bad_print"),
            )
        )  # fmt: skip
    Certificate.objects.update(state=CertificateState.VALID)
    for address in (reverse("certificate_prints"), reverse("certificate_print", args=[run.public_id])):
        client.get(address)
        with django_assert_max_num_queries(10):
            assert client.get(address).status_code == 200


# --- other kinds than completion ----------------------------------------------------------------------------------


@pytest.fixture
def of_two_kinds(cast) -> tuple:
    """A class with two papers of completion and one of attendance."""
    done, other, attended = [cast.person() for _ in range(3)]
    training_class = finished_class(cast, [done, attended, other], passed=[done, other])
    completion = actions.issue(by=cast.clerk, training_class=training_class)
    (attendance,) = actions.issue(by=cast.clerk, training_class=training_class, kind=CertificateKind.ATTENDANCE)
    return training_class, completion, attendance


def test_a_tab_prints_its_own_kind_when_nobody_is_ticked(cast, of_two_kinds, django_capture_on_commit_callbacks):
    training_class, completion, attendance = of_two_kinds
    client, address = client_of(cast.clerk), reverse("class_print", args=[training_class.code])
    tab = client.get(reverse("class_certificates", args=[training_class.code]), {"kind": "attendance"})
    assert '<input type="hidden" name="certificate_kind" value="attendance">' in tab.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"kind": "sheets", "certificate_kind": "attendance"})
    assert numbers_in(PrintRun.objects.get()) == [attendance.number]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"kind": "sheets"})
    assert numbers_in(PrintRun.objects.latest("pk")) == [each.number for each in completion]


def test_a_kind_is_issued_and_printed_in_one_go(cast):
    training_class = attended_class(cast, 2)
    job = actions.order_class(
        by=cast.clerk, training_class=training_class, kind=PrintKind.SHEETS, first_issue=True,
        certificate_kind=CertificateKind.ATTENDANCE,
    )  # fmt: skip
    assert len(numbers_in(worked(job))) == 2
    assert set(Certificate.objects.values_list("kind", flat=True)) == {"attendance"}


def test_only_the_county_issues_trainers_on_the_way_to_the_printer(cast):
    training_class = finished_class(cast, 1, course="G1")
    accounts.grant_role(by=SETUP, user=cast.outsider, role=Role.CLERK, place=cast.township("勐省镇"))
    address, posted = reverse("class_print", args=[training_class.code]), {"kind": "sheets", "issue": "on"}
    assert client_of(cast.outsider).post(address, {**posted, "certificate_kind": "trainer"}).status_code == 403
    assert not PrintRun.objects.exists()
    assert client_of(cast.outsider).post(address, posted).status_code == 302
    assert PrintRun.objects.get().certificate_kind == "completion"


def test_the_page_of_orders_counts_what_it_would_print(cast, of_two_kinds, django_capture_on_commit_callbacks):
    training_class, completion, attendance = of_two_kinds
    client, address = client_of(cast.clerk), reverse("print_new")
    assert client.get(address, {"class": training_class.code}).context["total"] == 2
    asked = {"class": training_class.code, "certificate_kind": "attendance"}
    page = client.get(address, asked)
    assert page.context["total"] == 1
    assert 'name="certificate_kind" value="attendance"' in page.content.decode()
    both = {"class": training_class.code, "number": [completion[0].number, attendance.number]}
    assert client.get(address, both).context["total"] == 2
    refused = client.post(address, {**asked, "go": "1", "kind": "files", "back": "blank"})
    assert (refused.status_code, refused.context["total"]) == (400, 1)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {**asked, "go": "1", "kind": "sheets", "back": "blank"})
    assert [item.certificate for item in PrintRun.objects.get().items.all()] == [attendance]
