"""Addresses of followup."""

from django.urls import path

from followup import views, views_quality

app_name = "followup"

urlpatterns = [
    path("alerts/", views.alert_list, name="alert_list"),
    path("alerts/quality/", views_quality.quality_page, name="quality"),
    path("alerts/quality.csv", views_quality.quality_export, name="quality_export"),
    path("alerts/<int:pk>/", views.alert_detail, name="alert_detail"),
    path("alerts/<int:pk>/take/", views.alert_take, name="alert_take"),
    path("alerts/<int:pk>/postpone/", views.alert_postpone, name="alert_postpone"),
    path("alerts/<int:pk>/close/", views.alert_close, name="alert_close"),
    path("alerts/<int:pk>/reopen/", views.alert_reopen, name="alert_reopen"),
    path("alerts/<int:pk>/pass-on/", views.alert_pass_on, name="alert_pass_on"),
    path("wishes/", views.wish_list, name="wish_list"),
]
