"""The same people in every test, and short ways to the records they work with. All through the rooms' actions."""

import datetime
import itertools
from dataclasses import dataclass, field

from django.test import Client
from stdnum.iso7064 import mod_11_2

from courses.catalogue.models import CataloguePage, CoursePage
from courses.schedule import actions as schedule
from courses.schedule.models import TrainingClass
from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.accounts.models import Agent, User
from lms.places.models import Division, Station
from lms.programme import actions as programmes
from lms.programme.models import Programme
from trainees.attendance import actions as attendance
from trainees.registry import actions as registry
from trainees.registry.models import Trainee

SETUP = Agent("tests")
PASSWORD = "demo-2018"
# A quiet day in the middle of the demo programme; tests freeze time here unless they say otherwise.
TODAY = datetime.date(2018, 6, 15)

_serial = itertools.count(1)


def synthetic_id(n: int, *, area: str = "533528", female: bool = False) -> str:
    """A valid resident ID that no living person holds: sequence 996-999 is kept for centenarians."""
    day = datetime.date(1960, 1, 1) + datetime.timedelta(days=n // 2)
    sequence = (996 if female else 997) + 2 * (n % 2)
    digits = f"{area}{day:%Y%m%d}{sequence}"
    return digits + mod_11_2.calc_check_digit(digits)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@dataclass
class Cast:
    programme: Programme
    users: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.users[name]
        except KeyError:
            raise AttributeError(name) from None

    @staticmethod
    def township(name: str) -> Division:
        return Division.objects.current().townships().get(name=name)

    def village(self, township: str, name: str) -> Division:
        return self.township(township).children.get(name__startswith=name)

    def person(self, *, township: str = "勐省镇", **facts) -> Trainee:
        n = next(_serial)
        known = {
            "name": "艾测" + "".join("零一二三四五六七八九"[int(digit)] for digit in str(n)),
            "id_number": synthetic_id(n, female=n % 2 == 0),
            "phone": f"1380088{n:04d}",
            "township": self.township(township),
            "by": self.clerk,
        }
        return registry.register(**{**known, **facts})

    def course(self, code: str = "B1") -> CoursePage:
        course = CoursePage.objects.filter(code=code).first()
        if course:
            return course
        catalogue = CataloguePage.objects.first()
        course = CoursePage(
            title="店铺注册", title_en="Opening a shop", slug=code.lower(), code=code, tier="entrepreneur",
            level="foundation", hours=8, remote=True,
        )  # fmt: skip
        course.tasks.create(title="开一个真实店铺", title_en="Open a real shop", sort_order=0)
        catalogue.add_child(instance=course)
        return course

    def venue(self, township: str = "勐省镇", capacity: int = 60) -> Station:
        division = self.township(township)
        station, _ = Station.objects.get_or_create(
            code=f"S{division.code[:9]}",
            defaults={
                "name": f"{township}服务站",
                "level": "township",
                "division": division,
                "capacity": capacity,
            },
        )
        return station

    def training_class(
        self, *, people: int | list[Trainee] = 0, days: int = 2, open: bool = True, township: str = "勐省镇",
        start: datetime.date | None = None, capacity: int = 60, trainer: User | None = None, course: str = "B1",
        **facts,
    ) -> TrainingClass:  # fmt: skip
        """A class of `days` morning sessions from `start` (default two days ago), with people enrolled."""
        start = start or TODAY - datetime.timedelta(days=2)
        n = next(_serial)
        plan = {
            "by": self.clerk,
            "programme": self.programme,
            "course": self.course(course),
            "trainer": (trainer or self.trainer).trainer,
            "venue": self.venue(township),
            "capacity": capacity,
            "title": f"测试班{n}",
            "title_en": f"Test class {n}",
            "sessions": [schedule.SessionPlan(day=start + datetime.timedelta(days=d), half="am") for d in range(days)],
            "backfill_reason": "tests",
            "override_reason": "tests",
        }
        training_class = schedule.plan_class(**{**plan, **facts})
        if isinstance(people, int):
            people = [self.person(township=township) for _ in range(people)]
        if people:
            attendance.enrol(by=self.clerk, training_class=training_class, trainees=people)
        if open:
            schedule.open_class(by=self.clerk, training_class=training_class)
        training_class.refresh_from_db()
        return training_class

    def mark(self, training_class: TrainingClass, trainees: list[Trainee], *, sessions: int | None = None) -> None:
        """Mark these people present at the first `sessions` sessions (default all)."""
        for session in list(training_class.sessions.all())[:sessions]:
            attendance.record_marks(
                by=self.trainer,
                session=session,
                marks=[attendance.Mark(trainee_id=trainee.pk, kind="sign_in") for trainee in trainees],
            )


def _account(username: str, name: str, *roles: tuple[Role, Division | None]) -> User:
    user = User.objects.create(username=username, name=name)
    for role, place in roles:
        accounts.grant_role(by=SETUP, user=user, role=role, place=place)
    return user


def assemble(programme: Programme) -> Cast:
    cast = Cast(programme)
    mengsheng, yanshuai = cast.township("勐省镇"), cast.township("岩帅镇")
    cast.users = {
        "manager": _account("manager", "经理", (Role.MANAGER, None)),
        "clerk": _account("clerk", "文员", (Role.CLERK, None)),
        "operator": _account("operator", "勐省操作员", (Role.TOWNSHIP_OPERATOR, mengsheng)),
        "operator_elsewhere": _account("operator2", "岩帅操作员", (Role.TOWNSHIP_OPERATOR, yanshuai)),
        "trainer": _account("trainer", "老师", (Role.TRAINER, None)),
        "other_trainer": _account("trainer2", "另一位老师", (Role.TRAINER, None)),
        "trainee_user": _account("trainee", "学员", (Role.TRAINEE, None)),
        "auditor": _account("auditor", "审计", (Role.AUDITOR, None)),
        "admin": _account("sysadmin", "系统管理员", (Role.SYSTEM_ADMIN, None)),
        "outsider": _account("outsider", "路人"),
    }
    for key in ("trainer", "other_trainer"):
        user = cast.users[key]
        schedule.add_trainer(by=SETUP, name=user.name, organisation="县电商中心", user=user)
    return cast


def make_programme() -> Programme:
    programme = Programme.objects.filter(code="CY2018").first()
    if programme:
        return programme
    return programmes.create_programme(
        by=SETUP,
        code="CY2018",
        name="沧源佤族自治县电子商务进农村综合示范项目",
        name_en="Cangyuan rural e-commerce demonstration programme",
        county=Division.objects.get(code="530927000000"),
        starts_on=datetime.date(2017, 12, 1),
        deadline=datetime.date(2018, 12, 31),
        target_person_times=4000,
        source="沧政办发〔2018〕32号",
    )
