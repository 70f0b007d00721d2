import datetime
import uuid

import pytest
from django.utils import timezone

from lms.audit.models import AuditEvent
from lms.jobs import actions, queries, registry
from lms.jobs.enums import JobState
from lms.jobs.models import Job
from lms.refusals import Refused
from tests.cast import client_of

pytestmark = pytest.mark.django_db

written: list[str] = []


def steps(job):
    """Three steps, each done once however often the work is taken up."""
    for number in (1, 2, 3):
        entry = f"{job.subject}:{number}"
        if entry not in written:
            written.append(entry)
        yield number, 0, 3


def fails(job):
    yield 1, 0, 2
    raise ValueError("533528198506159964")


def refuses(job):
    raise Refused("no_venue", "Choose a venue first.")
    yield


@pytest.fixture(autouse=True)
def kinds():
    written.clear()
    added = {"steps": steps, "fails": fails, "refuses": refuses}
    for key, handler in added.items():
        registry.register(key, label=key, handler=handler, address=lambda job: f"/result/{job.subject}/")
    yield
    for key in added:
        del registry.KINDS[key]


def start(cast, kind="steps", subject="1"):
    return actions.start(by=cast.clerk, kind=kind, subject=subject)


def test_work_runs_to_its_end(cast):
    job = start(cast)
    actions.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.percent, job.attempts) == (JobState.DONE, 3, 3, 100, 1)
    assert written == ["1:1", "1:2", "1:3"]
    assert job.finished_at == timezone.now()


def test_started_twice_is_one_job_while_unfinished(cast):
    job = start(cast)
    assert start(cast) == job
    actions.work(job.pk)
    assert start(cast) != job
    assert Job.objects.count() == 2


def test_kind_without_a_handler_is_a_mistake(cast):
    with pytest.raises(ValueError, match="No handler"):
        start(cast, kind="nothing")


def test_a_second_worker_cannot_claim(cast):
    job = start(cast)
    assert actions.claim(job.pk) is not None
    assert actions.claim(job.pk) is None
    actions.work(job.pk)
    assert written == []


def test_a_claim_read_before_another_one_loses(cast):
    """Both workers saw the job waiting; only the one whose update comes first has it."""
    job = start(cast)
    taken = actions.claim(job.pk)
    late = Job.objects.filter(pk=job.pk, state=JobState.QUEUED, attempts=0)
    assert late.update(state=JobState.RUNNING) == 0
    assert taken.attempts == 1


def test_a_dead_workers_job_is_retaken_and_nothing_is_doubled(cast, quiet_day):
    job = start(cast)
    dead = actions.claim(job.pk)
    work = steps(dead)
    done, failed, total = next(work)
    assert actions.beat(dead, done=done, failed=failed, total=total)
    actions.work(job.pk)
    assert written == ["1:1"], "the first worker is not silent yet"

    quiet_day.shift(actions.STALE_AFTER + datetime.timedelta(seconds=1))
    actions.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.done) == (JobState.DONE, 2, 3)
    assert written == ["1:1", "1:2", "1:3"]


def test_a_worker_that_wakes_up_late_changes_nothing(cast, quiet_day):
    job = start(cast)
    slow = actions.claim(job.pk)
    quiet_day.shift(actions.STALE_AFTER + datetime.timedelta(seconds=1))
    fresh = actions.claim(job.pk)
    assert actions.beat(slow, done=3, failed=0, total=3) is False
    actions.finish(slow, JobState.FAILED, "ValueError")
    fresh.refresh_from_db()
    assert (fresh.state, fresh.done, fresh.message) == (JobState.RUNNING, 0, "")


def test_sweep_wakes_what_waits_or_fell_silent(cast, quiet_day):
    waiting, running = start(cast, subject="1"), start(cast, subject="2")
    actions.claim(running.pk)
    assert actions.sweep() == 0
    quiet_day.shift(datetime.timedelta(seconds=21))
    assert actions.sweep() == 1
    waiting.refresh_from_db()
    assert waiting.state == JobState.DONE
    quiet_day.shift(actions.STALE_AFTER)
    assert actions.sweep() == 1
    running.refresh_from_db()
    assert (running.state, running.attempts) == (JobState.DONE, 2)


def test_work_that_breaks_off_five_times_is_given_up(cast, quiet_day):
    job = start(cast)
    for _attempt in range(actions.MAX_ATTEMPTS):
        assert actions.claim(job.pk)
        quiet_day.shift(actions.STALE_AFTER + datetime.timedelta(seconds=1))
    actions.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message, written) == (JobState.FAILED, "attempts", [])


def test_an_error_keeps_what_was_done_and_repeats_no_personal_data(cast):
    job = start(cast, kind="fails")
    actions.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.message) == (JobState.FAILED, 1, "ValueError")


def test_a_refusal_is_shown_in_its_own_words(cast):
    job = start(cast, kind="refuses")
    actions.work(job.pk)
    job.refresh_from_db()
    assert (job.state, queries.message_of(job)) == (JobState.FAILED, "Choose a venue first.")


def test_cancelling_a_waiting_job_ends_it(cast):
    job = start(cast)
    actions.cancel(by=cast.clerk, job=job)
    assert job.state == JobState.CANCELLED
    actions.work(job.pk)
    assert written == []
    assert AuditEvent.objects.get(event="job.cancelled").record_label == str(job.public_id)


