"""Every page there is, on the records of the demo county: for journeys over all of them and for their pictures."""

from typing import NamedTuple

from django.urls import reverse

from certificates.models import Badge, Certificate
from courses.lessons.models import LessonPage
from courses.schedule.models import Session, TrainingClass
from lms.accounts.models import User
from trainees.consent.models import ConsentText
from trainees.contest.models import Contest
from trainees.merging.models import DuplicatePair, Merge
from trainees.registry.models import DisabilityCertificate, Household
from trainees.rights.models import RightsRequest
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
    contest = Contest.objects.filter(page__isnull=False).latest("pk")
    heats = Contest.objects.filter(page__isnull=True).latest("pk")
    award = heats.entries.earliest("pk")
    entry = contest.entries.earliest("pk")
    certificate = Certificate.objects.filter(training_class=closed).earliest("pk")
    replaced = Certificate.objects.filter(state="replaced").earliest("pk")
    attendance = reverse("class_certificates", args=[replaced.class_code]) + "?kind=attendance"
    trainee = certificate.trainee
    badge = Badge.objects.earliest("pk")
    wish = RightsRequest.objects.earliest("pk")
    text = ConsentText.objects.earliest("pk")
    roster = RosterImport.objects.latest("pk")
    paper = DisabilityCertificate.objects.filter(issued_on=None).earliest("pk")
    entry_of = paper.trainee.memberships.earliest("pk")
    household = Household.objects.earliest("pk")
    stay = household.member_entries.earliest("pk")
    pair = DuplicatePair.objects.waiting().earliest("pk")
    two = [pair.first.file_number, pair.second.file_number]
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
        Page("certificate-replaced", "", reverse("certificate_check", args=[replaced.token])),
        Page("certificate-check", "", reverse("certificate_check", args=[certificate.token])),
        Page("sign-in", "", reverse("account_login")),
        Page("not-found", "", "/no-such-page/"),
        Page("gallery", "", reverse("gallery")),
        Page("desk", "clerk", reverse("desk")),
        Page("trainees", "clerk", reverse("trainee_list")),
        Page("trainees-search", "clerk", reverse("trainee_list") + "?q=艾"),
        Page("trainee-new", "clerk", reverse("trainee_new")),
        Page("trainee-file", "clerk", reverse("trainee_file", args=[trainee.file_number])),
        Page("trainee-edit", "clerk", reverse("trainee_edit", args=[trainee.file_number])),
        Page("group-add", "clerk", reverse("group_add", args=[trainee.file_number])),
        Page("group", "manager", reverse("group_page", args=[entry_of.trainee.file_number, entry_of.pk])),
        Page("groups-to-verify", "manager", reverse("groups_to_verify")),
        Page("groups-doubtful", "manager", reverse("groups_to_verify") + "?show=doubts"),
        Page("disability-add", "clerk", reverse("disability_add", args=[trainee.file_number])),
        Page("disability", "clerk", reverse("disability_page", args=[paper.trainee.file_number, paper.pk])),
        Page("households", "clerk", reverse("household_list")),
        Page("household-new", "clerk", reverse("household_new")),
        Page("household", "clerk", reverse("household_page", args=[household.pk])),
        Page("household-edit", "clerk", reverse("household_edit", args=[household.pk])),
        Page("household-attribute", "clerk", reverse("period_add", args=[household.pk])),
        Page("household-period", "manager", reverse("period_page", args=[household.pk, household.periods.first().pk])),
        Page("household-member", "clerk", reverse("member_page", args=[household.pk, stay.pk])),
        Page("trainee-profile", "clerk", reverse("trainee_profile", args=[trainee.file_number])),
        Page("trainee-training", "clerk", reverse("trainee_training", args=[trainee.file_number])),
        Page("trainee-history", "clerk", reverse("trainee_history", args=[trainee.file_number])),
        Page("trainee-looks", "clerk", reverse("trainee_looks", args=[trainee.file_number])),
        Page("outcome-add", "clerk", reverse("outcome_add", args=[trainee.file_number])),
        Page("identity-review", "clerk", reverse("identity_review")),
        Page("consent", "clerk", reverse("trainee_consent", args=[trainee.file_number])),
        Page("consent-missing", "clerk", reverse("consent_missing")),
        Page("consent-paper", "clerk", reverse("consent_paper")),
        Page("consent-class", "clerk", reverse("class_consent", args=[running.code])),
        Page("requests", "clerk", reverse("request_list")),
        Page("request", "clerk", reverse("request_page", args=[wish.pk])),
        Page("trainee-rights", "clerk", reverse("trainee_rights", args=[trainee.file_number])),
        Page("exports", "clerk", reverse("export_list")),
        Page("export-new", "clerk", reverse("export_new")),
        Page("consent-texts", "manager", reverse("consent_texts")),
        Page("consent-draft", "manager", reverse("consent_draft", args=["ordinary"])),
        Page("consent-text", "manager", reverse("consent_text", args=[text.pk])),
        Page("retention", "manager", reverse("retention")),
        Page("retention-rule", "manager", reverse("retention_rule", args=["trainee_file"])),
        Page("my-consent", "trainee", reverse("my_consent")),
        Page("my-data", "trainee", reverse("my_data")),
        Page("duplicates", "clerk", reverse("duplicate_list")),
        Page("duplicate-compare", "clerk", reverse("duplicate_compare", args=two)),
        Page("duplicate-merge", "clerk", reverse("duplicate_merge", args=two)),
        Page("merge", "clerk", reverse("merge_page", args=[Merge.objects.latest("pk").pk])),
        Page("rosters", "clerk", reverse("roster_list")),
        Page("roster-upload", "clerk", reverse("roster_upload")),
        Page("roster-preview", "clerk", reverse("roster_preview", args=[roster.pk])),
        Page("roster-row", "clerk", reverse("roster_row", args=[roster.pk, 2])),
        Page("roster-undo", "clerk", reverse("roster_undo", args=[roster.pk])),
        Page("jobs", "clerk", reverse("job_list")),
        Page("classes", "clerk", reverse("class_list")),
        Page("class-plan", "clerk", reverse("class_plan")),
        Page("class-running", "clerk", reverse("class_page", args=[running.code])),
        Page("class-closed", "clerk", reverse("class_page", args=[closed.code])),
        Page("class-edit", "clerk", reverse("class_edit", args=[running.code])),
        Page("certificates", "clerk", reverse("class_certificates", args=[closed.code])),
        Page("certificate", "clerk", reverse("certificate_page", args=[certificate.number])),
        Page("certificate-chain", "clerk", reverse("certificate_page", args=[replaced.number])),
        Page("certificates-attendance", "clerk", attendance),
        Page("award", "clerk", reverse("contest_award", args=[heats.code, award.pk])),
        Page("entry-file", "clerk", reverse("contest_entry_file", args=[contest.code, entry.pk])),
        Page("number-schemes", "manager", reverse("number_schemes")),
        Page("number-scheme", "manager", reverse("number_scheme", args=["trainer"])),
        Page("class-reopen", "manager", reverse("class_reopen", args=[closed.code])),
        Page("certificate-prints", "clerk", reverse("certificate_prints")),
        Page("certificate-print-new", "clerk", reverse("print_new") + f"?class={closed.code}"),
        Page("certificate-register", "clerk", reverse("certificate_register")),
        Page("certificate-lists", "clerk", reverse("list_files")),
        Page("hand-over-class", "clerk", reverse("class_handover", args=[closed.code])),
        Page("hand-over", "clerk", reverse("certificate_handover", args=[certificate.number])),
        Page("designs", "clerk", reverse("design_list")),
        Page("design", "clerk", reverse("design_page", args=[certificate.design_id])),
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
        Page("my-file", "trainee", reverse("my_file")),
        Page("my-learning", "trainee", reverse("my_learning")),
        Page("lesson-take", "trainee", reverse("lesson_take", args=[lesson.pk])),
        Page("my-certificates", "trainee", reverse("my_certificates")),
        Page("badge", "trainee", reverse("badge_page", args=[badge.certificate.number])),
        Page("badge-wallet", "", reverse("badge_wallet", args=[badge.token])),
        Page("badge-check", "", reverse("badge_check")),
    ]


ACCOUNTS = ("", "clerk", "manager", "trainer", "trainee")
