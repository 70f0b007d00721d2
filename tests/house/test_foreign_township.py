"""An operator of 岩帅镇 is tried on every address with the records of people of 勐省镇: they are not there.

A new address with a parameter fails here until its value stands in `values_of`; one without is opened like all others.
"""

import io
import itertools
import re
import zipfile

import pypdfium2
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

from lms.accounts.enums import Role
from lms.privacy import masking
from lms.privacy.models import FileView
from tests.cast import TODAY, client_of
from tests.house.test_access import MINE
from tests.neighbours import FOREIGN, Neighbour, townships
from tests.trainees.rosters import bring, enter, every_table, line, workbook
from trainees.rights import actions as rights
from trainees.rights.models import Export

pytestmark = pytest.mark.django_db

PARAMETER = re.compile(r"<\w+:\w+>")
# Not about a person: what everybody finds under these, and the keys that are given out to whoever holds them.
NEUTRAL = {
    "certificates/designs/<int:pk>": 1, "certificates/designs/<int:pk>/<slug:mode>": "ordinary",
    "admin/snippets/certificates/certificatedesign/edit/<int:pk>": 1,
    "admin/snippets/certificates/certificatedesign/unpublish/<int:pk>": 1,
    "admin/password_reset/<path:rest>": "x/", "admin/station/edit/<int:pk>": 1, "admin/trainer/edit/<int:pk>": 1,
    "consent/texts/<int:pk>": 1, "consent/texts/<str:kind>": "ordinary", "my/consent/<str:kind>": "ordinary",
    "retention/rules/<str:kind>": "trainee_file", "my/lessons/<int:pk>": 1, "contest/<str:code>": "DS2018",
    "verify/trust/<str:fingerprint>": "00", "c/<path:token>": "x", "contest/receipt/<uuid:token>": 0,
    "certificates/schemes/<str:kind>": "award",
    "b/<str:token>": "x", "badges/status/<int:number>": 1, "badges/pictures/<str:kind>": "completion",
}  # fmt: skip
# Sealed files have no address, whoever asks.
OF_NOBODY = {"media/<path:path>"}


def values_of(one: Neighbour) -> dict[str, object]:
    """The address up to a parameter -> whose it is."""
    number = one.trainee.file_number
    return {
        "jobs/<uuid:public_id>": one["job"].public_id,
        "staff/<int:pk>": one.trainee.user.pk,
        "staff/<int:pk>/roles/<int:grant>": 1,
        "trainees/<str:file_number>": number,
        "trainees/<str:file_number>/groups/<int:pk>": one["group"].pk,
        "trainees/<str:file_number>/disability/<int:pk>": one["disability"].pk,
        "trainees/<str:file_number>/outcomes/<int:pk>": one["outcome"].pk,
        "households/<int:pk>": one["household"].pk,
        "households/<int:pk>/periods/<int:period>": one["period"].pk,
        "households/<int:pk>/members/<int:member>": one["member"].pk,
        "duplicates/<str:first>": number,
        "duplicates/<str:first>/<str:second>": one["twin"].file_number,
        "merges/<int:pk>": one["merge"].pk,
        "rosters/<int:pk>": one["roster"].pk,
        "rosters/<int:pk>/rows/<int:number>": 2,
        "consent/scans/<int:pk>": one["sheet"].pk,
        "classes/<str:code>": one["class"].code,
        "requests/<int:pk>": one["request"].pk,
        "exports/<uuid:public_id>": one["export"].public_id,
        "teach/<int:pk>": one["session"].pk,
        "teach/<str:code>": one["class"].code,
        "contest/<str:code>/entries/<int:pk>": one["entry"].pk,
        "certificates/print/<uuid:public_id>": one["print"].public_id,
        "certificates/<str:number>": one["certificate"].number,
        "certificates/hand-over/scans/<int:pk>": one["signed"].pk,
        "certificates/lists/<uuid:public_id>": one["list"].public_id,
        "media/<path:path>": one["outcome"].proof_file.name,
    }


