"""Addresses of clients as staffing data. Their figures are read in the dashboards."""

from django.urls import path

from clients import views

app_name = "clients"

urlpatterns = [
    path("staffing/clients/", views.client_list, name="client_list"),
    path("staffing/clients/new/", views.client_create, name="client_create"),
    path("staffing/clients/<int:pk>/edit/", views.client_edit, name="client_edit"),
    path("staffing/clients/<int:pk>/end/", views.client_end, name="client_end"),
    path("staffing/clients/<int:pk>/reopen/", views.client_reopen, name="client_reopen"),
    path("staffing/clients/<int:pk>/history/", views.client_history, name="client_history"),
]
