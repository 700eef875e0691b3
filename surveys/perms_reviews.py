"""Rights on reviews of clients: one answers about where one was; who plans reads no answer."""

from datetime import datetime

from django.utils.timezone import localdate

from accounts.models import User
from accounts.perms import Refused
from clients.models import Client
from surveys import reviewing
from surveys.intake import is_asked
from surveys.models import ClientReview


def can_plan_reviews(user: User) -> bool:
    """How often: administrators and referents."""
    return user.is_administrator or user.is_referent


def review_for(
    user: User, review_pk: int, client_pk: int, *, now: datetime
) -> tuple[ClientReview, Client]:
    """A review, over or not, and a client of it at which the person was in its round; else 404.

    From staffing alone: it tells nobody whether somebody has answered.
    """
    rows = ClientReview.objects.select_related("round", "charter")
    review = rows.filter(pk=review_pk, opened_at__lte=now).first()
    if review is not None:
        then = min(now, review.round.closes_at)
        if is_asked(user, localdate(then)):
            there = {row.pk: row for row in reviewing.clients_of(review, user, then)}
            if client_pk in there:
                return review, there[client_pk]
    raise Refused("client_review", f"{review_pk}/{client_pk}")
