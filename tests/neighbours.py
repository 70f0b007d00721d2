"""Two people of two townships with one of every record there is, for tests of who sees what.

Whatever is written about somebody holds their mark: a character, letters or digits that stand nowhere else.
"""

import datetime
import uuid
from dataclasses import dataclass, field

from django.db import transaction

from certificates import actions as certificates
from certificates import tasks as printing
from certificates.enums import Collector, PrintKind
from certificates.handover import actions as handover
from certificates.handover.actions import Collected
from certificates.lists import actions as lists
from certificates.models import HandOverScan, PrintRun
from lms.accounts.models import User
from lms.jobs.actions import start
from tests.cast import TODAY, Cast, synthetic_id
from tests.certificates.classes import enter_centre, finished_class
from tests.trainees.papers import PDF, picture
from tests.trainees.rosters import bring, enter, line, workbook
from trainees.consent import actions as consent
from trainees.contest import actions as contests
from trainees.contest.models import Contest
from trainees.merging.actions import find_all, merge_files, preview_merge
from trainees.merging.actions.deciding import locked_pair
from trainees.merging.models import DuplicatePair
from trainees.outcomes import actions as outcomes
from trainees.profiles import actions as profiles
from trainees.registry import actions as registry
from trainees.registry.models import Trainee
from trainees.rights import actions as rights
from trainees.rights.columns import COLUMNS
from trainees.rights.enums import EXPORT_JOB
from trainees.rights.models import Export
from trainees.rosters.models import RosterImport

LONG_AGO = datetime.date(2016, 3, 1)


@dataclass
class Neighbour:
    """One person and what hangs on the file; `by` is whoever made lists and prints of it."""

    trainee: Trainee
    mark: str
    by: User
    records: dict[str, object] = field(default_factory=dict)

    def __getitem__(self, name: str):
        return self.records[name]


@dataclass(frozen=True)
class Facts:
    n: int
    mark: str  # of the name and of all that is written
    alias: str
    pinyin: str
    township: str
    village: str
    household: str
    phone: str


FOREIGN = Facts(9001, "芮", "莎坎", "ruikan", "勐省镇", "回珠", "5309270000777707", "13711112468")
OWN = Facts(9101, "滕", "冀坎", "tengkan", "岩帅镇", "岩帅", "5309270000555505", "13722223579")


def settle(cast: Cast, facts: Facts, *, by: User) -> Neighbour:
    one = Neighbour(_person(cast, facts), facts.mark, by)
    _groups(cast, one, facts)
    _beside(cast, one)
    _requests(cast, one)
    _class(cast, one, facts)
    _lists(cast, one, facts)
    _twins(cast, one, facts)
    return one


def _person(cast: Cast, facts: Facts) -> Trainee:
    trainee = cast.person(
        name=f"{facts.mark}坎", aliases=[facts.alias], id_number=synthetic_id(facts.n), phone=facts.phone,
        township=cast.township(facts.township), village=cast.village(facts.township, facts.village),
        village_group=f"{facts.mark}家组", household_number=facts.household,
    )  # fmt: skip
    user = User.objects.create(username=f"person{facts.n}", name=f"{facts.mark}坎")
    return registry.link_account(by=cast.clerk, trainee=trainee, user=user)


def _groups(cast: Cast, one: Neighbour, facts: Facts) -> None:
    trainee, by = one.trainee, cast.clerk
    one.records["group"] = registry.add_membership(
        by=by, trainee=trainee, group="veteran", valid_from=LONG_AGO, evidence="veteran_card",
        evidence_number=f"{facts.mark}字第{facts.n}号", evidence_note=f"{facts.mark}的证", document=PDF,
    )  # fmt: skip
    one.records["disability"] = registry.record_disability(
        by=by, trainee=trainee, number=synthetic_id(facts.n) + "43", issued_on=LONG_AGO, document=picture()
    )
    household = registry.correct_household(
        by=by, household=trainee.household, reason="head", township=trainee.township, head_name=f"{facts.mark}岩"
    )
    one.records["household"] = household
    one.records["period"] = registry.set_poverty(
        by=by, household=household, poverty_type="general_poor", main_cause="1", valid_from=LONG_AGO,
        evidence="official_list", evidence_note=f"{facts.mark}家", document=PDF,
    )  # fmt: skip
    one.records["member"] = household.member_entries.get()


def _beside(cast: Cast, one: Neighbour) -> None:
    trainee, mark = one.trainee, one.mark
    said = {"wechat": f"wx{mark}", "residence": f"{mark}家寨", "unit": f"{mark}家店", "guardian_name": f"{mark}父"}
    profiles.set_profile(by=cast.clerk, trainee=trainee, changes=said)
    profiles.set_photo(by=cast.clerk, trainee=trainee, content=picture())
    one.records["outcome"] = outcomes.record_outcome(
        by=cast.clerk, trainee=trainee, kind="first_sale", happened_on=TODAY, amount_yuan=120,
        proof_text=f"{mark}的订单", document=picture(), document_name=f"{mark}.png",
    )  # fmt: skip
    consent.publish_samples(by=cast.manager)
    text = next(text for kind, text in consent.queries.texts_in_force().items() if kind == "ordinary")
    consent.record_one(
        by=cast.clerk, trainee=trainee, texts=[text], channel="paper", given_on=TODAY, witness=f"{mark}姐", guardian="",
        data=PDF + mark.encode(),
    )  # fmt: skip
    one.records["text"] = text
    one.records["sheet"] = trainee.consents.get().sheet
    contest = Contest.objects.get(code="DS2018")
    one.records["contest"] = contest
    one.records["entry"] = contests.enter(
        by=trainee.user, contest=contest, client_uuid=uuid.uuid4(), kind="person", leader_name=trainee.name,
        phone=trainee.phone, township=trainee.township, project_title=f"{mark}家核桃", summary=f"{mark}", plan=PDF,
        plan_name=f"{mark}.pdf", trainee=trainee,
    )  # fmt: skip


