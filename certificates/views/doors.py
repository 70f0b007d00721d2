"""How the views of certificates come to their objects, and what all their answers carry."""

from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import add_never_cache_headers

from courses.schedule.models import TrainingClass
from courses.schedule.rules import may_manage
from lms.accounts.models import User

from .. import rules
from ..models import Certificate


def person(request: HttpRequest) -> User:
    """Behind the sign-in nobody is anonymous."""
    return cast(User, request.user)


def class_for(request: HttpRequest, code: str) -> TrainingClass:
    classes = TrainingClass.objects.visible_to(request.user)
    classes = classes.select_related("venue__division", "programme__county")
    return get_object_or_404(classes, code=code)


def opens(user: User | AnonymousUser, training_class: TrainingClass | None) -> bool:
    """Whether a link to the page of the class leads anywhere."""
    return training_class is not None and TrainingClass.objects.visible_to(user).filter(pk=training_class.pk).exists()


def class_to_manage(request: HttpRequest, code: str) -> TrainingClass:
    training_class = class_for(request, code)
    if not may_manage(request.user, training_class.venue.division.code):
        raise PermissionDenied
    return training_class


def certificate_for(request: HttpRequest, number: str) -> Certificate:
    certificates = Certificate.objects.visible_to(request.user).select_related(
        "trainee__township", "training_class__venue__division", "training_class__programme__county",
        "entry__contest__programme__county",
    )  # fmt: skip
    return get_object_or_404(certificates, number=number)


def certificate_to_decide(request: HttpRequest, number: str) -> Certificate:
    certificate = certificate_for(request, number)
    if not rules.may_decide_on(request.user, certificate):
        raise PermissionDenied
    return certificate


def private(response: HttpResponseBase) -> HttpResponseBase:
    """Nothing with a whole ID number stays in a cache."""
    add_never_cache_headers(response)
    return response


def unlisted(response: HttpResponse) -> HttpResponse:
    """Public, and yet not for search engines."""
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    add_never_cache_headers(response)
    return response
