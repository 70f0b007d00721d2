"""Builds the demo county through the actions a person uses. Everything in it is invented."""

import datetime
import random

from django.db import transaction
from django.utils import timezone

from certificates import actions as certificates
from certificates.models import Certificate
from content import actions as site
from courses.catalogue import actions as catalogue
from courses.catalogue.models import CoursePage
from courses.lessons import actions as lessons
from courses.lessons.models import LessonPage
from courses.schedule import actions as schedule
from courses.schedule.models import Trainer, TrainingClass
from lms.accounts import actions as accounts
from lms.accounts.demo import ACCOUNTS, PASSWORD
from lms.accounts.models import Agent, User
from lms.places import actions as places
from lms.places.models import Division, Station
from lms.programme import actions as programmes
from lms.programme.models import Programme
from trainees.attendance import actions as attendance
from trainees.attendance.actions import Mark
from trainees.practice import actions as practice
from trainees.practice.actions import ResultEntry
from trainees.progress import actions as progress
from trainees.registry import actions as registry
from trainees.registry.models import Trainee
from trainees.rosters import actions as rosters
from trainees.rosters.imports import read_import

from .activities import enter_contest, take_lesson
from .badges import make_badge
from .certificates import other_papers
from .consents import agree_and_ask
from .designs import publish_own_design
from .duplicates import look_alikes
from .files import keep_files
from .handover import hand_out
from .households import enter_households
from .mixed_roster import bring_mixed_roster
from .names import ROSTERS, People
from .timetable import Slot, period, slots

DEMO = Agent("demo")
CODE = "CY-DEMO"
NEW_PEOPLE = 3000
SEED = 530927

TRAINERS = ("赵老师", "肖岩", "鲍志明", "叶那", "杨晓燕", "罗建国", "陈美玲", "王学文")
# (group, share of all), by what a township would report.
GROUPS = (
    ("poor_household", 0.30),
    ("left_behind_women", 0.06),
    ("disabled", 0.05),
    ("returning_graduate", 0.05),
    ("migrant_returnee", 0.09),
    ("rural_youth", 0.18),
    ("village_three_committees", 0.10),
    ("entrepreneur_intent", 0.16),
    ("ecom_practitioner", 0.10),
    ("veteran", 0.02),
)


