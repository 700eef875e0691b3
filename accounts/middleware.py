"""Who is asking: the end of dead sessions, the person's language, refused accesses."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from accounts.audit import refused
from accounts.models import User
from accounts.perms import Refused
from accounts.wording import ACCOUNT_ENDED, SIGN_IN_AGAIN


class PersonMiddleware:
    """A signed-in person's language wins over the browser's; a dead session ends in words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A session that Django itself finds dead is flushed when the user is first asked for.
        claimed = request.session.get(SESSION_KEY)
        if claimed is None:
            return self.get_response(request)
        user = request.user
        today = timezone.localdate()
        if user.is_authenticated and user.may_sign_in(today):
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
            return self.get_response(request)
        return turned_away(request, User.objects.filter(pk=claimed).first())

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """One audit line for a refused access; the answer itself stays Django's."""
        user = getattr(request, "user", None)
        if not isinstance(user, User):
            return
        if isinstance(exception, Refused):
            refused(user, kind=exception.kind, ref=exception.ref, now=timezone.now())
        elif isinstance(exception, PermissionDenied):
            page = request.resolver_match.view_name if request.resolver_match else ""
            refused(user, kind="page", ref=page, now=timezone.now())


def turned_away(request: HttpRequest, person: User | None) -> HttpResponse:
    """End the session and lead to the sign-in page, with the reason and the way back."""
    language = person.language if person else translation.get_language()
    gone = person is not None and not person.may_sign_in(timezone.localdate())
    logout(request)
    with translation.override(language):
        messages.warning(request, str(ACCOUNT_ENDED if gone else SIGN_IN_AGAIN))
    address = reverse("account_login")
    if request.method == "GET" and request.path != address:
        address += "?" + urlencode({"next": request.get_full_path()})
    return redirect(address)
