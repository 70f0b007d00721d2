"""The county's register form with the training record, as PDF."""

import io

import pypdfium2
import pytest

from lms.privacy.models import FileView
from tests.cast import client_of
from trainees.dossier.paper import print_blank, print_file
from trainees.profiles import actions as profiles
from trainees.registry import actions as registry

pytestmark = pytest.mark.django_db
ID = "533528198506159964"


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return [page.get_textpage().get_text_bounded() for page in document]


def flat(text: str) -> str:
    return "".join(text.split())


@pytest.fixture
def trainee(cast):
    return cast.person(
        name="岩嘎", id_number=ID, phone="13912345678", aliases=["艾那"], ethnic="21", groups=["rural_youth"],
        household_number="5309270001",
    )  # fmt: skip


def address(trainee) -> str:
    return f"/trainees/{trainee.file_number}/paper/"


def test_the_form_holds_what_the_file_holds(cast, trainee):
    profiles.set_profile(by=cast.clerk, trainee=trainee, changes={"languages": ["wa"], "shop": "佤山小铺"})
    training_class = cast.training_class(people=[trainee])
    cast.mark(training_class, [trainee], sessions=1)
    text = flat("".join(pages_of(print_file(trainee, by=cast.clerk, reason="归档"))))
    for said in (
        "沧源佤族自治县电子商务培训学员登记表", trainee.file_number, "岩嘎", "艾那", ID, "13912345678", "佤族",
        "5309270001", "■农村青年", "□残疾人", "■佤语", "佤山小铺", "培训记录栏", training_class.code, "50%", "未通过",
        "打印人：文员(clerk)", "打印时间：2018-06-1512:00", "用途：归档", "第1页",
    ):  # fmt: skip
        assert said in text, said


def test_every_page_says_who_printed_it(cast, trainee):
    for _n in range(26):
        cast.training_class(people=[trainee])
    pages = pages_of(print_file(trainee, by=cast.clerk, reason="归档"))
    assert len(pages) > 2
    for n, page in enumerate(pages, 1):
        assert f"第{n}页共{len(pages)}页" in flat(page)
        assert "打印人：文员" in flat(page)


def test_the_empty_form_holds_nobody(cast, trainee):
    text = flat("".join(pages_of(print_blank())))
    assert ("□农村青年" in text, "■" in text, "岩嘎" in text, "＿" in text) == (True, False, False, True)


def test_a_character_that_no_font_has_stops_the_printing_with_a_word(cast):
    trainee = cast.person(name="岩\U0002ebf0")
    client = client_of(cast.clerk)
    answer = client.post(address(trainee), {"reason": "归档"}, follow=True)
    (message,) = answer.context["messages"]
    assert "U+2EBF0" in str(message)
    assert FileView.objects.filter(unmasked="paper").count() == 0


def test_printing_asks_a_reason_and_is_a_look_into_the_file(cast, trainee):
    client = client_of(cast.clerk)
    refused = client.post(address(trainee), {"reason": " "}, follow=True)
    assert [str(message) for message in refused.context["messages"]] == ["请说明打印用途；没有打印任何内容。"]
    assert FileView.objects.filter(unmasked="paper").count() == 0
    answer = client.post(address(trainee), {"reason": "归档"})
    assert (answer.headers["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert "no-store" in answer.headers["Cache-Control"]
    view = FileView.objects.get(unmasked="paper")
    assert (view.viewer, view.file_number, view.reason) == (cast.clerk.label, trainee.file_number, "归档")


@pytest.mark.parametrize(
    ("who", "status"),
    [("manager", 200), ("auditor", 200), ("operator", 200), ("operator_elsewhere", 404), ("trainer", 403),
     ("trainee_user", 403)],
)  # fmt: skip
def test_who_prints(cast, trainee, who, status):
    assert client_of(getattr(cast, who)).post(address(trainee), {"reason": "x"}).status_code == status


@pytest.mark.parametrize(("who", "status"), [("clerk", 200), ("trainer", 200), ("outsider", 403)])
def test_who_takes_an_empty_form(cast, who, status):
    assert client_of(getattr(cast, who)).get("/trainees/blank-form/").status_code == status


def test_the_paper_is_chinese_for_an_english_reader(cast, trainee):
    client = client_of(cast.clerk)
    client.cookies["django_language"] = "en"
    text = flat("".join(pages_of(client.post(address(trainee), {"reason": "x"}).content)))
    assert ("女" in text, "佤族" in text, "Wa" in text) == (True, True, False)


def test_markup_in_a_name_stays_text(cast, trainee):
    changed = registry.correct_trainee(by=cast.clerk, trainee=trainee, changes={"village_group": "<b>3组</b>"})
    assert "<b>3组</b>" in flat("".join(pages_of(print_file(changed, by=cast.clerk, reason="<i>"))))
