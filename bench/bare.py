"""The reference: Django's default middleware, a session, a person, one indexed query, one list."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.template.backends.django import DjangoTemplates
from django.test.utils import override_settings
from django.urls import path

from missions.models import Assignment

ADDRESS = "/bare/"
MIDDLEWARE = [
    "bench.bare.addresses",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ENGINE = DjangoTemplates(
    {
        "NAME": "bare",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
)
PAGE = ENGINE.from_string("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Assignments</title></head>
<body><h1>{{ user.first_name }} {{ user.last_name }}</h1>
<ul>{% for row in rows %}<li>{{ row.starts_on }}: {{ row.share }} %</li>{% endfor %}</ul>
</body></html>""")


@login_required
def page(request: HttpRequest) -> HttpResponse:
    """One's own assignments, bare."""
    rows = Assignment.objects.filter(person=request.user.pk)
    return HttpResponse(PAGE.render({"rows": rows}, request))


def addresses(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Send every request to this file's own addresses."""

    def handle(request: HttpRequest) -> HttpResponse:
        request.urlconf = "bench.bare"
        return get_response(request)

    return handle


urlpatterns = [path("bare/", page)]


def application() -> WSGIHandler:
    """A WSGI application with Django's default middleware alone."""
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        return WSGIHandler()
