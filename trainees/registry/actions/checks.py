"""What a file may hold, checked before it is written; each refusal says how to mend it."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.places.enums import TOWNSHIP_LEVELS
from lms.places.models import Division
from lms.places.phones import clean_phone, is_phone
from lms.refusals import Refused
from trainees.registry import rules
from trainees.registry.enums import IdKind
from trainees.registry.identity import Identity, read_identity
from trainees.registry.models import Trainee
from trainees.registry.names import clean_name, name_problem
from trainees.registry.reasons import SENTENCES


def put_identity(trainee: Trainee, identity: Identity) -> None:
    trainee.id_kind, trainee.id_number = identity.kind, identity.number
    trainee.id_hash = Trainee.hash_id(identity.number)
    trainee.id_state = rules.state_of(identity)
    trainee.id_note = " ".join(identity.warnings)


def checked_identity(id_kind: str, id_number: str) -> Identity:
    if not id_number.strip():
        return Identity(IdKind(id_kind), "")
    identity = read_identity(id_number, today=timezone.localdate(), kind=id_kind)
    if identity.problem:
        raise Refused(identity.problem, SENTENCES[identity.problem])
    return identity


def checked_name(text: str) -> str:
    name = clean_name(text)
    problem = name_problem(name)
    if problem:
        raise Refused(problem, SENTENCES[problem])
    return name


def checked_phone(text: str) -> str:
    phone = clean_phone(text) if text else ""
    if phone and not is_phone(phone):
        raise Refused(
            "phone_invalid",
            _("This is not a telephone number: a mobile has 11 digits, a landline is written 0883-7121234."),
        )
    return phone


def check_place(township: Division, village: Division | None) -> None:
    if township.level not in TOWNSHIP_LEVELS:
        raise Refused("township_unknown", _("Choose a township, town or farm."))
    if village is not None and village.parent_id != township.pk:
        raise Refused("village_elsewhere", _("This village does not belong to the chosen township; choose again."))
