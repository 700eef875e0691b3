"""Addresses for the tests of the base templates: what every template links to, and three pages."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

SHELL = """{% extends "shell.html" %}{% block title %}A page{% endblock %}
{% block content %}<h1>A page</h1>{% include "core/_pagination.html" %}{% endblock %}"""
SOLO = """{% extends "solo.html" %}{% block title %}A form{% endblock %}
{% block content %}<h1>A form</h1><form method="post">{% csrf_token %}{{ form }}</form>
{% endblock %}"""

ITEMS = [
    {"label": "Overview", "url": "/over", "icon": "grid", "current": True, "count": None},
    {"label": "To handle", "url": "/todo", "icon": "bell", "current": False, "count": 3},
]


class Example(forms.Form):
    """One field of each shape that the templates treat apart."""

    email = forms.EmailField(label="E-mail", help_text="The one of your firm")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="I agree")
    note = forms.CharField(label="Note", required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)


def _render(request: HttpRequest, source: str, **context: object) -> HttpResponse:
    page = {
        "navigation": None,
        "tabs": None,
        "person_name": "Inès Morel",
        "person_role": "",
        "help_email": "",
        **context,
    }
    return HttpResponse(engines["django"].from_string(source).render(page, request))


def managers(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Kept")
    messages.error(request, "Not kept")
    navigation = [{"title": "Steer", "items": ITEMS}]
    paged = Paginator(range(30), 10).page(2)
    return _render(request, SHELL, navigation=navigation, page=paged)


def consultants(request: HttpRequest) -> HttpResponse:
    return _render(request, SHELL, tabs=ITEMS, page=Paginator([], 10).page(1))


def filled(request: HttpRequest) -> HttpResponse:
    return _render(request, SOLO, form=Example({"email": "ines@"}))


def empty(request: HttpRequest) -> HttpResponse:
    return _render(request, SOLO, form=Example())


home = (
    [path("", consultants, name="home"), path("how", empty, name="how_made")],
    "dashboards",
)
own = (
    [path("me", empty, name="profile_edit"), path("who", empty, name="who_sees_what")],
    "accounts",
)
clients = ([path("mine", empty, name="charter")], "clients")
urlpatterns = [
    path("", include(clients)),
    path("", include(home)),
    path("", include(own)),
    path("managers", managers),
    path("filled", filled),
    path("empty", empty),
    path("accounts/", include("allauth.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
