"""The keys by which files of one person find each other, worked out from the files alone."""

import hashlib
from collections.abc import Collection, Iterable
from typing import Any

from lms.privacy.crypto import lookup_hash
from trainees.registry.models import Trainee
from trainees.registry.names import sounds

from .enums import Ground

Key = tuple[str, str]  # ground, digest
COLUMNS = ("pk", "name", "aliases", "birth_date", "id_hash", "phone_hash", "township__code")


def families(trainees: Collection[int]) -> dict[int, set[int]]:
    """Files in use -> themselves with every file that went on in them: an old number still finds the person."""
    gone = Trainee.objects.surviving(trainees)
    heads = {gone.get(pk, pk) for pk in trainees}
    head_of = {pk: pk for pk in Trainee.objects.live().filter(pk__in=heads).values_list("pk", flat=True)}
    members, frontier = {pk: {pk} for pk in head_of}, set(head_of)
    while frontier:
        away = dict(Trainee.objects.filter(merged_into__in=frontier).values_list("pk", "merged_into"))
        for pk, into in away.items():
            head_of[pk] = head_of[into]
            members[head_of[pk]].add(pk)
        frontier = set(away)
    return members


def keys_of(trainees: Collection[int]) -> dict[int, set[Key]]:
    """From hashes alone: no number is decrypted. Fifteen digits were stored as the eighteen that replaced them."""
    files = Trainee.objects.filter(pk__in=trainees)
    return {row["pk"]: _keys(row) for row in files.values(*COLUMNS)}


def _keys(file: dict[str, Any]) -> set[Key]:
    heard = {sound for name in (file["name"], *file["aliases"]) for sound in sounds(name) or [name]}
    phone, birth, place = file["phone_hash"], file["birth_date"], file["township__code"]
    keys: set[Key] = {(Ground.ID.value, file["id_hash"])} if file["id_hash"] else set()
    for sound in heard if phone else ():
        keys.add((Ground.PHONE_NAME.value, lookup_hash("merging.phone_name", f"{phone} {sound}")))
    for sound in heard if birth else ():
        keys.add((Ground.NAME_BIRTH.value, lookup_hash("merging.name_birth", f"{place} {birth} {sound}")))
    return keys


def fingerprints(trainees: Collection[int]) -> dict[int, str]:
    """Of the keys and the village of each file in use: a decision about it holds as long as this stays."""
    members = families(trainees)
    keys = keys_of({pk for family in members.values() for pk in family})
    villages = dict(Trainee.objects.filter(pk__in=members).values_list("pk", "village__code"))
    return {
        head: _digest([*sorted({digest for pk in family for _ground, digest in keys[pk]}), villages[head] or ""])
        for head, family in members.items()
    }


def fingerprint_of(first: int, second: int) -> str:
    prints = fingerprints([first, second])
    return both(prints, first, second)


def both(prints: dict[int, str], first: int, second: int) -> str:
    return _digest([prints.get(first, ""), prints.get(second, "")])


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
