"""What we do about it: alerts and their life, the weekly mail, wishes to talk taken up, and what
the firm promises its people."""

from followup.models.alerts import SUBJECTS, Alert, AlertMove, AlertPass, Digest, Subject
from followup.models.promises import Promise, PromiseIdea, PromiseKept, Talk

__all__ = [
    "SUBJECTS",
    "Alert",
    "AlertMove",
    "AlertPass",
    "Digest",
    "Promise",
    "PromiseIdea",
    "PromiseKept",
    "Subject",
    "Talk",
]
