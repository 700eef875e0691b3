"""Addresses of dashboards."""

from django.urls import URLPattern, path

from dashboards import (
    views,
    views_explained,
    views_load,
    views_own,
    views_points,
    views_rotations,
    views_scenario,
)

app_name = "dashboards"

urlpatterns: list[URLPattern] = [
    path("", views_own.home, name="home"),
    path("check-in/<int:round_pk>/<int:mission_pk>/thanks/", views_own.thanks, name="thanks"),
    path("history/", views_own.history, name="history"),
    path("overview/", views.overview, name="overview"),
    path("figures/", views.firm, name="firm"),
    path("figures/export/", views.figures_export, name="figures_export"),
    path("figures/how/", views_explained.how_made, name="how_made"),
    path("clients/", views.client_list, name="client_list"),
    path("clients/<int:pk>/", views.client, name="client"),
    path("profiles/", views.profile_list, name="profile_list"),
    path("profiles/<int:pk>/", views.profile, name="profile"),
    path("load/", views_load.load, name="load"),
    path("load/me/", views_load.load_own, name="load_own"),
    path("load/points/", views_points.points_preview, name="points_preview"),
    path("load/what-if/", views_scenario.scenario_page, name="scenario"),
    path("load/who-could/<int:pk>/", views_scenario.who_could, name="who_could"),
    path("load/rotations/", views_rotations.rotation_list, name="rotation_list"),
    path("load/rotations/runs/<int:pk>/", views_rotations.rotation_run, name="rotation_run"),
    path(
        "load/rotations/runs/<int:pk>/stop/",
        views_rotations.rotation_run_stop,
        name="rotation_run_stop",
    ),
    path("load/rotations/<int:pk>/", views_rotations.rotation_detail, name="rotation_detail"),
    path("load/rotations/<int:pk>/talk/", views_rotations.rotation_talk, name="rotation_talk"),
    path(
        "load/rotations/<int:pk>/set-aside/",
        views_rotations.rotation_set_aside,
        name="rotation_set_aside",
    ),
    path("load/rotations/<int:pk>/agree/", views_rotations.rotation_agree, name="rotation_agree"),
    path("rotations/<int:pk>/", views_rotations.rotation_own, name="rotation_own"),
]
