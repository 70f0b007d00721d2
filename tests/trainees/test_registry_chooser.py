"""One field to pick a person with, for the forms of every room."""

import pytest
from django import forms

from tests.cast import client_of, synthetic_id
from trainees.registry.choosing import OFFERED, PersonField

pytestmark = pytest.mark.django_db


@pytest.fixture
def yan(cast):
    return cast.person(name="岩嘎", id_number="533528198506159964")


def form_of(user, data=None, **options):
    class Picking(forms.Form):
        other = PersonField(label="Same person as", user=user, **options)

    return Picking(data)


def test_words_that_fit_one_person_are_enough(cast, yan):
    form = form_of(cast.clerk, {"other_words": "aiga"})
    assert (form.is_valid(), form.cleaned_data["other"]) == (True, yan)


def test_of_several_one_is_chosen(cast, yan):
    second = cast.person(name="岩嘎", id_number=synthetic_id(70))
    form = form_of(cast.clerk, {"other_words": "岩嘎"})
    assert not form.is_valid()
    assert form.errors.as_data()["other"][0].code == "several"
    html = str(form["other"])
    assert (html.count('type="radio"'), " checked" in html) == (2, False)
    for secret in ("岩嘎<", yan.id_number, yan.phone):
        assert secret not in html
    data = {"other_words": "岩嘎", "other_for": "岩嘎", "other": second.file_number}
    form = form_of(cast.clerk, data)
    assert (form.is_valid(), form.cleaned_data["other"]) == (True, second)


def test_a_choice_made_for_other_words_is_none(cast, yan):
    tian = cast.person(name="田强")
    form = form_of(cast.clerk, {"other_words": "田强", "other_for": "岩嘎", "other": yan.file_number})
    assert (form.is_valid(), form.cleaned_data["other"]) == (True, tian)


@pytest.mark.parametrize(
    ("data", "code"), [({}, "required"), ({"other_words": " "}, "required"), ({"other_words": "nobody"}, "nobody")]
)
def test_what_is_wrong_is_said(cast, yan, data, code):
    form = form_of(cast.clerk, data)
    assert not form.is_valid()
    assert form.errors.as_data()["other"][0].code == code
    assert form_of(cast.clerk, {}, required=False).is_valid()


def test_nobody_out_of_reach_and_nobody_left_out_is_taken(cast, yan):
    chosen = {"other": yan.file_number}
    for form in (form_of(cast.operator_elsewhere, chosen), form_of(cast.clerk, chosen, but=yan)):
        assert not form.is_valid()
        assert form.errors.as_data()["other"][0].code == "gone"
    assert not form_of(cast.operator_elsewhere, {"other_words": "岩嘎"}).is_valid()


def test_the_hits_come_while_somebody_types(cast, yan):
    for n in range(OFFERED + 1):
        cast.person(name="岩嘎", id_number=synthetic_id(80 + n))
    client = client_of(cast.operator)
    answer = client.post("/trainees/choose/", {"other_words": "岩嘎"}, headers={"X-Chooser": "other"})
    html = answer.content.decode()
    assert (answer.status_code, html.count('type="radio" name="other"'), "岩嘎<" in html) == (200, OFFERED, False)
    none = client.post("/trainees/choose/", {"other_words": ""}, headers={"X-Chooser": "other"})
    assert "radio" not in none.content.decode()


@pytest.mark.parametrize("name", ["", '"><b', "a b"])
def test_only_the_name_of_a_field_is_taken(cast, name):
    answer = client_of(cast.clerk).post("/trainees/choose/", {}, headers={"X-Chooser": name})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("who", "status"), [("outsider", 403), ("trainee_user", 403), ("admin", 403), ("trainer", 200)]
)
def test_who_may_search(cast, who, status):
    answer = client_of(getattr(cast, who)).post("/trainees/choose/", {}, headers={"X-Chooser": "other"})
    assert answer.status_code == status
