"""What the log says in people's words: its events, the fields they changed, the values of those fields.

A room that writes a new event about a trainee adds its line here; a test compares this table with the code.
"""

from collections.abc import Callable, Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from courses.catalogue.enums import Tier
from lms.places.queries import code_names
from trainees.consent.enums import Channel, ConsentKind
from trainees.outcomes.enums import OutcomeKind
from trainees.profiles.enums import Device, Language, Need
from trainees.registry.enums import Evidence, IdKind, IdState, Sex
from trainees.rights.columns import COLUMNS
from trainees.rights.enums import Outcome, RequestKind

Words = dict[str, str | Promise]

EVENTS: Words = {
    "trainee.registered": _("File opened"),
    "trainee.corrected": _("File corrected"),
    "trainee.identity_set": _("Another document entered"),
    "trainee.identity_accepted": _("Identity accepted after a look at the papers"),
    "trainee.group_added": _("Group added"),
    "trainee.group_ended": _("Group ended"),
    "trainee.group_corrected": _("Group corrected"),
    "trainee.group_document": _("Document of a group added"),
    "trainee.group_replaced": _("Claim of a group replaced by a record"),
    "trainee.group_verified": _("Group verified"),
    "trainee.group_voided": _("Group struck out"),
    "trainee.disability_recorded": _("Disability certificate recorded"),
    "trainee.disability_corrected": _("Disability certificate corrected"),
    "trainee.disability_voided": _("Disability certificate struck out"),
    "trainee.household_joined": _("Household joined"),
    "trainee.household_left": _("Household left"),
    "trainee.household_voided": _("Household struck out"),
    "trainee.limited": _("Use of the file limited"),
    "trainee.limit_lifted": _("Limit lifted"),
    "trainee.merged": _("Another file of this person went on in this one"),
    "trainee.merged_away": _("Went on in another file"),
    "trainee.unmerged": _("Two files again"),
    "trainee.another_person": _("Another file is another person's"),
    "trainee.duplicates_erased": _("Possible duplicates forgotten"),
    "trainee.merge_snapshots_erased": _("Copies kept for an undo erased"),
    "trainee.identity_withdrawn": _("ID number taken back"),
    "trainee.voided": _("File taken out of use"),
    "trainee.account_linked": _("Account connected"),
    "trainee.profile_set": _("Needs, work, wishes written"),
    "trainee.outcome_recorded": _("Outcome recorded"),
    "trainee.outcome_verified": _("Outcome confirmed"),
    "trainee.outcome_voided": _("Outcome struck out"),
    "walk_in.matched": _("Found at the door of a class"),
    "consent.given": _("Consent given"),
    "consent.withdrawn": _("Consent withdrawn"),
    "request.recorded": _("Request recorded"),
    "request.answered": _("Request answered"),
    "request.copy_made": _("Copy of all data made"),
    "request.copy_taken": _("Copy of all data fetched"),
    "certificate.issued": _("Certificate issued"),
    "certificate.printed": _("Certificate printed"),
    "certificate.replaced": _("Certificate replaced by a newer one"),
    "certificate.revoked": _("Certificate revoked"),
    "certificate.reprinted": _("Certificate printed again"),
    "certificate.handed_over": _("Certificate handed over"),
    "certificate.hand_over_corrected": _("Record of the hand-over corrected"),
    "certificate.hand_over_withdrawn": _("Record of the hand-over taken back"),
    "certificate.hand_over_scanned": _("Signed sheet of the hand-over kept"),
    "certificate.hand_over_scan_deleted": _("Signed sheet of the hand-over deleted"),
    "badge.made": _("Open Badge made"),
    "badge.remade": _("Open Badge made again"),
    "badge.link_changed": _("Address of the Open Badge changed"),
}
FIELDS: Words = {
    "name": _("Name"),
    "aliases": _("Other names"),
    "phone": _("Phone"),
    "township": _("Township"),
    "village": _("Village"),
    "village_group": _("Village group"),
    "ethnic": _("Ethnic group"),
    "education": _("Education"),
    "sex": _("Sex"),
    "birth_date": _("Born"),
    "household_number": _("Household number"),
    "id_number": _("ID number"),
    "id_kind": _("Kind of document"),
    "id_state": _("Identity"),
    "groups": _("Group"),
    "evidence": _("Evidence"),
    "valid_from": _("From"),
    "valid_to": _("Last day"),
    "user": _("Account"),
    "household": _("Household"),
    "number": _("Number"),
    "issued_on": _("Issued on"),
    "document": _("Document"),
    "verified_by": _("Verified by"),
    "voided": _("Struck out"),
    "file": _("File"),
    "restricted": _("Processing restricted"),
    "use_withdrawn": _("Consent withdrawn"),
    "sensitive_withdrawn": _("Separate consent withdrawn"),
    "state": _("State"),
    "replaces": _("Takes the place of"),
    "reissue_reason": _("why it was issued again"),
    "collected_on": _("Collected on"),
    "collector": _("Collected by"),
    "receiver": _("Who collected it"),
    "scan": _("Signed sheet"),
    "times_printed": _("Times printed"),
    "with_name": _("With the name"),
    "outcome": _("Outcome"),
    "happened_on": _("Day"),
    "pairs": _("Possible duplicates"),
    "wechat": _("WeChat"),
    "residence_place": _("Lives now in"),
    "residence": _("Where exactly"),
    "languages": _("Follows a lesson in"),
    "needs": _("Needs to take part"),
    "devices": _("Has"),
    "political": _("Political status"),
    "employment": _("Occupation"),
    "unit": _("Works at"),
    "post": _("Post"),
    "business": _("Grows, makes or sells"),
    "has_sold_online": _("Has sold online before"),
    "shop": _("Shop and platform"),
    "wishes": _("Wants to learn with"),
    "wishes_note": _("What the person wants to learn"),
    "guardian_name": _("Guardian"),
    "guardian_relation": _("Guardian is"),
    "guardian_phone": _("Guardian's phone"),
    "photo": _("Photo"),
    "kind": _("Kind of consent or request"),
    "text": _("Text"),
    "channel": _("How"),
    "given_on": _("Given on"),
    "witness": _("Witness"),
    "guardian": _("Guardian"),
    "due_on": _("Answer due"),
    "sections": _("Tables"),
    "class": _("Class"),
    "trainee": _("File"),
    "duplicate_of": _("Possible duplicate of"),
    "snapshots": _("Copies kept for an undo"),
    "person_times": _("Person-times"),
}
# What a look into a file showed in full.
SEEN: Words = {
    # An exported list names its columns.
    **{column.key: column.label for column in COLUMNS},
    "id_number": _("ID number"),
    "phone": _("Phone"),
    "name": _("Name"),
    "birth_date": _("date of birth"),
    "household": _("Household number"),
    "profile": _("needs, work, wishes"),
    "group_document": _("document of a group"),
    "disability_document": _("disability certificate"),
    "household_document": _("list or decision about the household"),
    "consent_scan": _("scan of a consent"),
    "hand_over_scan": _("signed sheet of a hand-over"),
    "copy_of_all_data": _("copy of all data"),
    # As they were written before.
    "consent scan": _("scan of a consent"),
    "copy of all data": _("copy of all data"),
    "outcome_proof": _("document of an outcome"),
    "plan_file": _("business plan"),
    "paper": _("the whole file on paper"),
}
PLACES = ("township", "village", "residence_place")
YES_NO: Words = {"True": _("Yes"), "False": _("No")}
# The certificates stand above the trainees, so their words are said again here.
STATES: Words = {
    "valid": _("Valid"),
    "replaced": _("Replaced by a newer one"),
    "revoked": _("Revoked"),
    "collected": _("Handed over"),
    "withdrawn": _("Entered by mistake"),
}
COLLECTORS: Words = {"self": _("In person"), "other": _("Somebody for the person")}
REISSUES: Words = {
    "misprint": _("Correction of a misprint"),
    "name_change": _("Change of name"),
    "lost": _("Loss"),
    "damaged": _("Damage"),
    "renewal": _("Renewal"),
    "passed": _("Passed after all"),
}


