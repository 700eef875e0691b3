"""What people write, beside a client's or a profile's figures: for managers and referents."""

from accounts.models import User
from dashboards.edition import Edition
from dashboards.perms import can_read_overview
from scoring.publication import Comments, published_comments


def comments_of(user: User, edition: Edition, kind: str, ref: str = "") -> Comments | None:
    """The comments of one place in the period shown; None for whoever reads none at all."""
    if not can_read_overview(user):
        return None
    return published_comments(viewer=user, period=edition.chosen.id, place=(kind, ref))