class County:
    """One build, seen from one day."""

    def __init__(self, today: datetime.date):
        self.today = today
        self.random = random.Random(SEED)  # noqa: S311 - a demo, not a secret
        self.people = People(SEED)
        self.townships = {d.name: d for d in Division.objects.current().townships()}
        self.villages: dict[int, list[Division]] = {}
        for village in Division.objects.current().villages():
            self.villages.setdefault(village.parent_id, []).append(village)
        self.known: dict[str, list[Trainee]] = {name: [] for name in self.townships}
        self.made = 0

    @transaction.atomic
    def build(self) -> None:
        """All or nothing: a build that was stopped leaves no half county behind."""
        self.programme = self._programme()
        self.users = self._accounts()
        self.clerk = self.users["clerk"]
        self.venues = self._venues()
        self.trainers = self._trainers()
        self._site()
        publish_own_design(self.users["manager"], self.programme)
        plan = slots(self.today)
        held = [slot for slot in plan if slot.state in ("closed", "refused")]
        self.per_class = NEW_PEOPLE // len(held) + 1
        for slot in plan:
            self._class(slot)
        other_papers(self.programme, self.users, self.known["勐省镇"][0])
        self._trainee_account()
        self._waiting_roster()
        bring_mixed_roster(DEMO, self.programme.county, self.known["勐省镇"], self.people, self.today)
        look_alikes(self.clerk, self.known)
        enter_contest(self.contest, self.townships)
        agree_and_ask(users=self.users, today=self.today, by=DEMO)
        hand_out(self.clerk)
        make_badge(self.users["trainee"])

    def _programme(self) -> Programme:
        starts_on, deadline = period(self.today)
        return programmes.create_programme(
            by=DEMO,
            code=CODE,
            name="沧源佤族自治县电子商务进农村综合示范项目（演示）",
            name_en="Cangyuan rural e-commerce demonstration programme (demo)",
            county=Division.objects.current().get(code="530927000000"),
            starts_on=starts_on,
            deadline=deadline,
            target_person_times=4000,
            source="沧政办发〔2018〕32号，三（三）",
        )

    def _accounts(self) -> dict[str, User]:
        users = {}
        for username, name, role, place in ACCOUNTS:
            user = accounts.create_account(by=DEMO, username=username, name=name, password=PASSWORD)
            accounts.grant_role(by=DEMO, user=user, role=role, place=self.townships.get(place))
            users[username] = user
        return users

    def _site(self) -> None:
        site.load_site(by=DEMO, contact="沧源县勐董镇葫芦小镇，县电子商务公共服务中心")
        site.load_editor_groups(by=DEMO)
        catalogue.load_plan_courses(by=DEMO)
        lessons.load_demo_lessons(by=DEMO)
        self.contest = site.load_contest(
            by=DEMO,
            programme=self.programme,
            # Open now, whatever day the demo plays on: entries are refused outside.
            opens=min(self.today, timezone.localdate()) - datetime.timedelta(days=20),
            closes=max(self.today, timezone.localdate()) + datetime.timedelta(days=25),
        ).contest

    def _trainee_account(self) -> None:
        """The demo's trainee is somebody with two classes behind them and a lesson half done."""
        # Somebody who holds a certificate, so that every page of theirs has something on it.
        certificate = Certificate.objects.filter(trainee__in=[person.pk for person in self.known["勐省镇"]]).earliest(
            "pk"
        )
        trainee = certificate.trainee
        user = self.users["trainee"]
        trainee = registry.link_account(by=self.clerk, trainee=trainee, user=user)
        done, begun = LessonPage.objects.live().order_by("path")[:2]
        take_lesson(user, trainee, done, to_the_end=True)
        take_lesson(user, trainee, begun, to_the_end=False)
        keep_files(self.users, trainee, self.today)

    def _waiting_roster(self) -> None:
        """A file that was read and waits for the clerk's decision, so that the preview is there to see."""
        file = ROSTERS / "03-创业基础班.csv"
        roster = rosters.start_import(
            by=DEMO, data=file.read_bytes(), file_name=file.name, place=self.programme.county, report_day=self.today
        )
        for _step in read_import(roster):
            pass

    def _venues(self) -> dict[str, Station]:
        county = Division.objects.current().get(code="530927000000")
        places.add_station(
            by=DEMO, code="CY-00", name="沧源县电子商务公共服务中心", name_en="Cangyuan county e-commerce centre",
            level="county", division=county, capacity=120, address="葫芦小镇",
        )  # fmt: skip
        venues = {}
        for number, (name, division) in enumerate(self.townships.items(), start=1):
            venues[name] = places.add_station(
                by=DEMO, code=f"CY-{number:02}", name=f"{name}电子商务公共服务站",
                name_en=f"{division.name_en} e-commerce station", level="township", division=division, capacity=80,
            )  # fmt: skip
            self._village_point(number, self.villages[division.pk][0])
        return venues

    @staticmethod
    def _village_point(number: int, village: Division) -> None:
        """One in each township: enough to see the third level."""
        places.add_station(
            by=DEMO, code=f"CY-{number:02}-01", name=f"{village.short_name}村电子商务服务点",
            name_en=f"{village.name_en} service point", level="village", division=village, capacity=25,
        )  # fmt: skip

    def _trainers(self) -> list[Trainer]:
        return [
            schedule.add_trainer(
                by=DEMO,
                name=name,
                organisation="县电商中心" if n < 4 else "服务商",
                qualification="电子商务讲师",
                user=self.users["trainer"] if n == 0 else None,
            )
            for n, name in enumerate(TRAINERS)
        ]

    # --- one class -----------------------------------------------------------------------------------------------
    def _class(self, slot: Slot) -> None:
        training_class = self._plan(slot)
        if slot.state == "cancelled":
            schedule.cancel_class(by=self.clerk, training_class=training_class, reason="讲师生病，改期另行通知")
            return
        people = self._roster(slot, training_class)
        # Before anybody is counted: the ledger asks who was poor on the day.
        enter_households(self.clerk, self.users["manager"], self.known["勐省镇"], self.today)
        attendance.enrol(by=self.clerk, training_class=training_class, trainees=people, source="demo")
        if slot.state == "planned":
            return
        schedule.open_class(by=self.clerk, training_class=training_class)
        self._attend(training_class, people)
        if slot.state == "open":
            return
        self._practise(training_class, people)
        progress.close_and_count(by=self.clerk, training_class=training_class)
        if slot.state == "refused":
            progress.refuse_and_count(
                by=self.users["manager"], training_class=training_class, reason="现场照片与签到人数不符，待补充材料"
            )
        elif slot.number % 2 == 0:
            handed_out = training_class.sessions.latest("day").day + datetime.timedelta(days=5)
            certificates.issue(
                by=self.clerk, training_class=training_class, issued_on=min(handed_out, timezone.localdate())
            )

    def _plan(self, slot: Slot) -> TrainingClass:
        course = CoursePage.objects.get(code=slot.course)
        # The demo trainer's own classes are the running ones and every eighth of the others.
        trainer = self.trainers[0] if slot.state == "open" else self.trainers[1 + slot.number % (len(TRAINERS) - 1)]
        return schedule.plan_class(
            by=self.clerk,
            programme=self.programme,
            course=course,
            trainer=trainer,
            venue=self.venues[slot.township],
            capacity=80,
            title=f"{slot.township}{course.title}培训班",
            title_en=f"{course.title_en}, {self.townships[slot.township].name_en}",
            sessions=self._sessions(slot, course),
            backfill_reason="演示数据",
            override_reason="演示数据",
        )

    def _sessions(self, slot: Slot, course: CoursePage) -> list[schedule.SessionPlan]:
        """Half-days of four training hours, morning and afternoon, from the first day on."""
        halves = max(1, -(-course.hours // 4))
        return [
            schedule.SessionPlan(day=slot.starts_on + datetime.timedelta(days=n // 2), half=("am", "pm")[n % 2])
            for n in range(halves)
        ]

    def _roster(self, slot: Slot, training_class: TrainingClass) -> list[Trainee]:
        """Mostly new people, some who come again, as a township sends them."""
        known = self.known[slot.township]
        if slot.state not in ("closed", "refused"):
            return self.random.sample(known, min(len(known), 38))
        again = self.random.sample(known, min(len(known), self.random.randint(14, 21)))
        new = [self._person(slot, n) for n in range(min(self.per_class, NEW_PEOPLE - self.made))]
        self.known[slot.township] += new
        return new + again

    def _person(self, slot: Slot, n: int) -> Trainee:
        township = self.townships[slot.township]
        self.made += 1
        facts = self.people.person(self.made)
        if self.made % 97 == 0:  # a border family without papers: kept, reviewed, not counted until then
            facts |= {"id_kind": "none", "id_number": ""}
        return registry.register(
            by=self.clerk,
            township=township,
            village=self.random.choice(self.villages[township.pk]),
            groups=self._groups(facts),
            groups_from=slot.starts_on,
            source="demo",
            **facts,
        )

    def _groups(self, facts: dict) -> list[str]:
        groups = [group for group, share in GROUPS if self.random.random() < share]
        number = facts.get("id_number", "")
        man = len(number) == 18 and int(number[16]) % 2 == 1
        return [group for group in groups if group != "left_behind_women" or not man]

    def _attend(self, training_class: TrainingClass, people: list[Trainee]) -> None:
        """Most come to everything, a few leave after the first half-day, a few never come."""
        habits = {trainee.pk: self.random.random() for trainee in people}
        for n, session in enumerate(training_class.sessions.order_by("day", "starts_at")):
            if session.day >= self.today:
                break
            marks = [
                Mark(trainee_id=pk, kind="sign_in" if habit > 0.05 or (habit > 0.02 and n == 0) else "absent")
                for pk, habit in habits.items()
            ]
            attendance.record_marks(by=self.users["trainer"], session=session, marks=marks, source="import")

    def _practise(self, training_class: TrainingClass, people: list[Trainee]) -> None:
        results = [
            ResultEntry(
                task=task,
                trainee=trainee,
                outcome=self.random.choices(("passed", "repeat", "failed"), weights=(88, 8, 4))[0],
                score=None,
            )
            for task in training_class.tasks.all()
            for trainee in people
        ]
        if results:
            last_day = training_class.sessions.latest("day").day
            practice.record_results(
                by=self.users["trainer"], training_class=training_class, results=results, assessed_on=last_day
            )
