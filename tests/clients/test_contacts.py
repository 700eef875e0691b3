"""Contacts at clients: declared, left out with a reason, ended, declined; files of them."""

import io
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client as Browser
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.models import AuditEntry
from accounts.perms import Refused
from clients import contacts, perms
from clients.models import Contact
from operations.exports import export
from operations.imports.run import import_file
from operations.imports.source import Source
from tests.world import World

ADDRESS = "helene.vasseur@mutelia.example"


def declared(world: World, **rest: object) -> Contact:
    values = {"client": world.client, "name": "Hélène Vasseur", "email": ADDRESS} | rest
    return Contact.objects.create(**values)


def test_a_manager_declares_changes_and_ends_a_contact(world: World, browser: Browser) -> None:
    browser.force_login(world.manager)
    page = reverse("clients:contact_list", args=[world.client.pk])
    assert "Pas encore de contact" in browser.get(page).content.decode()
    typed = {"name": "Hélène Vasseur", "email": "Helene.Vasseur@Mutelia.example", "language": "fr"}
    create = reverse("clients:contact_create", args=[world.client.pk])
    assert browser.post(create, typed).status_code == 302
    row = Contact.objects.get()
    assert row.email == ADDRESS
    edit = reverse("clients:contact_edit", args=[world.client.pk, row.pk])
    browser.post(edit, typed | {"left_out_because": "Parti en congé d’un an."})
    row.refresh_from_db()
    assert row.left_out_because == "Parti en congé d’un an."
    assert "Parti en congé d’un an." in browser.get(page).content.decode()
    end = reverse("clients:contact_end", args=[world.client.pk, row.pk])
    browser.post(end)
    assert "1 ancien contact" in browser.get(page).content.decode()
    browser.post(end)
    browser.post(end, {"undo": "1"})
    row.refresh_from_db()
    assert row.ended_on is None
    acts = AuditEntry.objects.filter(object_kind="contact").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == ["create", "edit", "end", "reopen"]
    assert "Vasseur" not in str(list(acts.values_list("object_ref", "changes")))
    assert ADDRESS not in str(list(acts.values_list("object_ref", "changes")))


def test_an_address_is_declared_once_a_client(world: World, browser: Browser) -> None:
    declared(world, ended_on="2026-01-01")
    other = Contact(client=world.other_client, email=ADDRESS)
    contacts.refuse_taken(other)
    with pytest.raises(ValidationError):
        contacts.refuse_taken(Contact(client=world.client, email=ADDRESS.upper()))
    browser.force_login(world.manager)
    create = reverse("clients:contact_create", args=[world.client.pk])
    said = browser.post(create, {"name": "X", "email": ADDRESS, "language": "fr"})
    assert "déjà déclarée" in said.content.decode()
    assert Contact.objects.count() == 1


def test_who_may_be_asked(world: World, now: datetime) -> None:
    day = localdate(now)
    asked = declared(world)
    declared(world, email="a@x.example", left_out_because="Nouveau.")
    declared(world, email="b@x.example", declined_at=now)
    declared(world, email="c@x.example", ended_on=day)
    later = declared(world, email="d@x.example", ended_on=day + timedelta(days=1))
    assert set(Contact.objects.askable(day)) == {asked, later}
    assert Contact.objects.current(day).count() == 4


def test_declining_is_ones_own_and_is_taken_back_by_the_same_hand(
    world: World, now: datetime
) -> None:
    row = declared(world)
    contacts.decline(contact=row, now=now)
    contacts.decline(contact=row, now=now + timedelta(days=1))
    row.refresh_from_db()
    assert row.declined_at == now
    contacts.accept_again(contact=row, now=now)
    contacts.accept_again(contact=row, now=now)
    row.refresh_from_db()
    assert row.declined_at is None
    acts = AuditEntry.objects.filter(object_kind="contact").order_by("pk")
    assert list(acts.values_list("action", "actor")) == [("decline", None), ("reopen", None)]


def test_the_same_again_writes_nothing(world: World, now: datetime) -> None:
    row = declared(world)
    contacts.save_contact(contact=row, actor=world.manager, now=now)
    assert not AuditEntry.objects.exists()