def _requests(cast: Cast, one: Neighbour) -> None:
    wish = rights.record_request(by=cast.clerk, trainee=one.trainee, kind="copy", text=f"{one.mark}要看")
    one.records["request"] = rights.make_copy(by=cast.clerk, request=wish)
    rights.record_request(by=cast.clerk, trainee=one.trainee, kind="correction", text=f"{one.mark}要改")


def _class(cast: Cast, one: Neighbour, facts: Facts) -> None:
    """A class that is over, with a certificate, printed; the people of it are all of the township."""
    training_class = finished_class(cast, [one.trainee], township=facts.township)
    one.records["class"] = training_class
    one.records["session"] = training_class.sessions.first()
    one.records["certificate"] = certificates.issue(by=cast.clerk, training_class=training_class)[0]
    job = certificates.order_class(by=cast.clerk, training_class=training_class, kind=PrintKind.FILES)
    list(printing.print_run(job))
    one.records["print"] = PrintRun.objects.get(pk=job.subject)
    day = Collected(on=TODAY, collector=Collector.OTHER, receiver=f"{one.mark}姐", relation="relative")
    handover.hand_over(
        by=one.by, certificates=[one["certificate"]], collected=day, scan=PDF + f"{one.mark}签".encode()
    )  # fmt: skip
    one.records["signed"] = HandOverScan.objects.latest("pk")
    numbers = {"numbers": [one["certificate"].number]}
    file = lists.ask(by=one.by, kind="sheet", form="pdf", title=f"{one.mark}", chosen=numbers)
    list(lists.make(file))
    one.records["list"] = file


def _lists(cast: Cast, one: Neighbour, facts: Facts) -> None:
    rows = [line(facts.n % 100, name=f"{one.mark}果", id_number=synthetic_id(facts.n + 2), township=facts.township,
                 village="", phone="13733334680")]  # fmt: skip
    one.records["roster"] = bring(one.by, workbook(*rows), name=f"{one.mark}.xlsx", place=one.trainee.township)
    export = rights.ask_export(
        by=one.by, filters={"township": one.trainee.township.code}, purpose="reporting", clear=True, sensitive=True,
        columns=[column.key for column in COLUMNS], reason=f"{one.mark}家",
    )  # fmt: skip
    list(rights.make_export(export))
    one.records["export"] = Export.objects.get(pk=export.pk)
    one.records["job"] = start(by=one.by, kind=EXPORT_JOB, subject=export.pk)


def _twins(cast: Cast, one: Neighbour, facts: Facts) -> None:
    """Another file that may be the same person's, and one that was."""
    known = {"name": one.trainee.name, "phone": one.trainee.phone, "township": one.trainee.township}
    one.records["twin"] = cast.person(**known, id_number=synthetic_id(facts.n + 4))
    was = cast.person(**known, id_kind="none", id_number="")
    list(find_all())
    preview = preview_merge(by=cast.clerk, survivor=one.trainee, loser=was, choices={})
    one.records["merge"] = merge_files(by=cast.clerk, survivor=one.trainee, loser=was, choices={}, seen=preview.seen)
    one.records["was"] = was
    list(find_all())
    pairs = DuplicatePair.objects.waiting().filter(first__township=one.trainee.township)
    one.records["pair"] = pairs.get()


def mix(cast: Cast, own: Neighbour, foreign: Neighbour) -> None:
    """Records of the one township in which somebody of the other stands too, entered by the county's clerk."""
    both, place = [own["twin"], foreign["twin"]], own.trainee.township.name
    registry.join_household(by=cast.clerk, trainee=foreign["twin"], household=own["household"], valid_from=TODAY)
    over = finished_class(cast, both, township=place)
    certificates.issue(by=cast.clerk, training_class=over)
    running = cast.training_class(people=both, township=place)
    cast.mark(running, both)
    own.records |= {"over": over, "running": running}
    lines = [consent.Ticked(trainee=one, kinds=("ordinary",)) for one in both]
    consent.record_list(by=cast.clerk, lines=lines, given_on=TODAY, data=PDF + b"both")
    own.records["both"] = both[0].consents.get().sheet
    with transaction.atomic():
        locked_pair(own.trainee, foreign.trainee)
    own.records["left"] = _who_moved_away(cast, own, foreign)


def _who_moved_away(cast: Cast, own: Neighbour, foreign: Neighbour) -> RosterImport:
    """Entered here by a list, then the file moved to the other township and went on there."""
    place, mark = own.trainee.township, foreign.mark
    cells = {"name": "田搬", "id_number": synthetic_id(9201), "township": place.name, "village": "", "phone": ""}
    roster = enter(own.by, bring(own.by, workbook(line(9, **cells)), name="moved.xlsx", place=place))
    registry.correct_trainee(
        by=cast.clerk, trainee=roster.rows.get().trainee, reason="moved",
        changes={"township": foreign.trainee.township, "village": None, "name": f"{mark}搬", "village_group": mark},
    )  # fmt: skip
    return roster


def townships(cast: Cast) -> tuple[Neighbour, Neighbour]:
    """(of 岩帅镇, whose operator looks; of 勐省镇, of which nothing is to be seen)."""
    enter_centre(cast)
    own = settle(cast, OWN, by=cast.operator_elsewhere)
    foreign = settle(cast, FOREIGN, by=cast.operator)
    mix(cast, own, foreign)
    return own, foreign