def keys_of(address: str) -> list[str]:
    """'a/<int:pk>/b/<int:n>/' -> ['a/<int:pk>', 'a/<int:pk>/b/<int:n>']."""
    return [address[: found.end()] for found in PARAMETER.finditer(address)]


def filled(address: str, values: list[object]) -> str:
    left = iter(values)
    return "/" + PARAMETER.sub(lambda _found: str(next(left)), address)


def secrets_of(one: Neighbour) -> list[str]:
    """All that tells of the person, masked or not; nothing of it stands in the records of somebody else."""
    files = [one.trainee, one["twin"], one["was"]]
    known = [one.mark, FOREIGN.alias, FOREIGN.pinyin, one["certificate"].number, one["entry"].receipt_number]
    for trainee in files:
        known += [trainee.file_number, trainee.id_number, trainee.masked_id, trainee.phone, trainee.masked_phone]
    household, paper = one["household"].number, one["disability"].number
    known += [household, masking.household_number(household), paper, f"wx{one.mark}"]
    return sorted(set(filter(None, known)))


def text_of(answer: HttpResponse) -> str:
    """Everything an answer says, in whatever form: page, workbook, PDF, zip, and where it leads."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    said = [str(answer.headers), *read(content)]
    return "\n".join(said)


def read(content: bytes) -> list[str]:
    if content.startswith(b"%PDF"):
        try:
            pages = list(pypdfium2.PdfDocument(io.BytesIO(content)))
        except pypdfium2.PdfiumError:
            return [content.decode("utf-8", "replace")]
        return [page.get_textpage().get_text_range() for page in pages]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            return [text for name in pack.namelist() for text in (name, *read(pack.read(name)))]
    return [content.decode("utf-8", "replace")]


def told(answer: HttpResponse, secrets: list[str], *, asked: str = "") -> list[str]:
    """What the answer says of the person, but for what was typed to ask it."""
    text = text_of(answer)
    return [one for one in secrets if one in text and not (asked and (one in asked or asked in one))]


@pytest.fixture
def two(cast) -> tuple[Neighbour, Neighbour]:
    return townships(cast)


@pytest.fixture
def operator(cast) -> Client:
    return client_of(cast.operator_elsewhere)


def in_role(entry: URLPattern) -> bool:
    rule = entry.callback.access_rule
    return not rule.startswith(("roles:", "back office")) or Role.TOWNSHIP_OPERATOR in rule.split(": ")[1].split(", ")


WITH_PARAMETERS = [(address, entry) for address, entry in MINE if PARAMETER.search(address)]
PLAIN = [(address, entry) for address, entry in MINE if not PARAMETER.search(address)]


def test_every_parameter_has_a_value(two):
    known = values_of(two[0]).keys() | NEUTRAL.keys()
    assert {key for address, _entry in WITH_PARAMETERS for key in keys_of(address)} - known == set()


def others(own: Neighbour, foreign: Neighbour) -> list[dict]:
    """All that is theirs, also where it lies in a record of hers, went on in another file, or moved away from her."""
    moved, was, twin = own["left"].rows.get().trainee, foreign["was"], foreign["twin"]
    theirs = values_of(foreign)
    return [theirs] + [
        theirs | {
            "trainees/<str:file_number>": file.file_number,
            "duplicates/<str:first>": file.file_number,
            "duplicates/<str:first>/<str:second>": file.file_number,
            "households/<int:pk>/members/<int:member>": twin.household_entries.get(household=own["household"]).pk,
            "certificates/<str:number>": twin.certificates.get().number,
            "consent/scans/<int:pk>": own["both"].pk,
        }
        for file in (moved, was, twin)
    ]  # fmt: skip


def mixtures(address: str, own: dict, others: list[dict]) -> list[str]:
    """The address with records of the other township in at least one place."""
    keys, paths = keys_of(address), []
    for theirs in others:
        choices = [[NEUTRAL[key]] if key in NEUTRAL else [own[key], theirs[key]] for key in keys]
        hers = tuple(options[0] for options in choices)
        paths += [filled(address, list(values)) for values in itertools.product(*choices) if values != hers]
    return list(dict.fromkeys(paths))


def test_records_of_the_other_township_are_not_there(two, operator):
    """404 where the role reaches such records, 403 where it does none of them; never more, and nothing is written."""
    own, theirs = values_of(two[0]), others(*two)
    secrets, wrong, tried = secrets_of(two[1]), [], 0
    stood, looks = every_table(), FileView.objects.count()
    for address, entry in WITH_PARAMETERS:
        right = (404, 405) if in_role(entry) else (403, 405)
        for path in mixtures(address, own, theirs):
            for method in ("get", "post"):
                # A button's address that is opened leads to its page.
                answer = getattr(operator, method)(path, follow=method == "get")
                tried += 1
                # The address itself stands in the page that says it is not there.
                if answer.status_code not in right or told(answer, secrets, asked=path):
                    wrong.append((method, path, answer.status_code, told(answer, secrets, asked=path)))
    assert wrong == []
    assert tried > 600
    assert FileView.objects.count() == looks
    assert {label: rows for label, rows in every_table().items() if rows != stood[label]} == {}


def test_her_own_pages_tell_nothing_of_them(two, operator):
    """Also where her own records hold somebody of the other township: class, household, list, pair."""
    own, foreign = two
    values = values_of(own) | NEUTRAL
    mixed = values | {
        "classes/<str:code>": own["running"].code, "consent/scans/<int:pk>": own["both"].pk,
        "duplicates/<str:first>/<str:second>": own["twin"].file_number,
    }  # fmt: skip
    over = mixed | {"classes/<str:code>": own["over"].code, "rosters/<int:pk>": own["left"].pk}
    secrets, wrong, opened = secrets_of(foreign), [], 0
    for address, _entry in WITH_PARAMETERS:
        for known in (values, mixed, over):
            path = filled(address, [known[key] for key in keys_of(address)])
            answer = operator.get(path)
            opened += answer.status_code == 200
            if found := told(answer, secrets):
                wrong.append((path, answer.status_code, found))
    assert wrong == []
    assert opened > 100
    assert operator.get(f"/trainees/{own.trainee.file_number}/").status_code == 200
    assert operator.get(f"/consent/scans/{own['both'].pk}/").status_code == 404
    assert operator.get(f"/classes/{own['running'].code}/").status_code == 200


def test_whoever_is_of_there_finds_them(cast, two):
    """The addresses are right: with the same values they open for the operator of 勐省镇, the office or the person."""
    values = values_of(two[1]) | NEUTRAL
    clients = [client_of(one) for one in (cast.operator, cast.clerk, cast.manager, two[1].trainee.user)]
    shut = []
    for address, _entry in WITH_PARAMETERS:
        keys = keys_of(address)
        if keys[0] in NEUTRAL or address in OF_NOBODY:
            continue
        path = filled(address, [values[key] for key in keys])
        if not {client.get(path).status_code for client in clients} - {403, 404}:
            shut.append(path)
    assert shut == []
    said = text_of(clients[0].get(f"/trainees/{two[1].trainee.file_number}/"))
    assert {one for one in secrets_of(two[1]) if one in said} >= {two[1].mark, two[1].trainee.masked_phone}


def probes(one: Neighbour) -> list[str]:
    trainee = one.trainee
    number = trainee.id_number
    return [
        trainee.name, one.mark, FOREIGN.alias, FOREIGN.pinyin, "rk", number, number[-4:], trainee.phone,
        trainee.phone[-4:], trainee.file_number, trainee.file_number[-6:].lstrip("0"), one["household"].number,
        one["certificate"].number, one["disability"].number, one["entry"].receipt_number, one["class"].code,
    ]  # fmt: skip


def test_no_list_and_no_search_finds_them(two, operator):
    foreign = two[1]
    secrets, wrong = secrets_of(foreign), []
    narrowed = [
        {"township": foreign.trainee.township.code}, {"township": foreign.trainee.township.pk},
        {"village": foreign.trainee.village.code}, {"place": foreign.trainee.village.code}, {"group": "disabled"},
        {"class": foreign["class"].code}, {"show": "doubts"}, {"state": "done"}, {"stage": "countable"}, {},
    ]  # fmt: skip
    for address, entry in PLAIN:
        if entry.callback.access_rule == "public":
            continue
        first = operator.get(f"/{address}")
        searches = [{"q": text} for text in probes(foreign)] if b'name="q"' in first.content else []
        for query in [*narrowed, *searches]:
            answer = operator.get(f"/{address}", query)
            if found := told(answer, secrets, asked=str(query.get("q", ""))):
                wrong.append((address, query, found))
    assert wrong == []


POSTED = [
    # Address, field that is searched, other fields, headers.
    ("/trainees/", "q", {}, {}),
    ("/trainees/", "q", {}, {"HX-Request": "true"}),
    ("/trainees/choose/", "other_words", {}, {"X-Chooser": "other"}),
    ("/households/", "number", {}, {}),
    ("/classes/{running}/find/", "find", {}, {}),
    ("/exports/new/", "q", {"purpose": "reporting", "columns": ["file_number", "name"]}, {}),
    ("/trainees/{own}/duplicate/", "other", {}, {}),
    ("/verify/", "number", {}, {}),
    ("/verify/", "q", {}, {}),
]


def test_no_posted_search_finds_them(two, operator):
    own, foreign = two
    wrong, secrets = [], secrets_of(foreign)
    for (address, typed, rest, headers), text in itertools.product(POSTED, probes(foreign)):
        path = address.format(running=own["running"].code, own=own.trainee.file_number)
        answer = operator.post(path, {typed: text, **rest}, headers=headers, follow=True)
        assert answer.status_code < 500
        if found := told(answer, secrets, asked=text):
            wrong.append((path, text, found))
    assert wrong == []


# --- What is typed into her own forms ---------------------------------------------------------------------------
def typed_forms(own: Neighbour, foreign: Neighbour) -> list[tuple[str, dict]]:
    """Forms she may send, with the other person's numbers and keys in them."""
    file, other, twin = own.trainee.file_number, foreign.trainee, foreign["twin"]
    enrolment = twin.enrolments.get(training_class=own["running"])
    return [
        (f"/classes/{own['running'].code}/enrol/", {"file": other.file_number}),
        (f"/classes/{own['running'].code}/cancel-enrolments/", {"enrolment": enrolment.pk, "reason": "x"}),
        (f"/classes/{own['over'].code}/certificates/print/", {
            "kind": "files", "number": twin.certificates.get().number,
        }),
        (f"/certificates/{twin.certificates.get().number}/revoke/", {"reason": "x"}),
        (f"/classes/{own['running'].code}/consent/", {
            "given_on": TODAY, f"sensitive-{twin.pk}": "on", f"ordinary-{other.pk}": "on",
        }),
        (f"/households/{own['household'].pk}/members/", {"file_number": other.file_number, "valid_from": TODAY}),
        ("/households/new/", {"number": foreign["household"].number, "place": own.trainee.village.code}),
        (f"/households/{own['household'].pk}/edit/", {
            "number": foreign["household"].number, "place": own.trainee.village.code, "reason": "x",
        }),
        # Only the number is known to her: nothing of the household's other people comes with it.
        (f"/trainees/{own['twin'].file_number}/edit/", {
            "name": own["twin"].name, "place": own.trainee.village.code, "sex": own["twin"].sex, "reason": "x",
            "household_number": foreign["household"].number,
        }),
        (f"/trainees/{file}/duplicate/", {"other": other.file_number}),
        (f"/trainees/{file}/identity/", {"id_kind": "resident_id", "id_number": other.id_number, "reason": "x"}),
        (f"/trainees/{file}/disability/", {
            "number": foreign["disability"].number, "kind": "resident", "evidence": "document", "reported_on": TODAY,
        }),
        ("/trainees/new/", {
            "name": "田强", "id_kind": "resident_id", "id_number": other.id_number, "place": own.trainee.village.code,
        }),
        (f"/rosters/{own['roster'].pk}/rows/2/", {"id_number": other.id_number, "version": 0}),
        ("/exports/new/", {
            "township": other.township.code, "purpose": "reporting", "columns": ["file_number", "name"],
        }),
    ]  # fmt: skip


