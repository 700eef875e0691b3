"""Rights on the staffing pages of clients."""

from django.utils import timezone

from clients import charter_links, screening, stances
from clients.models import ClientSheet, Contact
from clients.stances import Said
from tests import make
from tests.clients import chartered
from tests.matrix import Row
from tests.world import World

STAFFING = {"manager": 200, "other_manager": 200, "referent": 200, "administrator": 200}
# Consultants do not see it (404), referents and other managers may only look (403).
LEADERS = {"manager": 200, "other_manager": 403, "referent": 403, "administrator": 200}
MAKERS = {"manager": 200, "other_manager": 200, "administrator": 200}


def client(world: World) -> dict[str, int]:
    return {"pk": world.client.pk}


def a_client_contact(world: World) -> dict[str, int]:
    made = Contact.objects.create(
        client=world.client, name="Hélène Vasseur", email="helene@mutelia.example"
    )
    return {"pk": world.client.pk, "contact_pk": made.pk}


def a_choice(world: World) -> dict[str, int]:
    chartered.choosing_now(world.referent, now=timezone.now())
    return {}


def own_proposal(world: World) -> dict[str, int]:
    row = chartered.choosing_now(world.referent, now=timezone.now())
    row.proposals.update(proposed_by=world.consultant)
    return {"pk": chartered.value_of(row).pk}


def a_proposal(world: World) -> dict[str, int]:
    row = chartered.choosing_now(world.referent, now=timezone.now())
    return {"pk": chartered.value_of(row).pk}


def an_objection(world: World) -> dict[str, int]:
    row = chartered.choosing_now(world.referent, now=timezone.now())
    return {"pk": chartered.objection(row).pk}


def a_version(world: World) -> dict[str, int]:
    return {"number": chartered.published(world.referent).number or 0}


def a_public_version(world: World) -> dict[str, int]:
    chartered.public(world.referent)
    return {}


def an_open_link(world: World) -> dict[str, str]:
    chartered.published(world.referent)
    return {"token": charter_links.token_of(chartered.sent(world.manager))}


def a_wrong_link(world: World) -> dict[str, str]:
    return {"token": an_open_link(world)["token"][:-1] + "-"}


def a_link(world: World) -> dict[str, int]:
    return {"pk": chartered.sent(world.manager).pk}


def a_prospect(world: World) -> dict[str, int]:
    """On the way, met by the consultant."""
    chartered.published(world.referent, places=3)
    return {"pk": chartered.screened(world.consultant, "sns").pk}


def a_refused_prospect(world: World) -> dict[str, int]:
    row = chartered.met(world.consultant)
    screening.refuse(prospect=row, sentence="Non.", by=world.manager, now=timezone.now())
    return {"pk": row.pk}


def an_exception(world: World) -> dict[str, int]:
    return {"pk": chartered.excepted(world.client, world.manager).pk}


def a_path(world: World) -> dict[str, int]:
    return {"pk": chartered.path_of(world.manager, client=world.client).pk}


def a_request(world: World) -> dict[str, int]:
    path = chartered.path_of(world.manager, client=world.client)
    return {"pk": chartered.asked(path, world.manager).pk}


def own_stance(world: World) -> dict[str, int]:
    said = Said(word="against")
    row = stances.say(person=world.consultant, client=world.client, said=said, now=timezone.now())
    return {"pk": row.pk}


def own_sector_wish(world: World) -> dict[str, int]:
    wish = {"person": world.consultant, "sector": "Banque", "wish": "for", "shared": False}
    return {"pk": stances.wish_for_sector(now=timezone.now(), **wish).pk}


def a_sheet(world: World) -> dict[str, int]:
    """Joint, at a client where the consultant alone works."""
    client = make.client()
    make.assignment(person=world.consultant, mission=make.mission(client=client))
    chartered.sheet(client, world.referent, "sc")
    return {"pk": client.pk}


def a_written_sheet(world: World) -> dict[str, int]:
    """The same, one sheet of it."""
    found = a_sheet(world)
    return found | {"sheet_pk": ClientSheet.objects.get(client=found["pk"]).pk}


