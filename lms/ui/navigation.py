"""The main menu: who sees which way. What a page shows is decided by the page, not here."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.access.scope import scope_of
from lms.accounts.enums import Role

OFFICE = frozenset({Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR, Role.AUDITOR})


@dataclass(frozen=True)
class Item:
    """One way: a URL name, or a path for the pages Wagtail serves; no roles means everyone."""

    target: str
    label: str | Promise
    roles: frozenset[Role] = frozenset()
    aside: bool = False  # needed now and then: stands at the far end of the row

    @property
    def url(self) -> str:
        """Empty where the room behind it is not installed: the menu leaves it out, the page still opens."""
        if self.target.startswith("/"):
            return self.target
        try:
            return reverse(self.target)
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Link:
    url: str
    label: str | Promise
    current: str  # "page", "true" for a page below it, or empty: the value of aria-current
    aside: bool = False


MENU = (
    Item("/", _("Home")),
    Item("/courses/", _("Courses")),
    Item("my_learning", _("My learning"), frozenset({Role.TRAINEE})),
    Item("my_file", _("My file"), frozenset({Role.TRAINEE})),
    Item("teach", _("My classes"), frozenset({Role.TRAINER})),
    Item("desk", _("Desk"), OFFICE),
    Item("trainee_list", _("Trainees"), OFFICE),
    Item("roster_list", _("Rosters"), OFFICE - {Role.AUDITOR}),
    Item("class_list", _("Classes"), OFFICE),
    Item("certificate_register", _("Certificates"), OFFICE),
    Item("progress", _("Progress"), OFFICE),
    Item("wagtailadmin_home", _("Website"), frozenset({Role.MANAGER, Role.CLERK})),
    Item("request_list", _("Personal data"), OFFICE | {Role.SECURITY_OFFICER}, aside=True),
    Item("job_list", _("My work"), OFFICE, aside=True),
    Item("programme", _("Programme"), OFFICE, aside=True),
    Item("account_list", _("Accounts"), frozenset({Role.MANAGER, Role.SYSTEM_ADMIN}), aside=True),
)

# Behind the menu's "Personal data": what people agreed to, asked for, and what becomes of it.
PERSONAL_DATA = (
    Item("request_list", _("Requests"), OFFICE | {Role.SECURITY_OFFICER}),
    Item("consent_missing", _("Without consent"), OFFICE),
    Item("consent_texts", _("Texts of consent"), OFFICE | {Role.SECURITY_OFFICER}),
    Item("export_list", _("Exports"), OFFICE - {Role.AUDITOR}),
    Item("retention", _("Retention"), frozenset({Role.MANAGER, Role.SECURITY_OFFICER, Role.AUDITOR})),
)

# Behind the menu's "Certificates": what was handed out, what goes to the printer, how papers look and are numbered.
CERTIFICATES = (
    Item("certificate_register", _("Number register"), OFFICE),
    Item("certificate_prints", _("Printing"), frozenset({Role.MANAGER, Role.CLERK})),
    Item("list_files", _("Lists and labels"), OFFICE - {Role.AUDITOR}),
    Item("design_list", _("Designs"), frozenset({Role.MANAGER, Role.CLERK})),
    Item("number_schemes", _("Numbering"), frozenset({Role.MANAGER, Role.CLERK, Role.AUDITOR})),
)


def ways_among(items: Iterable[Item], request: HttpRequest) -> list[Link]:
    """Those of a group of pages that this person may follow."""
    scope = scope_of(request.user)
    ways = [item for item in items if scope.has(*item.roles)]
    return [Link(item.url, item.label, "page" if request.path == item.url else "") for item in ways]


def menu_for(request: HttpRequest) -> list[Link]:
    """The links this person may follow; the longest one that the address begins with is where they are."""
    # A request refused early (a bad host) never met the middleware that knows people.
    user = getattr(request, "user", None)
    scope = scope_of(user) if user is not None else None
    open_to = [item for item in MENU if not item.roles or (scope is not None and scope.has(*item.roles))]
    ways = [(item.url, item) for item in open_to]
    here = max((url for url, _item in ways if url and _within(request.path, url)), key=len, default="")
    return [
        Link(url, item.label, _current(request.path, url) if url == here else "", item.aside)
        for url, item in ways
        if url
    ]


def _within(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def _current(path: str, url: str) -> str:
    return "page" if path == url else "true"
