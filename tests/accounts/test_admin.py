"""The operators' admin: two tables to look at, one way in."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client as Browser

from accounts.models import FirmSettings, OrgUnit
from tests import make
from tests.world import World

PRIVATE_APPS = {"surveys", "scoring", "followup", "balancing"}


def test_configuration_alone_is_registered() -> None:
    assert set(admin.site._registry) == {OrgUnit, FirmSettings}


def test_no_model_of_answers_is_registered() -> None:
    private = {model for app in PRIVATE_APPS for model in apps.get_app_config(app).get_models()}
    assert private
    assert not private & set(admin.site._registry)


def test_sign_in_goes_through_the_limits(db: None, browser: Browser) -> None:
    answer = browser.get("/admin/login/?next=/admin/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/?next=")
    assert browser.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302


@pytest.mark.parametrize("role", ["consultant", "manager", "referent", "administrator"])
def test_no_role_of_the_product_opens_it(world: World, browser: Browser, role: str) -> None:
    browser.force_login(world.person(role))
    assert browser.get("/admin/").status_code == 302
    assert browser.get("/admin/login/").status_code == 403


def test_operator_reads_and_writes_nothing(world: World, browser: Browser) -> None:
    browser.force_login(make.person(is_staff=True, is_superuser=True, is_consultant=False))
    assert browser.get("/admin/").status_code == 200
    page = f"/admin/accounts/firmsettings/{FirmSettings.current().pk}/change/"
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"anonymity_threshold": 1}).status_code == 403
    assert browser.get("/admin/accounts/orgunit/add/").status_code == 403
    assert browser.post(f"/admin/accounts/orgunit/{world.unit.pk}/delete/").status_code == 403
    assert not LogEntry.objects.exists()


def test_staff_without_superuser_sees_no_table(world: World, browser: Browser) -> None:
    browser.force_login(make.person(is_staff=True, is_consultant=False))
    assert browser.get("/admin/accounts/orgunit/").status_code == 403
