"""Addresses of operations."""

from django.urls import URLPattern, path

from operations import views, views_jobs, views_steps

app_name = "operations"

urlpatterns: list[URLPattern] = [
    path("jobs/", views_jobs.job_list, name="job_list"),
    path("first-steps/", views_steps.first_steps, name="first_steps"),
    path("imports/", views.import_page, name="import_page"),
    path("imports/confirm/", views.import_confirm, name="import_confirm"),
    path("imports/faulty-lines/", views.import_faulty, name="import_faulty"),
    path("imports/samples/<slug:kind>.csv", views.import_sample, name="import_sample"),
    path("exports/", views.export_page, name="export_page"),
    path("exports/<slug:kind>.<slug:file_type>", views.export_table, name="export_table"),
]
