"""Sample lessons, made of files that come with the product; afterwards they are pages like any other."""

import json
import uuid
from pathlib import Path

from django.core.files import File
from django.core.files.images import ImageFile
from django.db import transaction
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from courses.catalogue.models import CoursePage
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event

from .models import LessonPage

DEMO = Path(__file__).parent / "demo"
# Block ids must not change between two loads: the answers of a quiz hang on them.
NAMESPACE = uuid.UUID("5c3cb3b2-7d2b-4a52-9d34-0f0f2f1d2018")


@transaction.atomic
def load_demo_lessons(*, by: User | Agent) -> int:
    """Lessons of courses/lessons/demo under their courses. Returns how many were added; existing ones stay."""
    added = 0
    for lesson in json.loads((DEMO / "lessons.json").read_text(encoding="utf-8")):
        course = CoursePage.objects.filter(code=lesson["course"]).first()
        if course is None or course.get_children().filter(slug=lesson["slug"]).exists():
            continue
        page = LessonPage(
            title=lesson["title"],
            title_en=lesson["title_en"],
            slug=lesson["slug"],
            minutes=lesson["minutes"],
            pass_percent=lesson["pass_percent"],
            body=json.dumps([_block(lesson["slug"], n, part) for n, part in enumerate(lesson["body"], start=1)]),
        )
        course.add_child(instance=page)
        record_event(by=by, event="lesson.loaded", record=page, label=f"{course.code}/{page.slug}")
        added += 1
    return added


def _block(slug: str, number: int, part: dict) -> dict:
    kind, value = part["type"], part["value"]
    if kind == "picture":
        value = {**value, "image": _image(value["image"], value["caption"])}
    elif kind == "video":
        value = {
            **value,
            "poster": _image(value["poster"], value["title"]),
            "video": _document(value["video"], value["title"]),
            "captions": _document(value["captions"], value["title"]),
        }
    return {"type": kind, "id": str(uuid.uuid5(NAMESPACE, f"{slug}/{number}")), "value": value}


def _image(name: str, title: str) -> int:
    model = get_image_model()
    image = model.objects.filter(file__endswith=name).first()
    if image is None:
        with (DEMO / name).open("rb") as picture:
            image = model.objects.create(title=title, file=ImageFile(picture, name=name))
            image.file.close()
    return image.pk


def _document(name: str, title: str) -> int:
    model = get_document_model()
    with (DEMO / name).open("rb") as content:
        document = model.objects.create(title=f"{title} ({name})", file=File(content, name=name))
        document.file.close()
    return document.pk
