"""Rights of accounts as sentences: who may, and who may not."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.utils import timezone

from accounts import perms
from accounts.models import OrgUnit, TalkContact, ThresholdChange
from tests import make
from tests.world import ROLES, World

pytestmark = pytest.mark.django_db
PEOPLE = [role for role in ROLES if role != "anonymous"]
SENTENCES = {
    perms.can_configure: {"administrator"},
    perms.can_read_figures: {"manager", "other_manager", "referent"},
    perms.can_read_people: {"manager", "other_manager", "referent", "administrator"},
    perms.can_keep_talk_contacts: {"referent"},
    perms.can_propose_threshold: {"administrator"},
    perms.can_confirm_threshold: {"referent"},
    perms.can_read_threshold_changes: {"referent", "administrator"},
    perms.can_read_audit: {"referent", "administrator"},
    perms.can_read_changes: {"administrator"},
}


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: sentence.__name__)
def test_sentences(world: World, sentence: object) -> None:
    assert {role for role in PEOPLE if sentence(world.person(role))} == SENTENCES[sentence]


def test_people_one_sees(world: World) -> None:
    sees = {role: set(perms.people_visible_to(world.person(role))) for role in PEOPLE}
    assert sees["consultant"] == {world.consultant}
    assert sees["manager"] == {world.manager, world.consultant}
    assert sees["other_manager"] == {world.other_manager, world.other_consultant}
    assert len(sees["referent"]) == len(sees["administrator"]) == 6


def test_scope_without_the_role_is_none(world: World) -> None:
    """Somebody who still leads a unit on paper, but is no longer a manager."""
    world.manager.is_manager = False
    assert perms.managed_unit_ids(world.manager) == set()
    assert list(perms.people_visible_to(world.manager)) == [world.manager]
    assert not perms.manages_root(world.manager)
    assert not perms.can_manage_person(world.manager, world.consultant)


def test_sub_units_are_included(world: World) -> None:
    deep = make.unit(parent=make.unit(parent=world.unit))
    hidden = make.person(unit=deep)
    assert perms.managed_unit_ids(world.manager) == perms.with_sub_units({world.unit.pk})
    assert deep.pk in perms.managed_unit_ids(world.manager)
    assert perms.can_manage_person(world.manager, hidden)
    assert not perms.can_manage_person(world.other_manager, hidden)
    assert perms.managed_unit_ids(make.person(is_manager=True)) == set()


def test_direction_leads_a_root(world: World) -> None:
    assert not perms.manages_root(world.manager)
    OrgUnit.objects.filter(pk=world.root.pk).update(manager=world.manager)
    assert perms.manages_root(world.manager)


def test_manager_of_a_person(world: World) -> None:
    assert perms.manager_of(world.consultant) == world.manager
    by_unit = make.person(unit=make.unit(parent=world.unit))
    assert perms.manager_of(by_unit) == world.manager
    # Whoever leads a unit answers to the one above it, not to themself.
    world.manager.unit = world.unit
    assert perms.manager_of(world.manager) is None
    OrgUnit.objects.filter(pk=world.root.pk).update(manager=world.other_manager)
    world.unit.parent.refresh_from_db()
    assert perms.manager_of(world.manager) == world.other_manager
    assert perms.manager_of(make.person()) is None


def test_ring_of_units_does_not_hang(world: World) -> None:
    one = make.unit()
    two = make.unit(parent=one)
    OrgUnit.objects.filter(pk=one.pk).update(parent=two)
    lost = make.person(unit=OrgUnit.objects.get(pk=two.pk))
    assert perms.manager_of(lost) is None
    assert perms.with_sub_units({one.pk}) == {one.pk, two.pk}


def test_nobody_manages_their_own_load(world: World) -> None:
    assert perms.can_manage_person(world.manager, world.consultant)
    assert not perms.can_manage_person(world.manager, world.manager)
    assert perms.can_manage_person(world.manager, make.person(manager=world.manager))


def test_units_one_sees(world: World) -> None:
    assert set(perms.units_visible_to(world.manager)) == {world.unit}
    assert perms.units_visible_to(world.referent).count() == 3
    assert perms.units_visible_to(world.administrator).count() == 3
    assert not perms.units_visible_to(world.consultant).exists()


def test_lines_one_sees(world: World) -> None:
    assert not perms.audit_visible_to(world.manager).exists()


LOOK_UPS = [
    (perms.person_for, "consultant", "person"),
    (perms.person_to_edit, "consultant", "person"),
    (perms.unit_for, "unit", "unit"),
    (perms.unit_to_edit, "unit", "unit"),
]


@pytest.mark.parametrize(("look_up", "name", "kind"), LOOK_UPS)
def test_look_ups(world: World, look_up: object, name: str, kind: str) -> None:
    wanted = getattr(world, name)
    assert look_up(world.administrator, wanted.pk) == wanted
    with pytest.raises(perms.Refused) as refusal:
        look_up(world.other_manager, wanted.pk)
    assert (refusal.value.kind, refusal.value.ref) == (kind, wanted.pk)
    if look_up in (perms.person_to_edit, perms.unit_to_edit):
        with pytest.raises(PermissionDenied):
            look_up(world.manager, wanted.pk)
    else:
        assert look_up(world.manager, wanted.pk) == wanted


def test_talk_contact_look_up(world: World) -> None:
    contact = TalkContact.objects.create(person=world.referent, title_fr="x", title_en="x")
    assert perms.talk_contact_for(world.referent, contact.pk) == contact
    for role, pk in (("administrator", contact.pk), ("referent", contact.pk + 1)):
        with pytest.raises(perms.Refused):
            perms.talk_contact_for(world.person(role), pk)


def test_threshold_look_ups(world: World) -> None:
    """Proposed by one, confirmed by another; to everybody else it does not exist."""
    values = {"before": 5, "people": 6, "reason": "x", "proposed_at": timezone.now()}
    change = ThresholdChange.objects.create(proposed_by=world.administrator, **values)
    assert perms.threshold_change_to_confirm(world.referent, change.pk) == change
    assert perms.threshold_change_to_withdraw(world.administrator, change.pk) == change
    for look_up, role in (
        (perms.threshold_change_to_confirm, "administrator"),
        (perms.threshold_change_to_withdraw, "referent"),
    ):
        with pytest.raises(PermissionDenied):
            look_up(world.person(role), change.pk)
    strangers = ("consultant", "other_consultant", "manager", "other_manager")
    for role, pk in (*((one, change.pk) for one in strangers), ("referent", change.pk + 1)):
        with pytest.raises(perms.Refused):
            perms.threshold_change_for(world.person(role), pk)


def test_nobody_confirms_what_they_proposed(world: World) -> None:
    """An administrator who has become a referent since."""
    values = {"before": 5, "people": 6, "reason": "x", "proposed_at": timezone.now()}
    change = ThresholdChange.objects.create(proposed_by=world.referent, **values)
    with pytest.raises(PermissionDenied):
        perms.threshold_change_to_confirm(world.referent, change.pk)
    world.referent.is_administrator = True
    assert not perms.can_confirm_threshold(world.referent)


def test_a_request_without_a_person_is_refused(world: World) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with pytest.raises(PermissionDenied):
        perms.signed_in(request)
    request.user = world.consultant
    assert perms.signed_in(request) == world.consultant
