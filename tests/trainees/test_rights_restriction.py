"""What is restricted is stored and nothing else: every door of every room that works on a file."""

import datetime
import io

import msoffcrypto
import pikepdf
import pytest

from certificates import actions as certificates
from courses.schedule import actions as schedule
from lms.audit.models import AuditEvent
from lms.privacy.models import FileView
from lms.refusals import Refused
from tests.cast import TODAY, client_of, synthetic_id
from tests.certificates.classes import enter_centre
from tests.trainees.papers import PDF, disability_number
from trainees.attendance import actions as attendance
from trainees.merging import actions as merging
from trainees.outcomes import actions as outcomes
from trainees.practice.actions import ResultEntry, record_results
from trainees.profiles import actions as profiles
from trainees.progress import actions as progress
from trainees.registry import actions as registry
from trainees.registry.models import Trainee
from trainees.rights import actions, own_data
from trainees.rights.models import RightsRequest

pytestmark = pytest.mark.django_db

HOUSEHOLD = "5309271234567890"


def code_of(call) -> str:
    try:
        call()
    except Refused as refused:
        return refused.code
    return "went through"


@pytest.fixture
def person(cast):
    return cast.person(id_number=synthetic_id(900), household_number=HOUSEHOLD)


def restrict(cast, person) -> Trainee:
    actions.restrict(by=cast.clerk, trainee=person, reason="本人要求")
    return Trainee.objects.select_related("township", "household").get(pk=person.pk)


def test_no_door_of_the_registry_opens(cast, person):
    by = cast.clerk
    facts = {"by": by, "valid_from": TODAY - datetime.timedelta(days=9), "evidence": "document"}
    entry = registry.add_membership(**facts, trainee=person, group="rural_youth")
    certificate = registry.record_disability(by=by, trainee=person, number=disability_number(900, "43"))
    member = person.household_entries.get()
    other = registry.open_household(by=by, number="5309271234567891", township=person.township)
    person = restrict(cast, person)
    why = {"by": by, "reason": "x"}
    doors = {
        "add": lambda: registry.add_membership(**facts, trainee=person, group="veteran"),
        "end": lambda: registry.end_membership(**why, membership=entry, valid_to=TODAY),
        "void": lambda: registry.void_membership(**why, membership=entry),
        "correct": lambda: registry.correct_membership(**why, membership=entry, valid_from=TODAY, valid_to=None),
        "attach": lambda: registry.attach_document(by=by, membership=entry, document=PDF),
        "verify": lambda: registry.verify_membership(by=cast.manager, membership=entry),
        "certificate": lambda: registry.record_disability(by=by, trainee=person, number=disability_number(900, "44")),
        "its dates": lambda: registry.correct_disability(
            **why, certificate=certificate, issued_on=TODAY, valid_to=None
        ),
        "its end": lambda: registry.void_disability(**why, certificate=certificate),
        "join": lambda: registry.join_household(by=by, trainee=person, household=other, valid_from=TODAY),
        "leave": lambda: registry.leave_household(**why, member=member, valid_to=TODAY),
        "void stay": lambda: registry.void_member(**why, member=member),
        "correct file": lambda: registry.correct_trainee(by=by, trainee=person, changes={"name": "岩"}),
        "account": lambda: registry.link_account(by=by, trainee=person, user=cast.outsider),
        "profile": lambda: profiles.set_profile(by=by, trainee=person, changes={"unit": "站"}),
        "photo": lambda: profiles.remove_photo(by=by, trainee=person),
        "merge": lambda: merging.merge_files(by=by, survivor=cast.person(), loser=person),
    }
    assert {door: code_of(call) for door, call in doors.items()} == dict.fromkeys(doors, "file_restricted")


def test_no_outcome_is_written(cast, person):
    record = {"by": cast.clerk, "trainee": person, "kind": "shop_opened", "proof_text": "店铺"}
    outcome = outcomes.record_outcome(**record, happened_on=TODAY)
    restrict(cast, person)
    assert code_of(lambda: outcomes.record_outcome(**record, happened_on=TODAY - datetime.timedelta(days=1))) == (
        "file_restricted"
    )
    assert code_of(lambda: outcomes.verify_outcome(by=cast.manager, outcome=outcome)) == "file_restricted"
    assert code_of(lambda: outcomes.void_outcome(by=cast.clerk, outcome=outcome, reason="x")) == "file_restricted"