def test_cancelling_a_running_job_ends_it_after_its_step_and_resume_goes_on(cast):
    job = start(cast)
    running = actions.claim(job.pk)
    work = steps(running)
    next(work)
    actions.cancel(by=cast.clerk, job=job)
    assert (job.state, job.cancel_requested) == (JobState.RUNNING, True)
    assert actions.beat(running, done=1, failed=0, total=3) is False
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.CANCELLED, 1)

    again = actions.resume(by=cast.clerk, job=job)
    assert again != job
    actions.work(again.pk)
    again.refresh_from_db()
    assert again.state == JobState.DONE
    assert written == ["1:1", "1:2", "1:3"]


def test_a_job_claimed_while_it_is_being_cancelled_does_no_work(cast):
    job = start(cast)
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    actions.work(job.pk)
    job.refresh_from_db()
    assert (job.state, written) == (JobState.CANCELLED, [])


def test_cancelling_a_job_whose_worker_died_ends_it_at_once(cast, quiet_day):
    job = start(cast)
    actions.claim(job.pk)
    quiet_day.shift(actions.STALE_AFTER + datetime.timedelta(seconds=1))
    actions.cancel(by=cast.clerk, job=job)
    assert job.state == JobState.CANCELLED


def test_finished_work_is_neither_cancelled_nor_resumed(cast):
    job = start(cast)
    actions.work(job.pk)
    job.refresh_from_db()
    actions.cancel(by=cast.clerk, job=job)
    assert job.state == JobState.DONE
    with pytest.raises(Refused) as refused:
        actions.resume(by=cast.clerk, job=job)
    assert refused.value.code == "job_not_stopped"


def test_starting_wakes_a_worker_after_the_commit(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = start(cast)
        assert written == []
    job.refresh_from_db()
    assert job.state == JobState.DONE


def page(user, job, **headers):
    return client_of(user).get(f"/jobs/{job.public_id}/", headers=headers)


def test_the_page_shows_progress_and_reloads_itself(cast):
    job = start(cast)
    running = actions.claim(job.pk)
    actions.beat(running, done=1, failed=0, total=3)
    html = page(cast.clerk, job).content.decode()
    assert 'value="33"' in html
    assert "data-job" in html
    assert 'http-equiv="refresh"' in html
    assert 'hx-trigger="every 1s"' in html


def test_htmx_gets_the_bar_alone_and_is_led_to_the_result(cast):
    job = start(cast)
    fragment = page(cast.clerk, job, hx_request="true").content.decode()
    assert "<html" not in fragment
    assert "data-job" in fragment
    actions.work(job.pk)
    assert page(cast.clerk, job, hx_request="true").headers["HX-Redirect"] == "/result/1/"
    html = page(cast.clerk, job).content.decode()
    assert 'href="/result/1/"' in html
    assert "hx-trigger" not in html
    assert 'http-equiv="refresh"' not in html


@pytest.mark.parametrize("who", ["manager", "operator", "auditor", "outsider"])
def test_a_job_is_its_starters_own(cast, who):
    job = start(cast)
    assert page(getattr(cast, who), job).status_code == 404
    assert client_of(getattr(cast, who)).post(f"/jobs/{job.public_id}/cancel/").status_code == 404
    assert client_of(getattr(cast, who)).post(f"/jobs/{job.public_id}/resume/").status_code == 404


def test_unknown_job_is_not_found(cast):
    assert client_of(cast.clerk).get(f"/jobs/{uuid.uuid4()}/").status_code == 404


def test_cancel_and_resume_from_the_page(cast):
    job, client = start(cast), client_of(cast.clerk)
    assert client.get(f"/jobs/{job.public_id}/cancel/").status_code == 405
    assert client.post(f"/jobs/{job.public_id}/cancel/").status_code == 302
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    response = client.post(f"/jobs/{job.public_id}/resume/")
    again = Job.objects.exclude(pk=job.pk).get()
    assert response.url == f"/jobs/{again.public_id}/"
    assert client.post(f"/jobs/{job.public_id}/resume/").url == f"/jobs/{again.public_id}/"
    assert Job.objects.count() == 2


def test_the_list_shows_ones_own_unfinished_and_stopped_work(cast, quiet_day):
    client = client_of(cast.clerk)
    waiting, stopped, done = (start(cast, subject=key) for key in "123")
    actions.cancel(by=cast.clerk, job=stopped)
    actions.work(done.pk)
    actions.start(by=cast.manager, kind="steps", subject="9")
    shown = [row.job for row in queries.jobs_of(cast.clerk)]
    assert shown == [stopped, waiting]
    assert client.get("/jobs/").status_code == 200
    quiet_day.shift(queries.STOPPED_SHOWN + datetime.timedelta(days=1))
    assert [row.job for row in queries.jobs_of(cast.clerk)] == [waiting]


def test_the_list_asks_the_same_number_of_questions_at_any_length(cast, django_assert_num_queries):
    client = client_of(cast.clerk)
    start(cast, subject="1")
    client.get("/jobs/")
    with django_assert_num_queries(4):
        client.get("/jobs/")
    start(cast, subject="2")
    start(cast, subject="3")
    with django_assert_num_queries(4):
        client.get("/jobs/")
