"""The link in a mail that stops its kind: no sign-in, no session, no cookie.

A GET shows a button, since mail scanners follow links; the POST stops. A mail program posts by
itself where its reader asks it to (RFC 8058), hence no form token: the signed link is the right.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.stopping import CHECK_IN, ROTATION, stop_of, wish

AGAIN = "again"


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, stop, or begin again."""
    stop = stop_of(token)
    if stop is None:
        return render(request, "accounts/mail_stop_unknown.html", status=404)
    if request.method == "POST":
        wish(stop, wanted=AGAIN in request.POST)
    with translation.override(stop.person.language):
        context = {
            "is_stopped": stop.is_stopped,
            "is_checkin": stop.kind == CHECK_IN,
            "is_rotation": stop.kind == ROTATION,
            "was_posted": request.method == "POST",
        }
        return render(request, "accounts/mail_stop.html", context)
