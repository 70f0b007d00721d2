"""The texts of a design: fields in braces, phrases in brackets, and what is wrong with them. No database here.

兹证明{name}同志 prints the name. A phrase in square brackets, [，荣获{award}], is left out as a whole when a field in
it has nothing to say. Fields may be written in Chinese too: {姓名}.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.paper.fonts import in_words, missing_glyphs

from . import forbidden


@dataclass(frozen=True)
class Field:
    code: str
    chinese: str
    says: str | Promise


FIELDS = (
    Field("name", "姓名", gettext_lazy("the holder's name")),
    Field("id_label", "证件名称", gettext_lazy("身份证号, or 证件号码 for other papers")),
    Field("id_number", "证件号", gettext_lazy("the number of the holder's identity paper")),
    Field("number", "证书编号", gettext_lazy("the certificate's number")),
    Field("issued_on", "发证日期", gettext_lazy("the day of issue")),
    Field("issuer", "发证单位", gettext_lazy("the centre's registered name")),
    Field("issuer_en", "发证单位英文", gettext_lazy("the centre's name in English")),
    Field("class", "培训班", gettext_lazy("the title of the class")),
    Field("class_word", "班字", gettext_lazy("培训班, where the title of the class lacks 班")),
    Field("class_en", "培训班英文", gettext_lazy("the title of the class in English")),
    Field("class_code", "期次", gettext_lazy("the code of the class")),
    Field("course", "课程", gettext_lazy("the title of the course")),
    Field("course_en", "课程英文", gettext_lazy("the title of the course in English")),
    Field("hours", "学时", gettext_lazy("training hours, a number")),
    Field("days", "起止日期", gettext_lazy("the first and the last day")),
    Field("days_en", "起止日期英文", gettext_lazy("the first and the last day in English")),
    Field("first_day", "开班日期", gettext_lazy("the first day")),
    Field("last_day", "结束日期", gettext_lazy("the last day")),
    Field(
        "assessed",
        "考核",
        gettext_lazy("经考核合格, where the class had required tasks; never on a certificate of attendance"),
    ),
    Field("contest", "大赛", gettext_lazy("the title of the contest")),
    Field("contest_en", "大赛英文", gettext_lazy("the title of the contest in English")),
    Field("project", "项目", gettext_lazy("the title of the project")),
    Field("award", "奖项", gettext_lazy("the award")),
    Field("award_en", "奖项英文", gettext_lazy("the award in English")),
    Field("issued_on_en", "发证日期英文", gettext_lazy("the day of issue in English")),
    Field("reissue", "补发", gettext_lazy("遗失补发, 损坏换发 …, on a paper that takes the place of an older one")),
    Field("valid_until", "有效期至", gettext_lazy("the last day it holds; nothing when it holds for good")),
    Field("valid_until_en", "有效期至英文", gettext_lazy("the last day it holds, in English")),
)
CODES = {field.code: field.code for field in FIELDS} | {field.chinese: field.code for field in FIELDS}

# Every text that is printed; the first ones are Chinese, where forbidden words stand in Chinese.
TEXTS = ("title", "holder", "identity", "text", "number_line", "closing", "signer", "title_en", "text_en")
# Where each obligatory field belongs.
OBLIGATORY = (("holder", "name"), ("number_line", "number"), ("closing", "issued_on"))

# Pictures named so are no seal and no signature.
EMBLEMS = re.compile(
    r"国徽|国旗|党徽|党旗|军徽|国章|national[ _-]?(emblem|flag)|party[ _-]?(emblem|flag)|state[ _-]?emblem",
    re.IGNORECASE,
)

MARKS = re.compile(r"\{([^{}]*)\}|([{}\[\]])|([^{}\[\]]+)")


def forbidden_word(text: str) -> str:
    """The first forbidden word of either language; '' when there is none.

    As it would be printed where a field has nothing to say: without the fields, and without the brackets.
    """
    return forbidden.forbidden_word(re.sub(r"[\[\]]", "", re.sub(r"\{[^{}]*\}", "", text)))


def _marks(text: str) -> Iterator[tuple[str, str]]:
    """('field', code), ('mark', one of {}[]) or ('words', text)."""
    for found in MARKS.finditer(text.replace("\r\n", "\n")):
        field, mark, words = found.groups()
        if field is not None:
            yield "field", field.strip()
        elif mark:
            yield "mark", mark
        else:
            yield "words", words


def fields_in(text: str) -> list[str]:
    """The codes of its fields, in order; unknown ones as they were written."""
    return [CODES.get(value, value) for kind, value in _marks(text) if kind == "field"]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled, phrases in brackets left out where one of their fields is empty."""
    out: list[str] = []
    phrase: list[str] | None = None
    whole = True
    for kind, value in _marks(text):
        if value == "[" and kind == "mark":
            phrase, whole = [], True
        elif value == "]" and kind == "mark":
            out.extend(phrase or [] if whole else [])
            phrase = None
        else:
            said = values.get(CODES.get(value, ""), "") if kind == "field" else value
            whole = whole and not (kind == "field" and not said)
            (out if phrase is None else phrase).append(said)
    return "".join(out)


def wrong_marks(text: str) -> str:
    """What is wrong with its fields and brackets, in words; '' when all is well."""
    open_phrase = False
    for kind, value in _marks(text):
        if kind == "field" and value not in CODES:
            return _("“{%(field)s}” is no field. The fields are listed below the texts.") % {"field": value}
        if kind != "mark":
            continue
        if value in "{}":
            return _("A brace stands alone. A field stands in braces, as {name}.")
        if (value == "[") == open_phrase:
            return _("A square bracket stands alone. A phrase stands between [ and ], with no other bracket within.")
        open_phrase = value == "["
    return _("A square bracket is not closed. A phrase stands between [ and ].") if open_phrase else ""


def wrong_text(name: str, text: str) -> str:
    """What must not be printed, or cannot be, in one text of a design."""
    wrong = wrong_marks(text)
    if wrong:
        return wrong
    word = forbidden_word(text)
    if word:
        return _(
            "“%(word)s” must not stand on a training certificate (人社部函〔2022〕25号): "
            "it would pass for a certificate of the state. Take the word out."
        ) % {"word": word}
    missing = missing_glyphs(re.sub(r"\{[^{}]*\}|\n|\r", "", text))
    if missing:
        return _("The fonts have no %(missing)s. Write it with other characters.") % {"missing": in_words(missing)}
    if name == "holder" and fields_in(text).count("name") > 1:
        return _("The name stands twice in this line. Once is enough.")
    return ""


def missing_fields(design: Any) -> Iterator[tuple[str, str]]:
    """(text, what is missing) for each obligatory field that is not in its place."""
    for name, code in OBLIGATORY:
        if code not in fields_in(getattr(design, name)):
            field = next(field for field in FIELDS if field.code == code)
            yield (
                name,
                _("{%(field)s} (%(says)s) is missing here: no certificate goes out without it.")
                % {"field": code, "says": field.says},
            )


def emblem_in(*names: str) -> str:
    """The word in a picture's title or file name that tells of an emblem; '' when there is none."""
    found = next((one for name in names if (one := EMBLEMS.search(name))), None)
    return found[0] if found else ""
