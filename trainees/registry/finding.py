"""Finding people by what a clerk types: names and their sounds, places, file numbers, numbers whole or by their end.

Every word has to fit the person: "艾嘎 岩帅" is an 艾嘎 of 岩帅, "ag 1234" somebody with these initials and digits.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.places.enums import TOWNSHIP_LEVELS, VILLAGE_LEVELS
from lms.places.models import Division
from lms.places.phones import clean_phone, is_phone

from .enums import WHOLE_NAMES, KeyKind
from .identity import clean_id, read_identity
from .models import SearchKey, Trainee
from .names import HAN
from .rules import FILE_NUMBER
from .search_keys import TAIL, plain, serial, sounds_of, tail_hash

FIRST = 20
WORDS_AT_MOST = 6
# Keys read before the database is left to combine them with who may be seen: enough for nearly every search.
CHUNKS = (200, 1000, 5000)
# From here on digits are somebody's number and not a count: the end of an ID or phone number has four.
PERSONAL_DIGITS = 4
TAIL_WRITTEN = re.compile(r"\d{3}[\dx]")
HAN_TEXT = re.compile(f"[{HAN}]{{2,}}")
LATIN_PLACE = 3
# Of the old ID or longer, its check digit right or wrong.
LONG_NUMBER = re.compile(r"\d{14,}[\dX]")
# Between a name of two characters and one of one.
VILLAGE_NARROWNESS = 6

Label = Promise | str
ID_NUMBER, PHONE, PLACE, SOUND = _("ID number"), _("Phone"), _("Village or township"), _("Sounds the same")


@dataclass
class Word:
    """One typed word: the keys it equals, the keys it begins, and what of the file itself it may be."""

    text: str
    equal: list[str] = field(default_factory=list)
    begins: bool = False
    # Whole numbers: column of the file, value, reason to show.
    numbers: list[tuple[str, str, Label]] = field(default_factory=list)
    sounds: list[str] = field(default_factory=list)
    villages: list[int] = field(default_factory=list)
    townships: list[int] = field(default_factory=list)

    @property
    def narrowness(self) -> int:
        """Which of several words to begin with: numbers, names, a village's thousand people, letters, a township."""
        if not self.begins:
            return 100
        if self.townships:
            return 1
        return VILLAGE_NARROWNESS if self.villages else len(self.text) * (1 if self.text.isascii() else 4)

    @property
    def keys(self) -> Q:
        found = Q(key__in=[*self.equal, *self.sounds])
        return found | Q(key__begins=self.text) if self.begins else found

    @property
    def places(self) -> Q:
        return Q(village__in=self.villages) | Q(township__in=self.townships)

    @property
    def is_of_file(self) -> bool:
        return bool(self.villages or self.townships or self.numbers)

    @property
    def of_file(self) -> Q:
        """What of the Trainee row itself fits."""
        found = self.places
        for column, value, _reason in self.numbers:
            found |= number_is(column, value)
        return found


def words_of(text: str) -> list[Word]:
    """A whole number, in however many groups it was written, is one word."""
    text = text.replace("\x00", "").strip()
    if numbers := _numbers(text):
        return [Word(plain(text), numbers=numbers)]
    parts = text.split()[:WORDS_AT_MOST]
    if all(len(part) == 1 and part.isascii() for part in parts):
        parts = ["".join(parts)]  # first letters, one by one
    words = [_word(part) for part in parts if part]
    _add_places(words)
    return words


def search(people: QuerySet[Trainee], text: str) -> QuerySet[Trainee]:
    """Everybody who fits, the best first. For a page of its own; first_hits() is what answers while somebody types."""
    words = words_of(text)
    for word in words:
        keys = SearchKey.objects.filter(word.keys).values("trainee")
        people = people.filter(word.of_file | Q(pk__in=keys))
    return people.order_by(_rank(text), "-pk") if words else people


