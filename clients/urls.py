"""Addresses of clients as staffing data. Their figures are read in the dashboards."""

from django.urls import path

from clients import (
    views,
    views_charter,
    views_choosing,
    views_contacts,
    views_paths,
    views_prospects,
    views_sheets,
    views_stances,
)

app_name = "clients"

charter_pages = [
    path("charter/", views_charter.charter, name="charter"),
    path("charter/versions/<int:number>/", views_charter.charter_version, name="charter_version"),
    path("charter/public/", views_charter.charter_public, name="charter_public"),
    path(
        "charter/public/switch/",
        views_charter.charter_public_switch,
        name="charter_public_switch",
    ),
    path("charter/for/<str:token>/", views_charter.charter_link, name="charter_link"),
    path("charter/links/", views_charter.charter_link_list, name="charter_link_list"),
    path("charter/links/new/", views_charter.charter_link_create, name="charter_link_create"),
    path("charter/links/<int:pk>/end/", views_charter.charter_link_end, name="charter_link_end"),
    path("charter/next/", views_choosing.charter_choosing, name="charter_choosing"),
    path("charter/next/open/", views_choosing.charter_open, name="charter_open"),
    path("charter/next/propose/", views_choosing.value_propose, name="value_propose"),
    path("charter/next/choose/", views_choosing.charter_choose, name="charter_choose"),
    path("charter/next/publish/", views_choosing.charter_publish, name="charter_publish"),
    path("charter/next/drop/", views_choosing.charter_drop, name="charter_drop"),
    path("charter/values/<int:pk>/", views_choosing.value_write, name="value_write"),
    path("charter/values/<int:pk>/against/", views_choosing.value_against, name="value_against"),
    path(
        "charter/values/<int:pk>/take-back/",
        views_choosing.value_take_back,
        name="value_take_back",
    ),
    path(
        "charter/objections/<int:pk>/answer/",
        views_choosing.objection_answer,
        name="objection_answer",
    ),
]

prospect_pages = [
    path("prospects/", views_prospects.prospect_list, name="prospect_list"),
    path("prospects/new/", views_prospects.prospect_create, name="prospect_create"),
    path("prospects/<int:pk>/", views_prospects.prospect_detail, name="prospect_detail"),
    path("prospects/<int:pk>/edit/", views_prospects.prospect_edit, name="prospect_edit"),
    path("prospects/<int:pk>/screen/", views_prospects.prospect_screen, name="prospect_screen"),
    path("prospects/<int:pk>/path/", views_paths.prospect_path, name="prospect_path"),
    path("prospects/<int:pk>/accept/", views_prospects.prospect_accept, name="prospect_accept"),
    path("prospects/<int:pk>/refuse/", views_prospects.prospect_refuse, name="prospect_refuse"),
    path("prospects/<int:pk>/lose/", views_prospects.prospect_lose, name="prospect_lose"),
    path("prospects/<int:pk>/reopen/", views_prospects.prospect_reopen, name="prospect_reopen"),
    path("exceptions/new/", views_prospects.exception_create, name="exception_create"),
    path("exceptions/<int:pk>/look/", views_prospects.exception_look, name="exception_look"),
    path("paths/", views_paths.path_list, name="path_list"),
    path("paths/new/", views_paths.path_create, name="path_create"),
    path("paths/<int:pk>/edit/", views_paths.path_edit, name="path_edit"),
    path("paths/<int:pk>/ask/", views_paths.path_ask, name="path_ask"),
    path("paths/<int:pk>/end/", views_paths.path_end, name="path_end"),
    path("path-requests/<int:pk>/", views_paths.request_answer, name="request_answer"),
    path("path-requests/<int:pk>/edit/", views_paths.request_edit, name="request_edit"),
]

stance_pages = [
    path("stances/", views_stances.stance_list, name="stance_list"),
    path("stances/team/", views_stances.stance_team, name="stance_team"),
    path("stances/clients/<int:pk>/", views_stances.stance_edit, name="stance_edit"),
    path("stances/<int:pk>/forget/", views_stances.stance_forget, name="stance_forget"),
    path("stances/sectors/", views_stances.sector_wish, name="sector_wish"),
    path("stances/sectors/<int:pk>/forget/", views_stances.sector_forget, name="sector_forget"),
]

sheet_pages = [
    path("charter/sheets/", views_sheets.sheet_list, name="sheet_list"),
    path("charter/sheets/<int:pk>/", views_sheets.sheet_detail, name="sheet_detail"),
    path("charter/sheets/<int:pk>/write/", views_sheets.sheet_write, name="sheet_write"),
    path(
        "charter/sheets/<int:pk>/<int:sheet_pk>/withdraw/",
        views_sheets.sheet_withdraw,
        name="sheet_withdraw",
    ),
]

urlpatterns = [
    *sheet_pages,
    *stance_pages,
    *prospect_pages,
    *charter_pages,
    path("staffing/clients/", views.client_list, name="client_list"),
    path("staffing/clients/new/", views.client_create, name="client_create"),
    path("staffing/clients/<int:pk>/edit/", views.client_edit, name="client_edit"),
    path("staffing/clients/<int:pk>/end/", views.client_end, name="client_end"),
    path("staffing/clients/<int:pk>/reopen/", views.client_reopen, name="client_reopen"),
    path("staffing/clients/<int:pk>/history/", views.client_history, name="client_history"),
    path("staffing/clients/<int:pk>/contacts/", views_contacts.contact_list, name="contact_list"),
    path(
        "staffing/clients/<int:pk>/contacts/new/",
        views_contacts.contact_create,
        name="contact_create",
    ),
    path(
        "staffing/clients/<int:pk>/contacts/<int:contact_pk>/",
        views_contacts.contact_edit,
        name="contact_edit",
    ),
    path(
        "staffing/clients/<int:pk>/contacts/<int:contact_pk>/end/",
        views_contacts.contact_end,
        name="contact_end",
    ),
]
