"""The programme, and its counting policy in words anybody can check."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lms.refusals import Refused

from .enums import CountedUnit
from .models import CountingPolicy, Programme


def current_programme() -> Programme:
    """The one that started last: a county runs one at a time, older ones stay for their records."""
    programme = Programme.objects.select_related("county__parent__parent").order_by("-starts_on", "-pk").first()
    if programme is None:
        raise Refused("no_programme", _("There is no programme yet. Create one, or load the demo county."))
    return programme


def policy_of(programme: Programme) -> CountingPolicy:
    """The latest version."""
    policy = programme.policies.order_by("-version").first()
    if policy is None:
        raise Refused("no_policy", _("The programme has no counting policy yet. A manager sets it."))
    return policy


def policy_sentences(policy: CountingPolicy) -> list[str]:
    """The rule as full sentences: what counts, when, and what does not."""
    unit = {
        CountedUnit.PER_CLASS: _("One person who completes one class counts as one person-time."),
        CountedUnit.PER_DAY: _("One person counts as one person-time for each training day attended."),
        CountedUnit.PER_SESSION: _("One person counts as one person-time for each session attended."),
    }[CountedUnit(policy.unit)]
    attendance = _(
        "It counts only if the person attended at least %(percent)d %% of all planned sessions of the class."
    ) % {"percent": policy.min_attendance_percent}
    session = _("A session counts as attended if the person was there for at least %(percent)d %% of its minutes.") % {
        "percent": policy.min_attendance_percent
    }
    identity = _("The person's identity must be valid or reviewed, and the class must be closed and not refused.")
    remote = (
        _("Remote lessons that were completed count as well, on a line of their own.")
        if policy.counts_remote
        else _("Remote lessons do not count; they are shown on a line of their own.")
    )
    hour = ngettext(
        "One training hour is %(minutes)d minute of attendance.",
        "One training hour is %(minutes)d minutes of attendance.",
        policy.minutes_per_hour,
    ) % {"minutes": policy.minutes_per_hour}
    return [unit, attendance, session, identity, remote, hour]


def policy_in_words(policy: CountingPolicy) -> str:
    # Chinese sentences follow each other without a space.
    return ("" if (get_language() or "").startswith("zh") else " ").join(policy_sentences(policy))
