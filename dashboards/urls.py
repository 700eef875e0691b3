"""Addresses of dashboards."""

from django.urls import URLPattern, path

from dashboards import views, views_load, views_own

app_name = "dashboards"

urlpatterns: list[URLPattern] = [
    path("", views_own.home, name="home"),
    path("check-in/<int:round_pk>/<int:mission_pk>/thanks/", views_own.thanks, name="thanks"),
    path("history/", views_own.history, name="history"),
    path("overview/", views.overview, name="overview"),
    path("figures/", views.firm, name="firm"),
    path("clients/", views.client_list, name="client_list"),
    path("clients/<int:pk>/", views.client, name="client"),
    path("profiles/", views.profile_list, name="profile_list"),
    path("profiles/<int:pk>/", views.profile, name="profile"),
    path("load/", views_load.load, name="load"),
    path("load/me/", views_load.load_own, name="load_own"),
]
