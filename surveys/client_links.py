"""The link of one contact in one survey: its number, signed. No session, no cookie, no log-in."""

from django.core import signing

from core.letters import absolute
from surveys.models import Asking

SALT = "surveys.client_links"


def token_of(asking: Asking) -> str:
    """What stands in the address; it opens one form about one client, and nothing else."""
    return signing.Signer(sep=".", salt=SALT).sign(str(asking.pk))


def address_of(asking: Asking, name: str = "surveys:opinion") -> str:
    """The whole address, for a mail."""
    return absolute(name, token=token_of(asking))


def asking_by(token: str) -> Asking | None:
    """The asking behind a link; None for one that this product never made."""
    try:
        pk = int(signing.Signer(sep=".", salt=SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    rows = Asking.objects.select_related(
        "survey__round", "contact__client__account_manager", "contact__client__unit"
    )
    return rows.filter(pk=pk).first()