def listed(parts: Iterable[object]) -> str:
    """佤语、汉语; Wa, Chinese."""
    return pgettext("between two things of a list", ", ").join(map(str, parts))


def _of(*choices: type) -> Callable[[], Mapping]:
    return lambda: {code: word for one in choices for code, word in one.choices}  # type: ignore[attr-defined]


def _list(key: str) -> Callable[[], Mapping]:
    return lambda: code_names(key)


# Field -> code -> word, read when a page is drawn: in the reader's language.
VALUES: dict[str, Callable[[], Mapping]] = {
    "sex": _of(Sex),
    "id_kind": _of(IdKind),
    "id_state": _of(IdState),
    "evidence": _of(Evidence),
    "ethnic": _list("ethnic"),
    "education": _list("education"),
    "groups": _list("trainee_group"),
    "political": _list("political"),
    "employment": _list("employment"),
    "guardian_relation": _list("relation"),
    "languages": _of(Language),
    "needs": _of(Need),
    "devices": _of(Device),
    "wishes": _of(Tier),
    # An outcome of the training, or of a request.
    "outcome": _of(OutcomeKind, Outcome),
    "kind": _of(ConsentKind, RequestKind),
    "channel": _of(Channel),
    "has_sold_online": lambda: YES_NO,
    "voided": lambda: YES_NO,
    "restricted": lambda: YES_NO,
    "use_withdrawn": lambda: YES_NO,
    "sensitive_withdrawn": lambda: YES_NO,
    "state": lambda: STATES,
    "collector": lambda: COLLECTORS,
    "with_name": lambda: YES_NO,
    "reissue_reason": lambda: REISSUES,
}
