"""Who reads an alert, who acts on it, and who can be given it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.timezone import localdate

from accounts.perms import Refused
from followup.models import Alert
from followup.perms import (
    alert_for,
    alert_to_act_on_for,
    alerts_in_hand_of,
    alerts_to_act_on,
    alerts_visible_to,
    can_read_quality,
    owners_of,
)
from tests import make
from tests.followup.rows import (
    FIGURES,
    about_a_client,
    about_a_mission,
    about_few_answers_of_a_unit,
    about_few_answers_of_the_firm,
    about_the_firm,
    alert,
    joined_by_another,
)
from tests.world import ROLES, World

pytestmark = pytest.mark.django_db


def of(pk: dict[str, int]) -> Alert:
    return Alert.objects.get(**pk)


def test_a_person_by_time_and_tree(world: World) -> None:
    one = alert(person=world.consultant)
    above = make.person(is_manager=True)
    world.root.manager = above
    world.root.save()
    day_before = one.managers_from - timedelta(minutes=1)
    for reader in (world.manager, above):
        assert one not in alerts_visible_to(reader, day_before)
        assert alert_to_act_on_for(reader, one.pk, now=one.managers_from) == one
    assert alert_for(world.consultant, one.pk, now=day_before) == one
    with pytest.raises(PermissionDenied):
        alert_to_act_on_for(world.consultant, one.pk, now=one.managers_from)
    for stranger in (world.other_manager, world.other_consultant, world.administrator):
        with pytest.raises(Refused):
            alert_for(stranger, one.pk, now=timezone.now())


def test_one_who_manages_their_own_unit_does_not_act_on_themself(world: World) -> None:
    world.manager.unit = world.unit
    world.manager.save()
    one = alert(person=world.manager)
    assert one in alerts_visible_to(world.manager, timezone.now())
    assert one not in alerts_to_act_on(world.manager, timezone.now())


def test_the_referent_once_it_is_passed_on(world: World) -> None:
    one = alert(person=world.consultant)
    assert one not in alerts_visible_to(world.referent, timezone.now())
    Alert.objects.update(passed_on_at=timezone.now())
    assert one in alerts_to_act_on(world.referent, timezone.now())
    mine = alert(person=world.referent, passed_on_at=timezone.now())
    assert mine in alerts_visible_to(world.referent, timezone.now())
    assert mine not in alerts_to_act_on(world.referent, timezone.now())


def test_a_former_manager_sees_nothing(world: World) -> None:
    one = alert(person=world.consultant)
    world.manager.is_manager = False
    world.manager.save()
    assert one not in alerts_visible_to(world.manager, timezone.now())
    assert one not in alerts_to_act_on(world.manager, timezone.now())


def test_a_client_by_unit_and_account(world: World) -> None:
    one = of(about_a_client(world))
    now = timezone.now()
    assert one in alerts_to_act_on(world.manager, now)
    assert one in alerts_visible_to(world.other_manager, now)
    assert one not in alerts_to_act_on(world.other_manager, now)
    world.client.account_manager = world.other_manager
    world.client.save()
    assert one in alerts_to_act_on(world.other_manager, now)
    # An account manager who may not read the figures has nothing to act on.
    world.client.account_manager = world.consultant
    world.client.save()
    assert one not in alerts_visible_to(world.consultant, now)
    assert one not in alerts_to_act_on(world.consultant, now)
    assert one not in alerts_visible_to(world.administrator, now)


def test_the_firm_is_the_root_managers(world: World) -> None:
    one = of(about_the_firm(world))
    assert one not in alerts_to_act_on(world.manager, timezone.now())
    world.root.manager = world.manager
    world.root.save()
    assert one in alerts_to_act_on(world.manager, timezone.now())
    assert one not in alerts_to_act_on(world.referent, timezone.now())


def test_owners_are_those_who_may_act(world: World) -> None:
    day = localdate(timezone.now())
    person = alert(person=world.consultant)
    client = alert(rule=Alert.Rule.CLIENT_BELOW, client=world.client, reason=FIGURES)
    firm = of(about_the_firm(world))
    above = make.person(is_manager=True)
    world.root.manager = above
    world.root.save()
    world.client.account_manager = world.other_manager
    world.client.save()
    assert set(owners_of(person, day)) == {world.manager, above}
    person.passed_on_at = timezone.now()
    assert set(owners_of(person, day)) == {world.manager, above, world.referent}
    client = Alert.objects.get(pk=client.pk)
    everybody = {world.manager, above, world.other_manager, world.referent}
    assert set(owners_of(client, day)) == everybody
    assert set(owners_of(firm, day)) == {above}
    for one, owners in ((person, {world.manager, above, world.referent}), (client, everybody)):
        Alert.objects.filter(pk=one.pk).update(passed_on_at=one.passed_on_at)
        for owner in owners:
            assert one in alerts_to_act_on(owner, timezone.now())
    above.ends_on = day - timedelta(days=1)
    above.save()
    assert not owners_of(firm, day).exists()


def test_somebody_without_a_unit(world: World) -> None:
    alone = make.person(manager=world.manager)
    assert list(owners_of(alert(person=alone), localdate(timezone.now()))) == [world.manager]


def test_a_mission_is_for_those_who_may_staff_it(world: World) -> None:
    one, now = of(about_a_mission(world)), timezone.now()
    above = make.person(is_manager=True)
    world.root.manager = above
    world.root.save()
    for reader in (world.manager, above):
        assert one in alerts_to_act_on(reader, now)
    for reader in (world.other_manager, world.referent):
        assert one in alerts_visible_to(reader, now)
        assert one not in alerts_to_act_on(reader, now)
    world.client.account_manager = world.other_manager
    world.client.save()
    assert one in alerts_to_act_on(world.other_manager, now)
    owners = owners_of(of({"pk": one.pk}), localdate(now))
    assert set(owners) == {world.manager, above, world.other_manager}
    # An account manager who manages nobody reads none, and so acts on none.
    world.client.account_manager = world.consultant
    world.client.save()
    assert one not in alerts_visible_to(world.consultant, now)
    assert one not in alerts_to_act_on(world.consultant, now)


def test_few_answers_are_for_the_units_managers_and_the_referents(world: World) -> None:
    unit, firm = of(about_few_answers_of_a_unit(world)), of(about_few_answers_of_the_firm(world))
    now = timezone.now()
    above = make.person(is_manager=True)
    world.root.manager = above
    world.root.save()
    acts = {
        reader: set(alerts_to_act_on(reader, now))
        for reader in (world.manager, world.other_manager, above, world.referent)
    }
    assert acts == {
        world.manager: {unit}, world.other_manager: set(), above: {unit, firm},
        world.referent: {unit, firm},
    }  # fmt: skip
    day = localdate(now)
    assert set(owners_of(unit, day)) == {world.manager, above, world.referent}
    assert set(owners_of(firm, day)) == {above, world.referent}
    assert not alerts_visible_to(world.consultant, now).exists()
    assert not alerts_visible_to(world.administrator, now).exists()


def test_what_has_joined_another_is_decided_there(world: World) -> None:
    joined = of(joined_by_another(world))
    lead, now = joined.merged_into, timezone.now()
    assert lead is not None
    assert set(alerts_to_act_on(world.manager, now)) == {lead}
    assert set(alerts_in_hand_of(world.manager, now)) == {lead, joined}
    assert alert_to_act_on_for(world.manager, joined.pk, now=now) == lead
    with pytest.raises(PermissionDenied):
        alert_to_act_on_for(world.other_manager, joined.pk, now=now)
    Alert.objects.update(state=Alert.State.CLOSED, closed_at=now)
    with pytest.raises(PermissionDenied):
        alert_to_act_on_for(world.manager, joined.pk, now=now)


def test_counts_are_for_the_administrator_alone(world: World) -> None:
    able = [role for role in ROLES[1:] if can_read_quality(getattr(world, role))]
    assert able == ["administrator"]
