from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.privacy.actions import record_view
from lms.refusals import Refused
from lms.uploads import bounded_upload, too_large_fields
from trainees.registry.doors import file_for
from trainees.registry.queries import ENTERING

from . import actions, queries
from .forms import PhotoForm, ProfileForm


@allow(*ENTERING)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def trainee_profile(request: SignedInRequest, file_number: str) -> HttpResponse:
    """Needs, work, wishes: the register form's second half."""
    trainee = file_for(request.user, file_number, *ENTERING)
    profile = queries.profile_of(trainee)
    form = ProfileForm(request.POST or None, profile=profile, asks_political=queries.asks_political(trainee))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_profile(by=request.user, trainee=trainee, changes=form.changes())
        except Refused as refusal:
            field = "guardian_phone" if refusal.code.startswith("guardian_phone") else "political"
            form.add_error(field if field in form.fields else None, str(refusal.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("trainee_file", file_number)
    if request.method != "POST":
        record_view(by=request.user, file_number=file_number, unmasked="profile")
    facts = {"form": form, "photo_form": PhotoForm(), "trainee": trainee, "profile": profile}
    return render(request, "trainees/profiles/edit.html", facts)


@allow(*ENTERING)
@bounded_upload
@require_POST
def trainee_photo(request: SignedInRequest, file_number: str) -> HttpResponse:
    """Put a photo into the file, or take it out."""
    trainee = file_for(request.user, file_number, *ENTERING)
    if "remove" in request.POST:
        actions.remove_photo(by=request.user, trainee=trainee)
        messages.success(request, _("The photo was removed."))
        return redirect("trainee_file", file_number)
    posted, files = request.POST, request.FILES  # reading them is what finds a file too large
    form = PhotoForm(posted, files, too_large=bool(too_large_fields(request)))
    if not form.is_valid():
        for error in form.errors.get("photo", []):
            messages.error(request, str(error))
        return redirect("trainee_profile", file_number)
    try:
        actions.set_photo(by=request.user, trainee=trainee, content=form.cleaned_data["photo"].read())
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("trainee_profile", file_number)
    messages.success(request, _("The photo is in the file."))
    return redirect("trainee_file", file_number)
