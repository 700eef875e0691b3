"""Door for ``scoring`` alone: what clients answered in surveys that are over, as plain numbers.

A number for the client, a number for the contact, a value by topic: no name, no hour.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate

from clients.models import Client, Contact
from surveys.models import Asking, ClientSurvey
from surveys.models.opinions import Opinion


@dataclass(frozen=True, slots=True)
class Answer:
    """One contact's answers: topic → 0–100."""

    survey: int
    client: str
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class Standing:
    """A client in a survey: whom it asked, who could not be, and how many of ours are there."""

    ref: str
    asked: int
    left_out: int
    declined: int
    people: int


def over(*, now: datetime) -> list[ClientSurvey]:
    """Surveys whose date has passed, oldest first."""
    rows = ClientSurvey.objects.filter(round__closes_at__lte=now).select_related("round")
    return list(rows.order_by("round__starts_on"))


def answers_until(survey: ClientSurvey) -> list[Answer]:
    """Every answer of this survey and of those before it."""
    rows = Opinion.objects.filter(
        asking__survey__round__starts_on__lte=survey.round.starts_on
    ).order_by("asking__survey__round__starts_on", "asking__contact__client__ref", "pk")
    columns = ("asking__survey", "asking__contact__client__ref", "answers")
    return [Answer(*row) for row in rows.values_list(*columns)]


def standings(survey: ClientSurvey) -> list[Standing]:
    """Each client that was asked. Counts of contacts left out are those of the close."""
    day = localdate(survey.round.closes_at)
    askings = Asking.objects.filter(survey=survey).values_list("contact__client", flat=True)
    asked = Counter(askings)
    contacts = Contact.objects.filter(client__in=asked).current(day)
    declined = Counter(
        contacts.filter(declined_at__lte=survey.round.closes_at).values_list("client", flat=True)
    )
    left_out = Counter(contacts.exclude(left_out_because="").values_list("client", flat=True))
    people = Client.objects.filter(pk__in=asked).working(day)
    refs = Client.objects.filter(pk__in=asked).order_by("ref").values_list("pk", "ref")
    return [
        Standing(ref, asked[pk], left_out[pk], declined[pk], people.get(pk, 0)) for pk, ref in refs
    ]
