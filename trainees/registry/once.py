"""A form sent twice is one piece of work: what became of it is remembered with the session that sent it."""

import uuid
from collections.abc import Callable

from django.contrib.sessions.models import Session
from django.db import transaction

from lms.access.requests import SignedInRequest

KEY = "sent_forms"
# A desk with several windows; older ones were answered long ago.
KEPT = 20


@transaction.atomic
def once(request: SignedInRequest, form: uuid.UUID | None, work: Callable[[], str]) -> str:
    """What `work` gave for this form, now or the first time. Several at the same moment wait for the first."""
    if form is None or not request.session.session_key:
        return work()
    key = request.session.session_key
    stored = Session.objects.select_for_update().filter(session_key=key).first()
    # Read again under the lock: this request's own copy is older than the wait.
    known = stored.get_decoded().get(KEY, {}) if stored else {}
    if str(form) not in known:
        known = dict([*known.items(), (str(form), work())][-KEPT:])
    request.session[KEY] = known
    request.session.save()
    return known[str(form)]