def first_hits(people: QuerySet[Trainee], text: str, *, limit: int = FIRST) -> list[Trainee]:
    """The best `limit`, without looking at all the others: exact names and numbers, then beginnings, then the rest."""
    words = sorted(words_of(text), key=lambda word: -word.narrowness)
    if not words:
        return list(people[:limit])
    first, others = words[0], words[1:]
    keys = SearchKey.objects.all()
    for word in others:
        # A set of keys is best compared with another set, a few people each with their own keys.
        if word.is_of_file or first.is_of_file:
            own = SearchKey.objects.filter(word.keys, trainee=OuterRef("pk"))
            people = people.filter(word.of_file | Q(Exists(own)))
        else:
            keys = keys.filter(trainee__in=SearchKey.objects.filter(word.keys).values("trainee"))
    return _Gathering(people, keys, limit).gather(first)


def explain(trainees: Sequence[Trainee], text: str) -> None:
    """Set `found_by` on each: why it stands in the list, one reason a word. One query."""
    words = words_of(text) if text.strip() else []
    keys: dict[int, list[tuple[int, str]]] = {}
    if words:
        rows = SearchKey.objects.filter(trainee__in=trainees).order_by("kind").values_list("trainee_id", "kind", "key")
        for pk, kind, key in rows:
            keys.setdefault(pk, []).append((kind, key))
    for trainee in trainees:
        reasons = [_reason(word, trainee, keys.get(trainee.pk, [])) for word in words]
        trainee.found_by = tuple(dict.fromkeys(filter(None, reasons)))


def number_is(column: str, value: str) -> Q:
    """The index of ID numbers holds the filled ones; SQLite uses it only where the question says so."""
    return Q(**{column: value}) & ~Q(**{column: ""})


def is_personal_number(text: str) -> bool:
    """An ID or telephone number, whole or in part; a whole file number is neither."""
    return sum(char.isdigit() for char in text) >= PERSONAL_DIGITS and not FILE_NUMBER.fullmatch(text.strip())


class _Gathering:
    """Collects people step by step until there are enough."""

    def __init__(self, people: QuerySet[Trainee], keys: QuerySet[SearchKey], limit: int):
        """`keys` and `people` are narrowed to what fits all words but the one to gather by."""
        self.people, self.keys, self.limit = people, keys, limit
        self.pks: list[int] = []

    def gather(self, word: Word) -> list[Trainee]:
        names = [word.text] if word.begins else []
        self._by_key(Q(key__in=[*names, *word.equal], kind__lt=KeyKind.PINYIN))
        self._by_file([number_is(column, value) for column, value, _reason in word.numbers])
        if word.begins:
            self._by_key(Q(key__begins=word.text, kind__in=WHOLE_NAMES))
            self._by_key(Q(key__begins=word.text))
            self._by_key(Q(key__in=word.sounds))
            self._by_file([word.places] if word.villages or word.townships else [])
        found = {trainee.pk: trainee for trainee in self.people.filter(pk__in=self.pks)}
        return [found[pk] for pk in self.pks if pk in found]

    def _by_key(self, wanted: Q) -> None:
        """A few keys at a time: most searches need no more. Only a common word in a small place goes on to the join."""
        keys = self.keys.filter(wanted)
        for chunk in CHUNKS:
            if len(self.pks) >= self.limit:
                return
            rows = list(keys.values_list("kind", "key", "trainee_id")[:chunk])
            rows.sort(key=lambda row: (row[0], len(row[1]), row[1], row[2]))
            self._keep(dict.fromkeys(pk for _kind, _key, pk in rows))
            if len(rows) < chunk:
                return
        if len(self.pks) < self.limit:
            self._keep(self._reachable(Q(pk__in=keys.values("trainee"))))

    def _by_file(self, wanted: Iterable[Q]) -> None:
        for one in wanted:
            if len(self.pks) < self.limit:
                self._keep(self._reachable(one))

    def _reachable(self, wanted: Q) -> list[int]:
        return list(self.people.filter(wanted).order_by("-pk").values_list("pk", flat=True)[: 2 * self.limit])

    def _keep(self, pks: Iterable[int]) -> None:
        new = [pk for pk in pks if pk not in self.pks]
        seen = set(self.people.filter(pk__in=new).order_by().values_list("pk", flat=True)) if new else set()
        self.pks += [pk for pk in new if pk in seen][: self.limit - len(self.pks)]


