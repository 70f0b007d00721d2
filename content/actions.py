"""The public site as it stands on the first day, and who may edit it."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import timezone
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale, Page, Site

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.programme.models import Programme
from trainees.contest.actions import create_contest
from trainees.contest.models import Contest

from . import texts
from .models import ContestPage, HomePage, NoticePage

EDITORS = "centre-editors"
PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page")


@transaction.atomic
def load_site(*, by: User | Agent, contact: str = "") -> HomePage:
    """Root, site, home page and first notice.

    Idempotent: pages that exist stay as the centre edited them; only the host name follows SITE_URL.
    """
    home = _home(by=by, contact=contact)
    _site(home)
    if not NoticePage.objects.exists():
        notice = NoticePage(published_on=timezone.localdate(), **texts.FIRST_NOTICE)
        home.add_child(instance=notice)
    return home


@transaction.atomic
def load_contest(
    *, by: User | Agent, programme: Programme, opens: datetime.date | None = None, closes: datetime.date | None = None
) -> ContestPage:
    """The programme's contest with its page, once. Without other dates entries are open from five months
    after the start to a month before the deadline."""
    contest = Contest.objects.filter(programme=programme).first()
    if contest is None:
        closes = closes or programme.deadline - datetime.timedelta(days=31)
        year = closes.year
        contest = create_contest(
            by=by,
            programme=programme,
            code=f"DS{year}",
            title=f"{programme.county.name}{year}年农村电商创业大赛",
            title_en=f"Rural e-commerce contest {year}",
            entries_open_on=opens or programme.starts_on + datetime.timedelta(days=151),
            entries_close_on=closes,
            final_on=closes + datetime.timedelta(days=21),
        )
    page = ContestPage.objects.filter(contest=contest).first()
    if page is None:
        page = ContestPage(
            title=contest.title,
            title_en=contest.title_en,
            slug=contest.code.lower(),
            contest=contest,
            **texts.CONTEST,
        )
        HomePage.objects.get().add_child(instance=page)
    return page


def _home(*, by: User | Agent, contact: str) -> HomePage:
    home = HomePage.objects.first()
    if home is not None:
        return home
    root = _root()
    # Wagtail's first migration leaves a welcome page where ours belongs.
    for welcome in root.get_children().filter(content_type__model="page"):
        Site.objects.filter(root_page=welcome).delete()
        welcome.delete()
    root = _root()
    home = HomePage(**texts.HOME, contact=contact)
    root.add_child(instance=home)
    record_event(by=by, event="site.created", record=home, label="home")
    return home


def _root() -> Page:
    """What Wagtail's migrations leave behind, made again where a database was emptied."""
    if Locale.objects.count() == 0:
        Locale.objects.create(language_code=settings.LANGUAGE_CODE)
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    return Page.get_first_root_node() or Page.add_root(title="Root", slug="root", locale=Locale.get_default())


def _site(home: HomePage) -> None:
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    wanted = {
        "hostname": address.hostname or "localhost",
        "port": port,
        "root_page_id": home.pk,
        "site_name": settings.WAGTAIL_SITE_NAME,
    }
    if any(getattr(site, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(site, name, value)
        site.save()


@transaction.atomic
def load_editor_groups(*, by: User | Agent) -> Group:
    """The group of those who edit pages, pictures and files in the back office, keep stations and trainers, and draft
    certificate designs.
    """
    group, created = Group.objects.get_or_create(name=EDITORS)
    home = HomePage.objects.get()
    for codename in PAGE_PERMISSIONS:
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.get_or_create(group=group, page=home, permission=permission)
    collection = Collection.get_first_root_node()
    for app, model in (("wagtailimages", "image"), ("wagtaildocs", "document")):
        for verb in ("add", "change", "choose"):
            permission = Permission.objects.get(content_type__app_label=app, codename=f"{verb}_{model}")
            GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=permission)
    plain = Permission.objects.filter(
        content_type__app_label__in=("wagtailadmin", "lms"),
        codename__in=("access_admin", "add_station", "change_station", "view_station", "view_division", "view_holiday"),
    )
    trainers = Permission.objects.filter(
        content_type__app_label="courses", codename__in=("add_trainer", "change_trainer", "view_trainer")
    )
    designs = Permission.objects.filter(
        content_type__app_label="certificates",
        codename__in=[f"{verb}_certificatedesign" for verb in ("add", "change", "publish", "view")],
    )
    group.permissions.add(*plain, *trainers, *designs)
    if created:
        record_event(by=by, event="group.created", record=group, label=EDITORS)
    return group
