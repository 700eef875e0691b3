"""Taking no part in the check-ins for a while: asked for nothing, and nobody can see it.

What they had sent stays theirs to change or take back until the close; nothing else is kept.
Those who left still count among the people asked, so that no participation tells that somebody
left; nothing is written down anywhere but in their own private row.
"""

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from surveys.models.answers import Leaving


def leave(*, person: User, now: datetime) -> None:
    Leaving.objects.get_or_create(person=person, defaults={"left_at": now})


def come_back(*, person: User) -> None:
    Leaving.objects.filter(person=person).delete()


def has_left(person: User) -> bool:
    return Leaving.objects.filter(person=person).exists()


def without_those_who_left(people: QuerySet[User]) -> QuerySet[User]:
    """For whoever writes to people about check-ins: nothing goes to those who left."""
    return people.exclude(pk__in=Leaving.objects.order_by().values("person"))