def _numbers(text: str) -> list[tuple[str, str, Label]]:
    """A file, ID or telephone number in full."""
    if FILE_NUMBER.fullmatch(text):
        return [("file_number", number, KeyKind.FILE.label) for number in [text, *_went_on_in(text)]]
    found: list[tuple[str, str, Label]] = []
    number = clean_id(text)
    identity = read_identity(text, today=timezone.localdate())
    if not identity.problem:
        found.append(("id_hash", Trainee.hash_id(identity.number), ID_NUMBER))
    elif LONG_NUMBER.fullmatch(number):
        found.append(("id_hash", Trainee.hash_id(number), ID_NUMBER))
    phone = clean_phone(text)
    if is_phone(phone):
        found.append(("phone_hash", Trainee.hash_phone(phone), PHONE))
    return found


def _went_on_in(file_number: str) -> list[str]:
    """A file that was merged into another one is found there."""
    gone = Trainee.objects.filter(file_number=file_number, merged_into__isnull=False).values_list("pk", flat=True)
    surviving = Trainee.objects.surviving(gone).values()
    return list(Trainee.objects.filter(pk__in=surviving).values_list("file_number", flat=True)) if surviving else []


def _word(part: str) -> Word:
    if numbers := _numbers(part):
        return Word(plain(part), numbers=numbers)
    text = plain(part)
    digits = plain(clean_id(part))
    if digits.isdigit() or TAIL_WRITTEN.fullmatch(digits):
        return Word(digits, equal=_short_numbers(digits))
    sounds = sounds_of(text) if HAN_TEXT.fullmatch(text) else []
    # A word of marks alone begins everything, so it begins nothing.
    return Word(text, begins=bool(text), sounds=sounds)


def _short_numbers(digits: str) -> list[str]:
    """A serial, or the last four of an ID or telephone number."""
    found = [serial(digits)] if digits.isdigit() else []
    if len(digits) == TAIL:
        found += [tail_hash(kind, digits) for kind in (KeyKind.ID_TAIL, KeyKind.PHONE_TAIL)]
    return found


def _add_places(words: list[Word]) -> None:
    """Townships and villages whose name begins with a word; those of former days too. One query for all words."""
    asked = [word for word in words if HAN_TEXT.fullmatch(word.text) or (word.begins and len(word.text) >= LATIN_PLACE)]
    if not asked:
        return
    places = Division.objects.filter(level__in=(*TOWNSHIP_LEVELS, *VILLAGE_LEVELS))
    for pk, level, name, name_en, aliases in places.values_list("pk", "level", "name", "name_en", "aliases"):
        named = [plain(written) for written in (name, name_en, *aliases)]
        for word in asked:
            if any(one.startswith(word.text) for one in named):
                (word.townships if level in TOWNSHIP_LEVELS else word.villages).append(pk)


def _rank(text: str) -> Case:
    """By what stands in the row itself: the name, its beginning, its sound, all else."""
    name, word = text.replace("\x00", "").strip(), plain(text.replace("\x00", ""))
    beginning = When(name__startswith=name, then=Value(1))
    sound = When(name_pinyin__startswith=word, then=Value(2)) if word.isascii() else None
    exact = When(name=name, then=Value(0))
    return Case(exact, beginning, *filter(None, [sound]), default=Value(3), output_field=IntegerField())


def _reason(word: Word, trainee: Trainee, keys: list[tuple[int, str]]) -> Label:
    """The best reason for one word; `keys` come best first."""
    for column, value, label in word.numbers:
        if getattr(trainee, column) == value:
            return label
    begun = [(kind, key) for kind, key in keys if key in word.equal or (word.begins and key.startswith(word.text))]
    if begun:
        exact = [kind for kind, key in begun if key == word.text and kind < KeyKind.PINYIN]
        return KeyKind((exact or [begun[0][0]])[0]).label
    if trainee.village_id in word.villages or trainee.township_id in word.townships:
        return PLACE
    return SOUND if any(key in word.sounds for _kind, key in keys) else ""
