"""A survey of clients open now, for tests of what clients think."""

from datetime import datetime

from clients.models import Client, Contact
from surveys.asking import open_survey
from surveys.models import Asking, ClientSurvey, Round, SatisfactionPlan
from tests import make
from tests.surveys.asking import NOW, open_round


def contact(client: Client, name: str = "Hélène Vasseur", **rest: object) -> Contact:
    values = {"email": f"c{next(make.number)}@mutelia.example", "language": "fr"} | rest
    return Contact.objects.create(client=client, name=name, **values)


def survey(now: datetime = NOW, round_: Round | None = None, **plan: int) -> ClientSurvey:
    """Opened with a round of today among the contacts that are declared."""
    row = round_ or open_round(now)
    assert open_survey(round_=row, plan=SatisfactionPlan(**plan), now=now)
    return ClientSurvey.objects.get(round=row)


def asked(client: Client, now: datetime = NOW, **rest: object) -> Asking:
    """One contact of this client, asked in a survey open now."""
    person = contact(client, **rest)
    return survey(now).askings.get(contact=person)
