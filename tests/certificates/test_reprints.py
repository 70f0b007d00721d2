"""From the second time on, paper is printed with a reason; what the printer does with the pages."""

import io

import pikepdf
import pytest
from django.urls import reverse

from certificates import actions, back, binding, queries, tasks
from certificates.enums import PrintBack, PrintKind, PrintLayout
from certificates.models import PrintItem, PrintRun
from lms.audit.models import AuditEvent
from lms.jobs.models import Job
from lms.paper.imposing import MM
from lms.refusals import Refused
from tests.cast import client_of
from tests.certificates.classes import finished_class
from tests.certificates.test_paper import opened, text_of

pytestmark = pytest.mark.usefixtures("centre")
SHEETS, FILES = PrintKind.SHEETS, PrintKind.FILES
NEW = reverse("print_new")


@pytest.fixture
def issued(cast):
    return actions.issue(by=cast.clerk, training_class=finished_class(cast, 3))


def printed(by, certificates, kind=SHEETS, **paper) -> PrintRun:
    job = actions.order_selection(by=by, certificates=certificates, kind=kind, title="x", paper=actions.Paper(**paper))
    list(tasks.print_run(job))
    Job.objects.update(state="done")
    return PrintRun.objects.get(pk=job.subject)


def refused(call) -> Refused:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value


def test_the_second_time_says_why(cast, issued):
    printed(cast.clerk, issued[:2])
    refusal = refused(lambda: printed(cast.clerk, issued))
    assert (refusal.code, refusal.facts["numbers"]) == ("reprint_reason_missing", [each.number for each in issued[:2]])
    assert refused(lambda: printed(cast.clerk, issued, reprint_reason="other")).code == "reprint_words_missing"
    run = printed(cast.clerk, issued, reprint_reason="other", reprint_note="打翻了茶 13800138000")
    assert (run.reprint_reason, run.reprint_note) == ("other", "打翻了茶 138****8000")
    assert queries.times_printed(issued) == {issued[0].pk: 2, issued[1].pk: 2, issued[2].pk: 1}
    events = AuditEvent.objects.filter(event="certificate.reprinted").order_by("record_label")
    assert [(row.record_label, row.changes, row.reason) for row in events] == [
        (each.number, {"times_printed": [1, 2]}, "other 打翻了茶 138****8000") for each in issued[:2]
    ]


def test_a_file_that_is_sent_is_no_paper(cast, issued):
    printed(cast.clerk, issued, FILES)
    printed(cast.clerk, issued, FILES)
    run = printed(cast.clerk, issued, reprint_reason="bad_print")
    # Nothing was on paper before, so there is nothing to explain.
    assert (run.reprint_reason, queries.times_printed(issued)) == ("", {each.pk: 1 for each in issued})


def test_what_did_not_come_out_is_no_printing(cast, issued):
    actions.order_selection(by=cast.clerk, certificates=issued, kind=SHEETS, title="x")
    assert set(PrintItem.objects.values_list("state", flat=True)) == {"waiting"}
    Job.objects.update(state="failed")
    printed(cast.clerk, issued)


def test_what_waits_for_the_printer_is_ordered_again_with_a_reason(cast, issued):
    order = {"by": cast.clerk, "kind": SHEETS, "title": "x"}
    actions.order_selection(**order, certificates=issued[:2])
    refusal = refused(lambda: actions.order_selection(**order, certificates=issued))
    assert (refusal.code, refusal.facts["numbers"]) == ("reprint_reason_missing", [each.number for each in issued[:2]])
    page = client_of(cast.clerk).get(NEW, {"class": issued[0].class_code})
    assert page.context["again"] == 2
    actions.order_selection(**order, certificates=issued[2:])
    actions.order_selection(**{**order, "kind": FILES}, certificates=issued)
    actions.order_selection(**order, certificates=issued, paper=actions.Paper(reprint_reason="spoilt"))


def test_a_class_whose_order_is_not_fixed_yet_counts_as_a_whole(cast, issued):
    actions.order_class(by=cast.clerk, training_class=issued[0].training_class, kind=SHEETS)
    assert not PrintItem.objects.exists()
    assert queries.on_paper(issued) == {each.pk for each in issued}


def test_an_order_with_other_settings_is_told_that_one_is_under_way(cast, issued):
    order = {"by": cast.manager, "training_class": issued[0].training_class, "kind": SHEETS}
    first = actions.order_class(**order, paper=actions.Paper(back=PrintBack.BLANK))
    assert actions.order_class(**order, paper=actions.Paper(back=PrintBack.BLANK)) == first
    for otherwise in (
        {}, {"paper": actions.Paper(back=PrintBack.EXPLAINED)},
        {"paper": actions.Paper(back=PrintBack.BLANK), "first_issue": True},
    ):  # fmt: skip
        assert refused(lambda otherwise=otherwise: actions.order_class(**order, **otherwise)).code == (
            "other_order_under_way"
        )
    posted = {"go": "1", "class": issued[0].class_code, "kind": "sheets", "back": "explained"}
    page = client_of(cast.clerk).post(NEW, posted)
    assert (page.status_code, list(page.context["form"].errors)) == (400, ["__all__"])
    assert PrintRun.objects.count() == 1


