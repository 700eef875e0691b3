"""Addresses of accounts. The sign-in pages keep the names that django-allauth looks for."""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path

from accounts.views import firm, own, people, session, stopping, threshold, units

pages = [
    path("people/", people.person_list, name="person_list"),
    path("people/new/", people.person_create, name="person_create"),
    path("people/<int:pk>/", people.person_detail, name="person_detail"),
    path("people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("people/<int:pk>/end/", people.person_end, name="person_end"),
    path("units/", units.unit_list, name="unit_list"),
    path("units/new/", units.unit_create, name="unit_create"),
    path("units/<int:pk>/edit/", units.unit_edit, name="unit_edit"),
    path("units/<int:pk>/end/", units.unit_end, name="unit_end"),
    path("settings/", firm.settings_edit, name="settings_edit"),
    path("threshold/", threshold.threshold_edit, name="threshold_edit"),
    path("threshold/<int:pk>/confirm/", threshold.threshold_confirm, name="threshold_confirm"),
    path("threshold/<int:pk>/decline/", threshold.threshold_decline, name="threshold_decline"),
    path("threshold/<int:pk>/withdraw/", threshold.threshold_withdraw, name="threshold_withdraw"),
    path("talk-contacts/", firm.talk_contact_list, name="talk_contact_list"),
    path("talk-contacts/new/", firm.talk_contact_create, name="talk_contact_create"),
    path("talk-contacts/<int:pk>/", firm.talk_contact_edit, name="talk_contact_edit"),
    path("talk-contacts/<int:pk>/remove/", firm.talk_contact_remove, name="talk_contact_remove"),
    path("profile/", own.profile_edit, name="profile_edit"),
    path("mails/stop/<str:token>/", stopping.mail_stop, name="mail_stop"),
    path("audit/", own.audit_list, name="audit_list"),
    path("audit/mine/", own.audit_own, name="audit_own"),
    path("who-sees-what/", own.who_sees_what, name="who_sees_what"),
    path("i18n/language/", session.language_set, name="language_set"),
]

sign_in = [
    path("login/", allauth_views.login, name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("password/change/", session.password_change, name="account_change_password"),
    path("password/reset/", allauth_views.password_reset, name="account_reset_password"),
    path(
        "password/reset/done/",
        allauth_views.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]

urlpatterns = [
    path("", include((pages, "accounts"))),
    path("account/", include(sign_in)),
    path("i18n/setlang/", session.language_set, name="set_language"),
]
