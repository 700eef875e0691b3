"""What scoring does when it is due, in this order, and what an operator can have it do.

The floor that runs jobs calls these alone.
"""

from scoring.client_scoring import score_clients_due
from scoring.compute import score_due
from scoring.participation import count_participation
from scoring.release import release_due, withdraw
from scoring.reviewing import release_reviews_due
from scoring.reviewing import withdraw as withdraw_review
from scoring.warning import warn_due

__all__ = [
    "count_participation",
    "release_due",
    "release_reviews_due",
    "score_clients_due",
    "score_due",
    "warn_due",
    "withdraw",
    "withdraw_review",
]