def test_a_class_asks_on_a_page_of_its_own(cast, issued, django_capture_on_commit_callbacks):
    code, client = issued[0].class_code, client_of(cast.clerk)
    printed(cast.clerk, issued[:1])
    page = client.post(reverse("class_print", args=[code]), {"kind": "sheets"})
    assert (page.status_code, list(page.context["form"].errors), page.context["again"]) == (400, ["reprint_reason"], 1)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(NEW, {"go": "1", "class": code, "kind": "sheets", "reprint_reason": "spoilt"})
    assert answer.url == reverse("job_page", args=[Job.objects.latest("pk").public_id])
    run = PrintRun.objects.latest("pk")
    assert (run.reprint_reason, run.items.count()) == ("spoilt", 3)
    page = client.get(reverse("certificate_print", args=[run.public_id])).content.decode()
    assert "领取前纸张损坏" in page
    one = client.get(reverse("certificate_handover", args=[issued[0].number]))
    assert [item.run.reprint_reason for item in one.context["printings"]] == ["spoilt", ""]


def test_a_selection_from_the_register_goes_class_by_class(cast, issued, django_capture_on_commit_callbacks):
    (other,) = actions.issue(by=cast.clerk, training_class=finished_class(cast, 1, township="岩帅镇", course="B2"))
    client, numbers = client_of(cast.clerk), [other.number, issued[2].number, issued[0].number, "x"]
    page = client.post(NEW, {"number": numbers})
    assert (page.status_code, page.context["total"]) == (200, 3)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(NEW, {"number": numbers, "go": "1", "kind": "sheets", "back": "blank"})
    run = PrintRun.objects.get()
    assert [item.certificate for item in run.items.all()] == [issued[0], issued[2], other]
    assert len(opened(b"".join(binding.file_of(run)))) == 6


def test_bad_orders_are_told_beside_their_field(cast, issued):
    client, number = client_of(cast.clerk), {"number": [issued[0].number], "go": "1"}
    for posted, field in (
        ({"kind": "x"}, "kind"), ({"kind": "files", "back": "blank"}, "layout"),
        ({"kind": "sheets", "back": "x"}, "back"),
        ({"kind": "sheets", "number": ["x"]}, "__all__"),
    ):  # fmt: skip
        page = client.post(NEW, {**number, **posted})
        assert (page.status_code, list(page.context["form"].errors)) == (400, [field])
    assert not PrintRun.objects.exists()


def test_who_may_order(cast, issued):
    for who, status in (("operator", 403), ("auditor", 403), ("trainer", 403), ("outsider", 403), ("manager", 200)):
        assert client_of(getattr(cast, who)).get(NEW, {"class": issued[0].class_code}).status_code == status
    assert client_of(cast.clerk).get(NEW, {"class": "nowhere"}).status_code == 404


@pytest.mark.parametrize(
    ("layout", "pages", "size", "marks"),
    [("plain", 6, (297, 210), [0, 2, 4]), ("marks", 6, (321, 234), [0, 2, 4]), ("two_up", 4, (210, 297), [0, 2, 0])],
)
def test_backs_that_explain_the_check(cast, issued, layout, pages, size, marks, settings):
    run = printed(cast.clerk, issued, layout=PrintLayout(layout), back=PrintBack.EXPLAINED)
    content = b"".join(binding.file_of(run))
    document = opened(content)
    assert len(document) == pages
    assert tuple(round(side / MM) for side in document[0].get_size()) == size
    behind = text_of(document[1])
    assert "证书查验说明" in behind
    assert f"{settings.SITE_URL}/verify/" in behind.replace("\r\n", "")
    assert [mark.get_dest().get_index() for mark in document.get_toc()] == marks
    for each, at in zip(issued, marks, strict=True):
        assert each.number in text_of(document[at])
    with pikepdf.open(io.BytesIO(content)) as checked:
        assert checked.check_pdf_syntax() == []


@pytest.mark.parametrize("size", [(297, 210), (210, 297), (210, 148), (148, 210)])
def test_the_back_is_one_page_on_every_paper(size):
    document = opened(back.explanation(size[0] * MM, size[1] * MM))
    assert len(document) == 1
    assert tuple(round(side / MM) for side in document[0].get_size()) == size


def test_work_goes_on_behind_a_kill_whatever_the_paper(cast, issued, monkeypatch):
    monkeypatch.setattr(queries.printing, "PART_SIZE", 2)
    paper = actions.Paper(layout=PrintLayout.TWO_UP, back=PrintBack.BLANK)
    job = actions.order_selection(by=cast.clerk, certificates=issued, kind=SHEETS, title="x", paper=paper)
    steps = tasks.print_run(job)
    assert [next(steps), next(steps)] == [(0, 0, 3), (2, 0, 3)]
    steps.close()
    list(tasks.print_run(job))
    list(tasks.print_run(job))
    run = PrintRun.objects.get()
    assert len(opened(b"".join(binding.file_of(run)))) == 4
    assert queries.times_printed(issued) == {each.pk: 1 for each in issued}


def test_what_of_a_selection_is_not_printed_is_told(cast, issued):
    numbers = [each.number for each in issued]
    actions.revoke(by=cast.manager, certificate=issued[0], reason="x")
    client, address = client_of(cast.clerk), reverse("print_new")
    assert client.get(address, {"number": numbers}).context["left_out"].startswith("所选证书中有 1 份不打印")
    facts = {"number": numbers, "go": "1", "kind": "sheets", "layout": "plain", "back": "none"}
    answer = client.post(address, facts, follow=True)
    assert ["所选证书中有 1 份不打印" in str(said) for said in answer.context["messages"]] == [True]
    facts["number"] = numbers[1:]
    assert not list(client.post(address, {**facts, "reprint_reason": "spoilt"}, follow=True).context["messages"])
