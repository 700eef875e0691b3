"""What scoring does when it is due, in this order, and what an operator can have it do.

The floor that runs jobs calls these alone.
"""

from scoring.compute import score_due
from scoring.participation import count_participation
from scoring.release import release_due, withdraw
from scoring.warning import warn_due

__all__ = ["count_participation", "release_due", "score_due", "warn_due", "withdraw"]