def test_what_is_typed_into_her_forms_reaches_nobody_there(two, operator):
    own, foreign = two
    people = [foreign.trainee.pk, foreign["twin"].pk]
    stood, secrets, wrong = of_people(people), secrets_of(foreign), []
    for path, data in typed_forms(own, foreign):
        answer = operator.post(path, data, follow=True)
        assert answer.status_code < 500, path
        typed = " ".join(map(str, (path, *data.values())))
        if found := told(answer, secrets, asked=f"{typed} {foreign.trainee.masked_id} {foreign['household']}"):
            wrong.append((path, found))
    assert wrong == []
    assert of_people(people) == stood
    assert own["twin"].household_entries.live().get(valid_to=None).household == foreign["household"]


def of_people(keys: list[int]) -> dict[str, list]:
    """Every row that belongs to these files, and the files."""
    return {
        label: rows
        for label, every in every_table().items()
        if (rows := [row for row in every if row.get("trainee_id") in keys or (
            label == "trainees.Trainee" and row["id"] in keys)])
    }  # fmt: skip


def test_her_list_is_told_only_that_somebody_is_known_elsewhere(cast, two, operator):
    """By the ID number, and by name and phone: the row waits for the county centre, and says nothing of the file."""
    own, foreign = two
    place = own.trainee.township
    data = workbook(
        line(1, name="田强", id_number=foreign.trainee.id_number, township=place.name, village="", phone=""),
        line(2, name=foreign["twin"].name, township=place.name, village="", phone=foreign["twin"].phone),
    )
    roster = enter(cast.operator_elsewhere, bring(cast.operator_elsewhere, data, place=place))
    assert list(roster.rows.order_by("number").values_list("committed", "verdict")) == [
        (False, "refused"), (False, "undecided"),
    ]  # fmt: skip
    typed = f"{foreign.trainee.id_number} {foreign['twin'].name} {foreign['twin'].phone}"
    typed += f" {masking.id_number(foreign.trainee.id_number)} {masking.phone(foreign['twin'].phone)}"
    secrets = secrets_of(foreign)
    answer = operator.post(
        reverse("roster_row_decide", args=[roster.pk, 3]),
        {"decision": "same", "file": foreign["twin"].file_number, "version": roster.rows.get(number=3).version},
        follow=True,
    )
    assert told(answer, secrets, asked=f"{typed} {foreign['twin'].file_number}") == []
    assert roster.rows.get(number=3).trainee is None
    for path in (
        reverse("roster_preview", args=[roster.pk]), reverse("roster_row", args=[roster.pk, 2]),
        reverse("roster_row", args=[roster.pk, 3]), reverse("roster_errors", args=[roster.pk]),
        reverse("roster_undo", args=[roster.pk]),
    ):  # fmt: skip
        assert told(operator.get(path), secrets, asked=typed) == [], path


def test_the_export_of_the_whole_county_is_that_of_her_township(two, operator):
    own, foreign = two
    answer = operator.post("/exports/new/", {"purpose": "reporting", "columns": ["file_number", "name", "township"]})
    assert answer.status_code == 302
    export = Export.objects.latest("pk")
    list(rights.make_export(export))
    file = reverse("export_file", args=[export.public_id])
    assert own.trainee.file_number in text_of(operator.get(file))
    assert told(operator.get(file), secrets_of(foreign)) == []
