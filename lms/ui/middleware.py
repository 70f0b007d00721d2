from django.shortcuts import redirect, render

from lms.access.scope import scope_of
from lms.privacy.crypto import KeyLost
from lms.privacy.locked import forget_lost
from lms.refusals import Refused

from .navigation import OFFICE


class RefusalPage:
    """An action's refusal that no view turned into a form message becomes a page that says what and how to mend it;
    so does a value that no key opens."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        forget_lost()
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, Refused):
            # Nearly every page of the office needs the programme: there a manager makes it, the others read why.
            if exception.code == "no_programme" and request.method == "GET" and scope_of(request.user).has(*OFFICE):
                return redirect("programme")
            return render(request, "ui/errors/refused.html", {"refusal": exception}, status=409)
        if isinstance(exception, KeyLost):
            return render(request, "ui/errors/key_lost.html", {"fingerprint": exception.fingerprint}, status=503)
        return None
