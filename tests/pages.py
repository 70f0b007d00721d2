"""Every page there is, on the records of the demo county: for journeys over all of them and for their pictures."""

from typing import NamedTuple

from django.urls import reverse

from certificates.models import Certificate
from courses.lessons.models import LessonPage
from courses.schedule.models import Session, TrainingClass
from lms.accounts.models import User
from trainees.contest.models import Contest
from trainees.rosters.models import RosterImport


class Page(NamedTuple):
    name: str
    account: str  # "" is a visitor
    address: str


def every_page() -> list[Page]:
    closed = TrainingClass.objects.filter(state="closed", certificates__isnull=False).latest("pk")
    running = TrainingClass.objects.filter(state="open").earliest("pk")
    session = Session.objects.filter(training_class=running).earliest("day", "starts_at")
    lesson = LessonPage.objects.live().earliest("path")
    contest = Contest.objects.latest("pk")
    entry = contest.entries.earliest("pk")
    certificate = Certificate.objects.filter(training_class=closed).earliest("pk")
    trainee = certificate.trainee
    roster = RosterImport.objects.latest("pk")
    manager = User.objects.get(username="manager")
    return [
        Page("home", "", "/"),
        Page("catalogue", "", "/courses/"),
        Page("course", "", lesson.get_parent().url),
        Page("lesson", "", lesson.url),
        Page("contest", "", contest.page.url),
        Page("contest-enter", "", reverse("contest_enter", args=[contest.code])),
        Page("contest-receipt", "", reverse("contest_receipt", args=[entry.client_uuid])),
        Page("verify", "", reverse("certificate_verify")),
        Page("certificate-trust", "", reverse("certificate_trust")),
        Page("certificate-check", "", reverse("certificate_check", args=[certificate.token])),
        Page("sign-in", "", reverse("account_login")),
        Page("not-found", "", "/no-such-page/"),
        Page("gallery", "", reverse("gallery")),
        Page("desk", "clerk", reverse("desk")),
        Page("trainees", "clerk", reverse("trainee_list")),
        Page("trainee-new", "clerk", reverse("trainee_new")),
        Page("trainee-file", "clerk", reverse("trainee_file", args=[trainee.file_number])),
        Page("trainee-edit", "clerk", reverse("trainee_edit", args=[trainee.file_number])),
        Page("rosters", "clerk", reverse("roster_list")),
        Page("roster-upload", "clerk", reverse("roster_upload")),
        Page("roster-preview", "clerk", reverse("roster_preview", args=[roster.pk])),
        Page("jobs", "clerk", reverse("job_list")),
        Page("classes", "clerk", reverse("class_list")),
        Page("class-plan", "clerk", reverse("class_plan")),
        Page("class-running", "clerk", reverse("class_page", args=[running.code])),
        Page("class-closed", "clerk", reverse("class_page", args=[closed.code])),
        Page("class-edit", "clerk", reverse("class_edit", args=[running.code])),
        Page("certificates", "clerk", reverse("class_certificates", args=[closed.code])),
        Page("certificate-prints", "clerk", reverse("certificate_prints")),
        Page("progress", "manager", reverse("progress")),
        Page("progress-people", "manager", reverse("progress_people") + "?stage=countable&tier=entrepreneur"),
        Page("programme", "manager", reverse("programme")),
        Page("accounts", "manager", reverse("account_list")),
        Page("account-new", "manager", reverse("account_new")),
        Page("account", "manager", reverse("account_page", args=[manager.pk])),
        Page("contest-entries", "manager", reverse("contest_entries", args=[contest.code])),
        Page("teach", "trainer", reverse("teach")),
        Page("teach-session", "trainer", reverse("teach_session", args=[session.pk])),
        Page("teach-results", "trainer", reverse("teach_results", args=[running.code])),
        Page("my-learning", "trainee", reverse("my_learning")),
        Page("lesson-take", "trainee", reverse("lesson_take", args=[lesson.pk])),
        Page("my-certificates", "trainee", reverse("my_certificates")),
    ]


ACCOUNTS = ("", "clerk", "manager", "trainer", "trainee")
