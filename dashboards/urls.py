"""Addresses of dashboards."""

from django.urls import URLPattern, path

from dashboards import views_own

app_name = "dashboards"

urlpatterns: list[URLPattern] = [
    path("", views_own.home, name="home"),
    path("check-in/<int:round_pk>/<int:mission_pk>/thanks/", views_own.thanks, name="thanks"),
    path("history/", views_own.history, name="history"),
]
