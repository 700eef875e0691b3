"""Door for ``dashboards``, for one client's account manager: single answers with their names.

The form named its reader to each contact, and that one alone reads them, once it is over: who
holds the account later reads what is sent from then on.
"""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from clients.models import Client
from surveys.comments import opened
from surveys.models.opinions import Opinion


@dataclass(frozen=True, slots=True)
class Named:
    """What one contact answered: topic → 0–100, and their words."""

    survey: int
    name: str
    answers: dict[str, int]
    # None: one is kept, and its key is missing.
    comment: str | None


def named(*, client: Client, surveys: set[int], reader: User, now: datetime) -> list[Named]:
    """Answers about this client in these surveys that named this reader, newest survey first."""
    rows = Opinion.objects.filter(
        reader=reader,
        asking__contact__client=client,
        asking__survey__in=surveys,
        asking__survey__round__closes_at__lte=now,
    ).order_by("-asking__survey__round__starts_on", "asking__contact__name", "pk")
    return [
        Named(
            survey=row.asking.survey_id,
            name=row.asking.contact.label,
            answers=row.answers,
            comment=opened(row),
        )
        for row in rows.select_related("asking__contact")
    ]
