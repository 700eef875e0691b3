"""Addresses of followup."""

from django.urls import path

from followup import views, views_promises, views_quality, views_talks

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
    path("wishes/", views_talks.wish_list, name="wish_list"),
    path(
        "wishes/<int:person>/<int:round_pk>/talked/", views_talks.wish_talked, name="wish_talked"
    ),
    path("wishes/<int:person>/<int:round_pk>/again/", views_talks.wish_again, name="wish_again"),
    path("talks/<int:pk>/deny/", views_talks.talk_deny, name="talk_deny"),
    path("promises/", views_promises.promise_list, name="promise_list"),
    path("promises/export/", views_promises.promise_export, name="promise_export"),
    path("promises/new/", views_promises.promise_create, name="promise_create"),
    path("promises/<int:pk>/", views_promises.promise_edit, name="promise_edit"),
    path("promises/<int:pk>/retire/", views_promises.promise_retire, name="promise_retire"),
    path("promises/ideas/new/", views_promises.idea_create, name="idea_create"),
    path("promises/ideas/<int:pk>/", views_promises.idea_answer, name="idea_answer"),
    path("promises/ideas/<int:pk>/withdraw/", views_promises.idea_withdraw, name="idea_withdraw"),
]
