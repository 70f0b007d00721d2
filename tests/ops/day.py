"""A working day on the site, with the numbers of a few people typed wherever people type them: rightly, wrongly, twice,
and into fields that were not meant for them. What of it reaches logs, tables and files is what the tests look at."""

import uuid
from dataclasses import dataclass, field

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.cast import Cast, client_of, synthetic_id
from tests.trainees.rosters import HEADER, line, workbook

ID, OTHER_ID, ROSTER_ID = synthetic_id(501), synthetic_id(502), synthetic_id(503)
PHONE, OTHER_PHONE, ROSTER_PHONE, VISITOR_PHONE = "13912349876", "13912341111", "13912342222", "13912343333"
HOUSEHOLD, DISABILITY = "5309271234567890", ROSTER_ID + "43"
SECRETS = (
    ID, OTHER_ID, ROSTER_ID, PHONE, OTHER_PHONE, ROSTER_PHONE, VISITOR_PHONE, HOUSEHOLD, DISABILITY, "139 1234 9876",
)  # fmt: skip
WRONG_ID = ID[:-1] + ("1" if ID[-1] != "1" else "2")
ROSTER_HEADER = [*HEADER, "残疾人证号", "户编号"]
PDF = b"%PDF-1.4\n1 0 obj\n"


def told(*numbers: str) -> str:
    """What people write into a reason."""
    return f"电话核实 {' '.join(numbers)}"


def secrets_in(text: str) -> list[str]:
    return [secret for secret in (*SECRETS, WRONG_ID) if secret in text]


