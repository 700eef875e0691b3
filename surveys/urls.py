"""Addresses of surveys."""

from django.urls import URLPattern, path

from surveys import views

app_name = "surveys"

urlpatterns: list[URLPattern] = [
    path("check-in/<int:round_pk>/<int:mission_pk>/", views.checkin, name="checkin"),
    path(
        "check-in/<int:round_pk>/<int:mission_pk>/resume/",
        views.checkin_resume,
        name="checkin_resume",
    ),
]
