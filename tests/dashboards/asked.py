"""Surveys of clients that are over, beside a simulated firm's figures."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from clients.models import Client
from scoring.client_scoring import score_clients_due
from surveys.models import Asking, ClientSurvey, Round
from surveys.opinions import submit
from surveys.topics import CODES
from tests.surveys.opinions import contact

FIRST = timedelta(hours=1)


def survey_over(
    round_: Round, said: Mapping[Client, Sequence[int]], *, head_start: int = 7
) -> ClientSurvey:
    """One contact a value, the same on every topic; then the round closes and figures are made."""
    made = ClientSurvey.objects.create(
        round=round_, opened_at=round_.opens_at, most=9, head_start_days=head_start
    )
    for client, values in said.items():
        known = list(client.contacts.order_by("pk"))
        known += [contact(client) for _ in range(len(values) - len(known))]
        for person, value in zip(known, values, strict=False):
            asking = Asking.objects.create(survey=made, contact=person)
            answers = dict.fromkeys(CODES, value)
            sent, reader = round_.opens_at + FIRST, client.account_manager
            submit(asking=asking, answers=answers, reader=reader, now=sent)
    score_clients_due(now=round_.closes_at + FIRST)
    return made
