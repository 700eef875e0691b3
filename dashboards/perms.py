"""Who may open which page of figures (``decisions.md`` 10). The figures are the same for all."""

from accounts.models import User
from accounts.perms import Refused, can_read_figures
from clients import perms as clients_perms
from clients.models import Client
from missions.models import MissionProfile
from scoring import perms as scoring_perms


def can_read_overview(user: User) -> bool:
    """Managers and referents: the state of the firm, and every client."""
    return can_read_figures(user)


def can_read_firm(user: User) -> bool:
    """The firm and the profiles: everybody but an administrator, who configures only."""
    return scoring_perms.can_read_some_figures(user)


def can_read_missions(user: User) -> bool:
    """Missions with their declared demand, beside a client's or a profile's figures."""
    return can_read_figures(user)


def can_plan_portfolio(user: User) -> bool:
    """What if, client by client: those who read every client's figure."""
    return can_read_figures(user)


def can_read_amounts(user: User) -> bool:
    """What a client pays, in euros: those who read every client's figure. Others read shares."""
    return can_read_figures(user)


def own_client_refs(user: User) -> set[str]:
    """Clients at which the person is or was: those a consultant may read."""
    return scoring_perms.own_client_refs(user)


def client_for(user: User, pk: int) -> Client:
    """A client whose figure the reader may see; else 404, written down."""
    found = Client.objects.select_related("unit", "account_manager").filter(pk=pk).first()
    if found is None or not _may_read(user, found):
        raise Refused("client", pk)
    return found


def _may_read(user: User, client: Client) -> bool:
    if not can_read_firm(user):
        return False
    return can_read_figures(user) or client.ref in own_client_refs(user)


def holds_account(user: User, client: Client) -> bool:
    """Reads what its contacts answered, with their names: the one whom the form named."""
    return can_read_firm(user) and client.account_manager_id == user.pk


def client_held_by(user: User, pk: int) -> Client:
    """A client whose account this person holds; else 404, written down."""
    found = Client.objects.filter(pk=pk).first()
    if found is None or not holds_account(user, found):
        raise Refused("client", pk)
    return found


def readable_client_refs(user: User, refs: set[str]) -> set[str]:
    """Of these clients, those whose figure the reader may see."""
    if not can_read_firm(user):
        return set()
    return refs if can_read_figures(user) else refs & own_client_refs(user)


def profile_for(user: User, pk: int) -> MissionProfile:
    """A profile, for everybody who reads figures; else 404."""
    found = MissionProfile.everything.filter(pk=pk).first()
    if found is None or not can_read_firm(user):
        raise Refused("profile", pk)
    return found


def can_edit_client(user: User, client: Client) -> bool:
    """The link from a client's figures to its staffing data."""
    return clients_perms.reads_staffing(user) and clients_perms.can_edit_client(user, client)