EVERYBODY = {"anonymous": 200}
SENT_OUT = {"consultant": 200, "other_consultant": 200}
NOT_SET_UP = {"administrator": 403}
NOT_THERE = {"administrator": 404}
DECIDERS = {"manager": 200, "other_manager": 200, "administrator": 404}
WALKERS = {"manager": 200, "referent": 200, "other_consultant": 404, "administrator": 404}
REFERENT = {"referent": 200}
SENDERS = {"manager": 200, "other_manager": 200, "referent": 200}

ROWS = [
    Row("clients:client_list", 403, **STAFFING),
    Row("clients:client_create", 403, **MAKERS),
    Row("clients:client_create", 403, method="post", **MAKERS),
    Row("clients:client_edit", 404, client, **LEADERS),
    Row("clients:client_edit", 404, client, method="post", **LEADERS),
    Row("clients:client_end", 404, client, **LEADERS),
    Row("clients:client_end", 404, client, method="post", **LEADERS),
    Row("clients:client_reopen", 405, client, anonymous=405),
    Row(
        "clients:client_reopen", 404, client, method="post",
        manager=302, other_manager=403, referent=403, administrator=302,
    ),
    Row("clients:client_history", 404, client, **STAFFING),
    Row("clients:contact_list", 404, client, **STAFFING),
    Row("clients:contact_create", 404, client, **LEADERS),
    Row("clients:contact_create", 404, client, method="post", **LEADERS),
    Row("clients:contact_edit", 404, a_client_contact, **LEADERS),
    Row("clients:contact_edit", 404, a_client_contact, method="post", **LEADERS),
    Row("clients:contact_end", 405, a_client_contact, anonymous=405),
    Row(
        "clients:contact_end", 404, a_client_contact, method="post",
        manager=302, other_manager=403, referent=403, administrator=302,
    ),
    Row("clients:charter", 200),
    Row("clients:charter_version", 200, a_version),
    Row("clients:charter_version", 404, lambda world: {"number": 99}),
    Row("clients:charter_choosing", 302),
    Row("clients:charter_choosing", 200, a_choice),
    Row("clients:charter_choosing", 302, a_choice, method="post"),
    Row("clients:charter_open", 403, **REFERENT),
    Row("clients:charter_open", 403, method="post", **REFERENT),
    Row("clients:value_propose", 200, a_choice),
    Row("clients:value_propose", 200, a_choice, method="post"),
    Row("clients:value_against", 200, a_proposal),
    Row("clients:value_against", 200, a_proposal, method="post"),
    Row("clients:value_take_back", 405, own_proposal, anonymous=405),
    Row("clients:value_take_back", 403, own_proposal, method="post", consultant=302),
    Row("clients:value_write", 403, a_proposal, **REFERENT),
    Row("clients:value_write", 403, a_proposal, method="post", **REFERENT),
    Row("clients:charter_choose", 403, a_choice, **REFERENT),
    Row("clients:charter_choose", 403, a_choice, method="post", **REFERENT),
    Row("clients:objection_answer", 403, an_objection, **REFERENT),
    Row("clients:objection_answer", 403, an_objection, method="post", **REFERENT),
    Row("clients:charter_publish", 405, a_choice, anonymous=405),
    Row("clients:charter_publish", 403, a_choice, method="post", referent=302),
    Row("clients:charter_drop", 405, a_choice, anonymous=405),
    Row("clients:charter_drop", 403, a_choice, method="post", referent=302),
    Row("clients:charter_public", 404, anonymous=404),
    Row("clients:charter_public", 200, a_public_version, **EVERYBODY),
    Row("clients:charter_public_switch", 405, anonymous=405),
    Row("clients:charter_public_switch", 403, method="post", referent=404),
    Row("clients:charter_public_switch", 403, a_public_version, method="post", referent=302),
    Row("clients:charter_link", 200, an_open_link, **EVERYBODY),
    Row("clients:charter_link", 200, an_open_link, method="post", **EVERYBODY),
    Row("clients:charter_link", 404, a_wrong_link, anonymous=404),
    Row("clients:charter_link_list", 403, **SENDERS),
    Row("clients:charter_link_create", 403, **SENDERS),
    Row("clients:charter_link_create", 403, method="post", **SENDERS),
    Row("clients:charter_link_end", 405, a_link, anonymous=405),
    Row(
        "clients:charter_link_end", 404, a_link, method="post",
        manager=302, other_manager=302, referent=302,
    ),
    Row("clients:prospect_list", 200, **NOT_SET_UP),
    Row("clients:prospect_create", 200, **NOT_SET_UP),
    Row("clients:prospect_create", 200, method="post", **NOT_SET_UP),
    Row("clients:prospect_detail", 200, a_prospect, **NOT_THERE),
    Row("clients:prospect_screen", 200, a_prospect, **NOT_THERE),
    Row("clients:prospect_screen", 200, a_prospect, method="post", **NOT_THERE),
    Row("clients:prospect_edit", 403, a_prospect, consultant=200, referent=200, **DECIDERS),
    Row(
        "clients:prospect_edit", 403, a_prospect, method="post",
        consultant=200, referent=200, **DECIDERS,
    ),
    Row("clients:prospect_path", 403, a_prospect, consultant=200, referent=200, **DECIDERS),
    Row("clients:prospect_accept", 403, a_prospect, **DECIDERS),
    Row("clients:prospect_accept", 403, a_prospect, method="post", **DECIDERS),
    Row("clients:prospect_refuse", 403, a_prospect, **DECIDERS),
    Row("clients:prospect_refuse", 403, a_prospect, method="post", **DECIDERS),
    Row("clients:prospect_lose", 403, a_prospect, **DECIDERS),
    Row("clients:prospect_reopen", 405, a_refused_prospect, anonymous=405),
    Row(
        "clients:prospect_reopen", 403, a_refused_prospect, method="post",
        manager=302, other_manager=302, administrator=404,
    ),
    Row("clients:exception_create", 403, manager=200, other_manager=200),
    Row("clients:exception_create", 403, method="post", manager=200, other_manager=200),
    Row("clients:exception_look", 403, an_exception, manager=200, referent=200),
    Row("clients:exception_look", 403, an_exception, method="post", manager=200, referent=200),
    Row("clients:path_list", 200, **NOT_SET_UP),
    Row("clients:path_create", 200, **NOT_SET_UP),
    Row("clients:path_edit", 403, a_path, **WALKERS),
    Row("clients:path_edit", 403, a_path, method="post", **WALKERS),
    Row("clients:path_ask", 403, a_path, **WALKERS),
    Row("clients:path_ask", 403, a_path, method="post", **WALKERS),
    Row("clients:path_end", 403, a_path, **WALKERS),
    Row("clients:path_end", 403, a_path, method="post", **WALKERS),
    Row("clients:request_answer", 403, a_request, **WALKERS),
    Row("clients:request_answer", 403, a_request, method="post", **WALKERS),
    Row("clients:request_edit", 403, a_request, **WALKERS),
    Row("clients:request_edit", 403, a_request, method="post", **WALKERS),
    Row("clients:sheet_list", 200, **NOT_SET_UP),
    Row("clients:sheet_detail", 200, a_sheet, other_consultant=404, **NOT_THERE),
    Row("clients:sheet_write", 403, a_sheet, other_consultant=404, referent=200, **NOT_THERE),
    Row(
        "clients:sheet_write", 403, a_sheet, method="post",
        other_consultant=404, referent=200, **NOT_THERE,
    ),
    Row(
        "clients:sheet_withdraw", 403, a_written_sheet,
        other_consultant=404, referent=200, **NOT_THERE,
    ),
    Row(
        "clients:sheet_withdraw", 403, a_written_sheet, method="post",
        other_consultant=404, referent=302, **NOT_THERE,
    ),
    Row("clients:stance_list", 403, **SENT_OUT),
    Row("clients:stance_edit", 404, client, **SENT_OUT),
    Row("clients:stance_edit", 404, client, method="post", **SENT_OUT),
    Row("clients:stance_forget", 405, own_stance, anonymous=405),
    Row("clients:stance_forget", 404, own_stance, method="post", consultant=302),
    Row("clients:sector_wish", 403, **SENT_OUT),
    Row("clients:sector_wish", 403, method="post", **SENT_OUT),
    Row("clients:sector_forget", 405, own_sector_wish, anonymous=405),
    Row("clients:sector_forget", 404, own_sector_wish, method="post", consultant=302),
    Row("clients:stance_team", 403, manager=200, other_manager=200),
]  # fmt: skip
