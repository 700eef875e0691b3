"""What scoring does when it is due, in this order. The floor that runs jobs calls these alone."""

from scoring.compute import score_due
from scoring.participation import count_participation
from scoring.release import release_due

__all__ = ["count_participation", "release_due", "score_due"]