def test_who_may_change_a_contact(world: World) -> None:
    row = declared(world)
    assert perms.contact_to_edit_for(world.manager, world.client.pk, row.pk) == row
    with pytest.raises(PermissionDenied):
        perms.contact_to_edit_for(world.referent, world.client.pk, row.pk)
    for client, pk in ((world.client, 999_999), (world.other_client, row.pk)):
        with pytest.raises(Refused):
            perms.contact_to_edit_for(world.administrator, client.pk, pk)
    with pytest.raises(Refused):
        perms.contact_to_edit_for(world.consultant, world.client.pk, row.pk)


def test_files_of_contacts_come_in_and_go_out_the_same(world: World, now: datetime) -> None:
    text = (
        "client,email,name,language\n"
        f"{world.client.ref},HELENE@x.example,Hélène Vasseur,\n"
        "NOWHERE,a@x.example,Personne,fr\n"
    )
    refused = import_file("contacts", Source("c.csv", io.BytesIO(text.encode())), now=now)
    assert [(one.line, one.column) for one in refused.errors] == [(3, "client")]
    good = text.rsplit("NOWHERE", 1)[0]
    made = import_file("contacts", Source("c.csv", io.BytesIO(good.encode())), now=now)
    assert (made.errors, made.created) == ([], 1)
    Contact.objects.update(declined_at=now, left_out_because="Nouveau.")
    out = export("contacts", "csv", actor=None, now=now)
    again = import_file("contacts", Source("c.csv", io.BytesIO(out)), now=now)
    assert (again.errors, again.created, again.changed, again.unchanged) == ([], 0, 0, 1)
    renamed = good.replace("Hélène Vasseur", "Hélène Roy")
    changed = import_file("contacts", Source("c.csv", io.BytesIO(renamed.encode())), now=now)
    assert changed.changed == 1
    row = Contact.objects.get()
    assert (row.name, row.left_out_because, row.declined_at) == ("Hélène Roy", "Nouveau.", now)
    assert "Roy" not in str(list(AuditEntry.objects.values_list("changes", flat=True)))


def test_a_former_contact_is_forgotten_after_twelve_months(
    world: World, browser: Browser, now: datetime
) -> None:
    day = localdate(now)
    old = day - contacts.KEPT_AFTER_END
    kept = declared(world, ended_on=old)
    gone = declared(world, email="a@x.example", ended_on=old - timedelta(days=1))
    again = declared(
        world, email="b@x.example", ended_on=old - timedelta(days=9), left_out_because="Nouveau."
    )
    here = declared(world, email="c@x.example")
    assert contacts.forget_ended(now=now) == 2
    assert contacts.forget_ended(now=now) == 0
    for row in (kept, gone, again, here):
        row.refresh_from_db()
    assert (kept.email, here.name) == (ADDRESS, "Hélène Vasseur")
    for row in (gone, again):
        assert (row.name, row.email, row.left_out_because) == ("", "", "")
        assert row.ended_on is not None
    browser.force_login(world.manager)
    page = browser.get(reverse("clients:contact_list", args=[world.client.pk])).content.decode()
    assert "3 anciens contacts" in page
    assert page.count("Ancien contact") == 2
    # Nobody asks them again, nor writes a name back: whoever comes back is declared anew.
    for name in ("contact_edit", "contact_end"):
        address = reverse(f"clients:{name}", args=[world.client.pk, gone.pk])
        assert browser.post(address, {"undo": "1"}).status_code == 404
    contacts.refuse_taken(Contact(client=world.client, email="a@x.example"))


def test_contacts_go_with_a_client_that_ended_long_ago(world: World, now: datetime) -> None:
    row = declared(world)
    world.client.ended_on = localdate(now) - contacts.KEPT_AFTER_END - timedelta(days=1)
    world.client.save()
    assert contacts.forget_ended(now=now) == 1
    row.refresh_from_db()
    assert (row.is_forgotten, row.is_current(localdate(now))) == (True, False)


def test_a_refusal_outlives_the_name(world: World, now: datetime) -> None:
    long_ago = localdate(now) - contacts.KEPT_AFTER_END - timedelta(days=1)
    row = declared(world, declined_at=now - timedelta(days=800), ended_on=long_ago)
    assert contacts.forget_ended(now=now) == 1
    assert contacts.forget_ended(now=now) == 0
    row.refresh_from_db()
    assert (row.name, row.email) == ("", ADDRESS)
    with pytest.raises(ValidationError):
        contacts.refuse_taken(Contact(client=world.client, email=ADDRESS))
