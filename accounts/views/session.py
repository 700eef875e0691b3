"""Around signing in: language, password, too many attempts."""

from allauth.account import views as allauth_views
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts.models import User
from accounts.perms import person_required, signed_in

WAIT_SECONDS = 60


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The same page whether the account exists or not."""
    response = render(request, "429.html", {"wait_seconds": WAIT_SECONDS}, status=429)
    response.headers["Retry-After"] = str(WAIT_SECONDS)
    return response


@require_POST
def language_set(request: HttpRequest) -> HttpResponseBase:
    """Keep the chosen language in the browser, and on the person once they are known."""
    code = request.POST.get("language", "")
    known = code in dict(settings.LANGUAGES) and check_for_language(code)
    if known and request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=code)
    return set_language(request)


@person_required()
def password_change(request: HttpRequest) -> HttpResponse:
    """Who never chose a password has none to change: the reset mail gives the first one."""
    if not signed_in(request).has_usable_password():
        return redirect("account_reset_password")
    response: HttpResponse = allauth_views.password_change(request)
    return response