@dataclass
class Day:
    cast: Cast
    clients: list[Client] = field(default_factory=list)
    # Answers that are errors: their pages.
    errors: list[str] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)

    def client(self, who: str = "") -> Client:
        client = client_of(getattr(self.cast, who)) if who else Client()
        client.raise_request_exception = False
        self.clients.append(client)
        return client

    def send(self, client: Client, address: str, data: dict | None = None, **options):
        answer = client.post(address, data or {}, **options) if data is not None else client.get(address, **options)
        self.statuses.add(answer.status_code)
        if answer.status_code >= 400 and not answer.streaming:
            self.errors.append(answer.content.decode())
        return answer

    def work(self) -> None:
        self.registry(self.client("clerk"))
        self.searches(self.client("clerk"), self.client("operator"))
        self.rosters(self.client("clerk"))
        self.classes(self.client("clerk"))
        self.accounts(self.client("manager"))
        self.visitor(self.client())
        self.strange_addresses(self.client("clerk"), self.client())

    def registry(self, client: Client) -> None:
        walk_in = {"name": "岩嘎", "id_number": ID, "id_kind": "resident_id", "phone": PHONE, "place": "530927103000"}
        self.send(client, "/trainees/new/", {**walk_in, "sent": str(uuid.uuid4())})
        self.send(client, "/trainees/new/", {**walk_in, "sent": str(uuid.uuid4())})
        self.send(client, "/trainees/new/", {**walk_in, "id_number": WRONG_ID, "phone": PHONE + "7"})
        self.send(client, "/trainees/new/", {**walk_in, "name": PHONE, "id_number": f"'{OTHER_ID} "})
        page = self.send(client, "/trainees/", {"q": ID})
        (trainee,) = page.context["page"]
        at = f"/trainees/{trainee.file_number}/"
        edit = self.send(client, f"{at}edit/").context["form"]
        facts = {key: edit[key].value() or "" for key in edit.fields}
        self.send(client, f"{at}edit/", {
            **facts, "phone": OTHER_PHONE, "household_number": HOUSEHOLD, "reason": told(PHONE, HOUSEHOLD, ID),
        })  # fmt: skip
        self.send(client, f"{at}edit/", {**facts, "phone": WRONG_ID, "household_number": "户" + HOUSEHOLD})
        identity = {"id_kind": "resident_id", "reason": told(ID, OTHER_ID)}
        self.send(client, f"{at}identity/", {**identity, "id_number": WRONG_ID})
        self.send(client, f"{at}identity/", {**identity, "id_number": OTHER_ID})
        self.send(client, f"{at}unmask/", {"reason": told(PHONE, "139 1234 9876")})
        self.send(client, at)
        group = {"group": "disabled", "valid_from": "2018-06-01", "evidence": "document"}
        self.send(client, f"{at}groups/", {**group, "evidence_note": f"残疾证 {DISABILITY}"})
        membership = trainee.memberships.first()
        if membership:
            self.send(
                client, f"{at}groups/{membership.pk}/end/", {"valid_to": "2018-06-10", "reason": told(DISABILITY)}
            )
        self.waiting_identity(client)

    def waiting_identity(self, client: Client) -> None:
        waiting = {"name": "叶无证", "id_number": "", "id_kind": "none", "phone": "", "place": "530927103000"}
        answer = self.send(client, "/trainees/new/", waiting)
        self.send(client, f"{answer.url}accept/", {"accept-reason": told(ID, PHONE)})

    def searches(self, clerk: Client, operator: Client) -> None:
        for text in (ID, WRONG_ID, PHONE, "139 1234 9876", ID[-4:], DISABILITY, HOUSEHOLD):
            for client in (clerk, operator):
                self.send(client, "/trainees/", {"q": text})
                self.send(client, "/trainees/", {"q": text}, headers={"HX-Request": "true"})
                self.send(client, "/trainees/choose/", {"p_words": text}, headers={"X-Chooser": "p"})
            self.send(clerk, "/trainees/", None, query_params={"q": text})

    def rosters(self, client: Client) -> None:
        data = workbook(
            [*line(1, id_number=ROSTER_ID, phone=ROSTER_PHONE), DISABILITY, HOUSEHOLD],
            [*line(2, id_number=WRONG_ID, phone=OTHER_PHONE), "", HOUSEHOLD],
            [*line(3, id_number=DISABILITY, phone=ROSTER_PHONE + "1"), "", ""],
            [*line(4, id_number=OTHER_ID, name=PHONE), "", told(ID)],
            header=ROSTER_HEADER, sheet=f"名册{PHONE}",
        )  # fmt: skip
        upload = {"file": SimpleUploadedFile(f"名册 {PHONE}.xlsx", data)}
        self.send(client, "/rosters/new/", upload)
        roster = self.send(client, "/rosters/").context["page"][0]
        at = f"/rosters/{getattr(roster, 'pk', None) or roster.roster.pk}/"
        for address in (at, f"{at}?verdict=refused", f"{at}?warned"):
            self.send(client, address)
        self.send(client, f"{at}commit/", {})
        self.send(client, at)
        self.send(client, "/rosters/new/", {"file": SimpleUploadedFile(f"{PHONE}.xlsx", b"no workbook " + ID.encode())})

    def classes(self, client: Client) -> None:
        training_class = self.cast.training_class(people=2)
        at = reverse("class_page", args=[training_class.code])
        self.send(client, f"{at}find/", {"find": OTHER_ID})
        enrolment = training_class.enrolments.first()
        self.send(client, f"{at}cancel-enrolments/", {"enrolment": enrolment.pk, "reason": told(PHONE)})
        self.send(client, f"{at}cancel/", {"reason": told(ID, PHONE)})

    def accounts(self, client: Client) -> None:
        new = {"username": "aimen", "name": "艾门", "role": "clerk", "place": "", "phone": VISITOR_PHONE, "email": ""}
        self.send(client, "/staff/new/", new)
        self.send(client, "/staff/new/", {**new, "username": "aimen2"})
        self.send(client, "/staff/", None, query_params={"q": "aimen"})

    def visitor(self, client: Client) -> None:
        for name in (VISITOR_PHONE, PHONE, ID):
            self.send(client, "/accounts/login/", {"login": name, "password": "wrong-2018"})
        entry = {
            "client_uuid": str(uuid.uuid4()), "kind": "person", "leader_name": "艾嘎", "phone": VISITOR_PHONE,
            "township": str(self.cast.township("勐省镇").pk), "project_title": "佤山核桃", "summary": "卖核桃",
        }  # fmt: skip
        at = reverse("contest_enter", args=["DS2018"])
        self.send(client, at, {**entry, "plan_file": SimpleUploadedFile(f"{PHONE}.pdf", PDF)})
        self.send(client, at, {**entry, "phone": VISITOR_PHONE + "1"})

    def strange_addresses(self, client: Client, visitor: Client) -> None:
        for number in (ID, PHONE, DISABILITY):
            self.send(client, f"/trainees/{number}/")
            self.send(client, f"/no-such-page/{number}/")
            self.send(visitor, f"/c/{number}/")
            self.send(client, f"/trainees/{number}/edit/", {"phone": PHONE})
