"""Addresses of operations."""

from django.urls import URLPattern, path

from operations import views, views_jobs, views_mails, views_steps

app_name = "operations"

urlpatterns: list[URLPattern] = [
    path("jobs/", views_jobs.job_list, name="job_list"),
    path("mails/", views_mails.mail_list, name="mail_list"),
    path("mails/addresses/<int:pk>/", views_mails.address_trust, name="address_trust"),
    path("mails/<slug:key>/", views_mails.mail_detail, name="mail_detail"),
    path("mails/<slug:key>/page/", views_mails.mail_page, name="mail_page"),
    path("first-steps/", views_steps.first_steps, name="first_steps"),
    path("first-steps/announcement/", views_steps.announcement, name="announcement"),
    path("imports/", views.import_page, name="import_page"),
    path("imports/confirm/", views.import_confirm, name="import_confirm"),
    path("imports/faulty-lines/", views.import_faulty, name="import_faulty"),
    path("imports/samples/<slug:kind>.csv", views.import_sample, name="import_sample"),
    path("exports/", views.export_page, name="export_page"),
    path("exports/<slug:kind>.<slug:file_type>", views.export_table, name="export_table"),
]
