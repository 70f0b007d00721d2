"""Which files may be one person's: looked at after every change, and all of them at night."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from trainees.merging import matching
from trainees.merging.enums import Ground, PairState
from trainees.merging.models import DuplicatePair, MatchKey
from trainees.merging.rules import pairs_of, same_village
from trainees.registry.models import Trainee, in_use

BATCH = 500
RANKS = {ground: place for place, ground in enumerate(Ground)}
Pair = tuple[int, int]


@dataclass
class Found:
    """What a look brought: pairs new to the list, asked again, and no longer alike."""

    files: int = 0
    new: int = 0
    again: int = 0
    gone: int = 0

    def add(self, other: "Found") -> None:
        self.files += other.files
        self.new += other.new
        self.again += other.again
        self.gone += other.gone


def look_at(trainees: Collection[int]) -> Found:
    """Bring the keys of these files and the pairs they are in up to date. Looking twice changes nothing."""
    result, ordered = Found(), sorted(trainees)
    for start in range(0, len(ordered), BATCH):
        heads = _write_keys(ordered[start : start + BATCH])
        # In a transaction of its own: of two who register one person at once, the later commit sees both keys.
        result.add(_write_pairs(heads))
    return result


def find_all() -> Iterator[Found]:
    """Every file in use, batch by batch, each committed: a look that was stopped goes on the next night."""
    last = 0
    while files := list(Trainee.objects.live().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        last = files[-1]
        yield look_at(files)
    MatchKey.objects.exclude(in_use("trainee__")).delete()


@transaction.atomic
def _write_keys(trainees: Collection[int]) -> set[int]:
    """The heads of the families these files belong to, each with the keys of its whole family."""
    families = matching.families(trainees)
    members = {pk for family in families.values() for pk in family}
    keys = matching.keys_of(members)
    wanted = {(head, *key) for head, family in families.items() for pk in family for key in keys[pk]}
    touched = {*trainees, *members}
    _hold(touched)
    rows = MatchKey.objects.filter(trainee__in=touched).values_list("pk", "trainee", "ground", "digest")
    stored = {(trainee, ground, digest): pk for pk, trainee, ground, digest in rows}
    stale = [pk for row, pk in stored.items() if row not in wanted]
    if stale:
        MatchKey.objects.filter(pk__in=stale).delete()
    missing = sorted(wanted - stored.keys())
    if missing:
        MatchKey.objects.bulk_create(
            (MatchKey(trainee_id=pk, ground=ground, digest=digest) for pk, ground, digest in missing),
            ignore_conflicts=True,
        )
    return set(families)


@transaction.atomic
def _write_pairs(heads: set[int]) -> Found:
    found, result = _alike(heads), Found(files=len(heads))
    known = {
        (pair.first_id, pair.second_id): pair
        for pair in DuplicatePair.objects.filter(Q(first__in=heads) | Q(second__in=heads))
    }
    _hold({pk for pair in (*found, *known) for pk in pair})
    new = [DuplicatePair(first_id=a, second_id=b, **_facts(found[a, b])) for a, b in sorted(found.keys() - known)]
    DuplicatePair.objects.bulk_create(new, ignore_conflicts=True)
    result.new = len(new)
    decided = [key for key, pair in known.items() if pair.decided_at and key in found]
    prints = matching.fingerprints({pk for key in decided for pk in key})
    for key, pair in known.items():
        if key not in found:
            result.gone += _drop(pair)
        elif pair.state == PairState.OPEN:
            _keep_open(pair, found[key])
        elif pair.fingerprint != matching.both(prints, *key):
            _ask_again(pair, found[key])
            result.again += 1
    return result


def _hold(trainees: Collection[int]) -> None:
    """Keys and pairs point at files; whoever writes them holds the files first, in one order, as a merge does."""
    held = Trainee.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=trainees)
    list(held.order_by("pk").values_list("pk"))


def _alike(heads: set[int]) -> dict[Pair, set[str]]:
    """(older file, younger file) -> the grounds on which they are alike."""
    # Two questions: as one, a database that has not yet counted a growing table reads all of it.
    own = set(MatchKey.objects.filter(trainee__in=heads).values_list("digest", flat=True))
    rows = MatchKey.objects.filter(in_use("trainee__"), digest__in=own)
    groups, villages = defaultdict(set), {}
    for pk, village, ground, digest in rows.values_list("trainee", "trainee__village", "ground", "digest"):
        groups[ground, digest].add(pk)
        villages[pk] = village
    found: dict[Pair, set[str]] = defaultdict(set)
    for (ground, _digest), members in groups.items():
        for first, second in pairs_of(members) if len(members) > 1 else ():
            far = ground == Ground.NAME_BIRTH and not same_village(villages[first], villages[second])
            if (first in heads or second in heads) and not far:
                found[first, second].add(ground)
    return found


def _facts(grounds: set[str]) -> dict:
    ordered = sorted(grounds, key=lambda ground: RANKS[Ground(ground)])
    return {"grounds": ordered, "rank": RANKS[Ground(ordered[0])]}


def _drop(pair: DuplicatePair) -> int:
    """No longer alike and never decided: nothing to remember."""
    if pair.state != PairState.OPEN:
        return 0
    pair.delete()
    return 1


def _keep_open(pair: DuplicatePair, grounds: set[str]) -> None:
    facts = _facts(grounds)
    if facts["grounds"] != pair.grounds:
        pair.grounds, pair.rank = facts["grounds"], facts["rank"]
        pair.save(update_fields=["grounds", "rank"])


def _ask_again(pair: DuplicatePair, grounds: set[str]) -> None:
    """One of the files changed in a fact that matters; the old decision stays in the log."""
    facts = _facts(grounds)
    pair.state, pair.grounds, pair.rank = PairState.OPEN, facts["grounds"], facts["rank"]
    pair.fingerprint, pair.decided_at, pair.decided_by, pair.reason = "", None, "", ""
    pair.save()
