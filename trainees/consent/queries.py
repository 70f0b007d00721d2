"""What a person agreed to, and what follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from courses.schedule.models import TrainingClass
from lms.access.scope import scope_of
from lms.accounts.models import User
from lms.programme.models import Programme
from lms.refusals import Refused
from trainees.registry.enums import Limit
from trainees.registry.models import OFFICE, Trainee
from trainees.registry.queries import ENTERING

from .enums import ConsentKind, StandingState
from .models import Consent, ConsentPolicy, ConsentText

REQUIRED_KEY, REQUIRED_SECONDS = "consent:required", 300
TONES = {
    StandingState.GIVEN: "ok",
    StandingState.OLDER: "info",
    StandingState.WITHDRAWN: "bad",
    StandingState.MISSING: "warn",
}


@dataclass(frozen=True)
class Standing:
    """One kind of consent of one person today; `consent` is the one that decides, `text` the one in force."""

    kind: ConsentKind
    state: StandingState
    text: ConsentText | None
    consent: Consent | None

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def holds(self) -> bool:
        return self.state in (StandingState.GIVEN, StandingState.OLDER)


@dataclass(frozen=True)
class OfFile:
    """For trainees/consent/of_file.html."""

    trainee: Trainee
    standings: list[Standing]
    history: list[Consent]
    limits: list[Limit]
    may_record: bool


def texts_in_force() -> dict[ConsentKind, ConsentText]:
    """The latest published text of each kind, in the order of the kinds."""
    published = ConsentText.objects.filter(published_at__isnull=False).order_by("version")
    latest = {ConsentKind(text.kind): text for text in published}
    return {kind: latest[kind] for kind in ConsentKind if kind in latest}


def standings_of(consents: Iterable[Consent], texts: dict[ConsentKind, ConsentText]) -> list[Standing]:
    """From one person's consents, newest first."""
    found: dict[str, Consent] = {}
    for consent in consents:
        known = found.get(consent.kind)
        # A live one beats a withdrawn one, whichever was recorded later.
        if known is None or (known.withdrawn_at and not consent.withdrawn_at):
            found[consent.kind] = consent
    return [_standing(kind, texts.get(kind), found.get(kind)) for kind in ConsentKind]


def _standing(kind: ConsentKind, text: ConsentText | None, consent: Consent | None) -> Standing:
    if consent is None:
        return Standing(kind, StandingState.MISSING, text, None)
    if consent.withdrawn_at:
        return Standing(kind, StandingState.WITHDRAWN, text, consent)
    older = text is not None and consent.text_id != text.pk
    return Standing(kind, StandingState.OLDER if older else StandingState.GIVEN, text, consent)


def of_file(trainee: Trainee, *, by: User) -> OfFile:
    """In two queries, however long the history."""
    consents = list(trainee.consents.select_related("text").order_by("-id"))
    return OfFile(
        trainee=trainee,
        standings=standings_of(consents, texts_in_force()),
        history=consents,
        limits=trainee.limits,
        may_record=scope_of(by).covers(trainee.township.code, *ENTERING) and not trainee.anonymised_at,
    )


def policy_of(programme: Programme) -> ConsentPolicy:
    """What the manager decided; until then consent is recorded and not waited for."""
    return ConsentPolicy.objects.filter(programme=programme).first() or ConsentPolicy(programme=programme)


def is_required(programme_id: int) -> bool:
    return ConsentPolicy.objects.filter(programme=programme_id, required=True).exists()


def is_required_anywhere() -> bool:
    """Opening a file belongs to no programme. Kept for minutes: a roster asks it a thousand times."""
    known: bool | None = cache.get(REQUIRED_KEY)
    if known is None:
        known = ConsentPolicy.objects.filter(required=True).exists()
        cache.set(REQUIRED_KEY, known, REQUIRED_SECONDS)
    return known


def agreed(kind: ConsentKind, people: Iterable[Trainee]) -> set[int]:
    """Ids of those whose consent of this kind lives."""
    live = Consent.objects.live().filter(kind=kind, trainee__in=list(people))
    return set(live.values_list("trainee", flat=True))


def not_enrolable(people: list[Trainee], training_class: TrainingClass) -> dict[int, Refused]:
    """Who of these may not be put into a class, and the sentence that says why."""
    missing: set[int] = set()
    if is_required(training_class.programme_id):
        missing = {person.pk for person in people} - agreed(ConsentKind.ORDINARY, people)
    refusals = {}
    for person in people:
        if person.stopped or person.pk in missing:
            refusals[person.pk] = _not_enrolable(person)
    return refusals


def _not_enrolable(person: Trainee) -> Refused:
    texts = {
        Limit.RESTRICTED: _("The file %(number)s is restricted: it is kept, and nobody is enrolled by it."),
        Limit.USE: _(
            "%(number)s withdrew the consent: no new enrolment. If the person wants to come again, record a new "
            "consent first."
        ),
        None: _("%(number)s has given no consent yet, and this programme waits for it. Record the consent first."),
    }
    codes = {Limit.RESTRICTED: "file_restricted", Limit.USE: "consent_withdrawn", None: "consent_missing"}
    text = texts[person.stopped] % {"number": person.file_number}
    return Refused(codes[person.stopped], text, file_numbers=[person.file_number])


def gate_sensitive_group(trainee: Trainee | None) -> None:
    """Given to the registry by trainees/apps.py: where consent is waited for, poverty and disability wait too."""
    if not is_required_anywhere() or (trainee is not None and trainee.pk in agreed(ConsentKind.SENSITIVE, [trainee])):
        return
    raise Refused(
        "sensitive_consent_missing",
        _(
            "Poverty and disability need the person's separate consent here, and none is recorded. Record it on the "
            "page of consents, then enter the group."
        ),
    )


def without_consent(user: User, *, kind: str = ConsentKind.ORDINARY, township: str = "") -> QuerySet[Trainee]:
    """Live files in the office's places without a live consent of this kind; who said no is not asked again."""
    people = Trainee.objects.live().filter(scope_of(user).within("township__code", *OFFICE))
    if township:
        people = people.filter(township__code=township)
    live = Consent.objects.live().filter(trainee=OuterRef("pk"), kind=kind)
    people = people.filter(~Exists(live), restricted_at__isnull=True)
    if kind == ConsentKind.ORDINARY:
        people = people.filter(use_withdrawn_at__isnull=True)
    if kind == ConsentKind.SENSITIVE:
        people = people.filter(sensitive_withdrawn_at__isnull=True)
    return people.select_related("township", "village").order_by("township__code", "village__code", "id")


def people_of(training_class: TrainingClass, user: User) -> QuerySet[Trainee]:
    """Those with a place in the class whom this office account may see."""
    # By relation and word: the room of attendance stands above this one.
    return (
        Trainee.objects.live()
        .filter(scope_of(user).within("township__code", *OFFICE))
        .filter(enrolments__training_class=training_class, enrolments__state="confirmed")
        .select_related("township", "village")
        .order_by("village__code", "id")
    )


def standings_of_many(people: list[Trainee]) -> dict[int, list[Standing]]:
    """Two queries for any number of people."""
    texts = texts_in_force()
    consents: dict[int, list[Consent]] = {person.pk: [] for person in people}
    for consent in Consent.objects.filter(trainee__in=people).order_by("-id"):
        consents[consent.trainee_id].append(consent)
    return {pk: standings_of(rows, texts) for pk, rows in consents.items()}