def test_a_closed_class_gives_it_neither_result_nor_certificate_and_the_others_theirs(cast, person):
    other = cast.person()
    training_class = cast.training_class(people=[person, other])
    cast.mark(training_class, [person, other])
    task = training_class.tasks.get()

    def assess(*entries):
        return record_results(by=cast.trainer, training_class=training_class, results=entries, assessed_on=TODAY)

    passed = [ResultEntry(task=task, trainee=one, outcome="passed") for one in (person, other)]
    assess(*passed)
    progress.close_and_count(by=cast.clerk, training_class=training_class)
    enter_centre(cast)
    person = restrict(cast, person)
    assert assess(*passed) == [], "the same sheet again changes nothing and is no work on the file"
    assert code_of(lambda: assess(ResultEntry(task=task, trainee=person, outcome="failed"))) == "file_restricted"
    issue = {"by": cast.clerk, "training_class": training_class}
    assert [one.trainee for one in certificates.issue(**issue)] == [other]
    assert code_of(lambda: certificates.issue(**issue, trainees=[person])) == "file_restricted"


def test_the_household_goes_on_for_everybody(cast, person):
    """The household is worked on, not the file: what follows from it stays true of each of its people."""
    restrict(cast, person)
    registry.set_poverty(
        by=cast.clerk, household=person.household, poverty_type="general_poor", valid_from=TODAY, evidence="document"
    )
    assert person.memberships.live().filter(group="poor_household").count() == 1


def test_places_in_two_classes_are_given_up_and_who_waits_moves_up(cast, person):
    waiting = cast.person()
    classes = [cast.training_class(people=[person], open=False, capacity=1) for _ in range(2)]
    for one in classes:
        attendance.enrol(by=cast.clerk, training_class=one, trainees=[waiting])
    restrict(cast, person)
    states = {(row.trainee_id, row.state) for one in classes for row in one.enrolments.all()}
    assert states == {(person.pk, "cancelled"), (waiting.pk, "confirmed")}
    assert schedule.lock_class(classes[0].pk).pk == classes[0].pk


# --- The copy, taken by staff ---------------------------------------------------------------------------------
def copy_of(cast, person, form, callbacks) -> RightsRequest:
    with callbacks(execute=True):
        wish = actions.record_request(by=cast.clerk, trainee=person, kind="copy", copy_format=form)
    wish.refresh_from_db()
    return wish


def test_staff_take_a_copy_with_a_reason_and_closed(cast, person, django_capture_on_commit_callbacks):
    wish = copy_of(cast, person, "xlsx", django_capture_on_commit_callbacks)
    client, address = client_of(cast.clerk), f"/requests/{wish.pk}/copy/hand-over/"
    assert client.get(f"/requests/{wish.pk}/copy/").status_code == 403
    assert client.get(address).status_code == 405
    for facts in ({}, {"reason": "柜台交付"}, {"reason": "柜台交付", "password": "short"}):
        assert client.post(address, facts).status_code == 302
    assert FileView.objects.filter(unmasked="copy_of_all_data").count() == 0
    answer = client.post(address, {"reason": "柜台交付", "password": "vU8-tea-hill"})
    opened = msoffcrypto.OfficeFile(io.BytesIO(answer.content))
    assert opened.is_encrypted() is True
    opened.load_key(password="vU8-tea-hill", verify_password=True)
    assert FileView.objects.get(unmasked="copy_of_all_data").reason == "柜台交付"
    assert AuditEvent.objects.get(event="request.copy_taken").reason == "柜台交付"
    assert client_of(cast.operator_elsewhere).post(address, {}).status_code == 404
    assert client_of(cast.auditor).post(address, {}).status_code == 403


def test_paper_is_closed_as_well_and_what_cannot_be_is_refused(cast, person, django_capture_on_commit_callbacks):
    wish = copy_of(cast, person, "pdf", django_capture_on_commit_callbacks)
    facts = {"reason": "柜台交付", "password": "vU8-tea-hill"}
    closed = client_of(cast.clerk).post(f"/requests/{wish.pk}/copy/hand-over/", facts).content
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(closed))
    with pikepdf.open(io.BytesIO(closed), password="vU8-tea-hill") as document:
        assert len(document.pages) > 0
    actions.answer(by=cast.clerk, request=wish, outcome="done", text="已给")
    wish = copy_of(cast, person, "json", django_capture_on_commit_callbacks)
    assert client_of(cast.clerk).post(f"/requests/{wish.pk}/copy/hand-over/", facts).status_code == 302


def test_a_copy_holds_what_stayed_with_the_merged_files(cast, person):
    loser = cast.person(name="岩旧名")
    merging.merge_files(by=cast.clerk, survivor=person, loser=loser)
    person.refresh_from_db()
    files = next(one for one in own_data.sections_of(person) if one.key == "trainees.Trainee")
    assert {loser.file_number, person.file_number} <= {cell for row in files.rows for cell in row}
