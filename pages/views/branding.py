"""The company's colours for codes and passes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from credentials import selectors
from credentials.services import set_branding
from operators.permissions import Permission, actor_of, needs
from pages.branding import BrandingForm, sample


@needs(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def branding(request: HttpRequest) -> HttpResponse:
    """One form; what cannot be read is refused with the nearest colours that can."""
    held = selectors.branding()
    initial = {name: getattr(held, name) for name in BrandingForm.base_fields}
    asked = request.method == "POST"
    form = BrandingForm(request.POST if asked else None, initial=initial)
    if asked and form.is_valid():
        set_branding(by=actor_of(request), **form.cleaned_data)
        messages.success(request, "Saved. What is printed from now on looks like this.")
        return redirect("branding")
    context = {"form": form, "sample": sample(held.pair)}
    return render(request, "pages/branding.html", context, status=422 if asked else 200)
