"""What "virtuous" means in this firm, and what is being decided about clients, in counts."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy

from balancing.maths.status import VIRTUOUS, Rule
from balancing.models import StatusRule
from balancing.portfolio import CHARTER, RULE, rule_in_force
from balancing.status_words import meaning
from clients.models import Charter, CharterException, CharterValue, Path, Prospect

YEAR = timedelta(weeks=52)
# As many values as the examples speak of, while there is no charter.
USUAL = 5
# Why the period before is not compared with: over the curve, and where changes would stand.
CUT_BEFORE = {
    RULE: gettext_lazy("Judged by another rule than before"),
    CHARTER: gettext_lazy("Judged on another version of the charter than before"),
}
NOT_COMPARED = {
    RULE: gettext_lazy(
        "Clients were judged by another rule in the period before, so no change is told."
    ),
    CHARTER: gettext_lazy(
        "Clients were judged on another version of the charter in the period before, so no change"
        " is told."
    ),
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What is being done, in counts of facts that everybody may read."""

    exceptions: int = 0
    overdue: int = 0
    refusals: int = 0
    paths: int = 0
    stale: int = 0
    next_meeting: date | None = None


@dataclass(frozen=True, slots=True)
class Meant:
    """What "virtuous" means here: the charter's values, and the rule of the period shown."""

    charter: Charter | None
    values: list[CharterValue] = field(default_factory=list)
    rule: Rule = field(default_factory=Rule)
    aim: StatusRule | None = None

    @property
    def target(self) -> int | None:
        return self.aim.target if self.aim else None

    @property
    def can_be_taken_back(self) -> bool:
        """No figures rest on it yet."""
        return self.aim is not None and not self.aim.passes.exists()

    @property
    def is_changing(self) -> bool:
        """Written since: the next figures are judged by other percents."""
        if self.aim is None:
            return False
        return Rule(self.aim.virtuous_from, self.aim.at_risk_under) != self.rule

    def of(self, result: str) -> str:
        return meaning(result, self.rule, len(self.values) or USUAL)

    @property
    def virtuous(self) -> str:
        return self.of(VIRTUOUS)


def meant_of(rule: Rule) -> Meant:
    """The newest charter with its values, and the aim; three queries."""
    charter = Charter.objects.newest()
    values = list(charter.proposals.filter(chosen=True)) if charter else []
    return Meant(charter, values, rule, rule_in_force())


def decided(*, now: datetime, today: date) -> Decided:
    """Exceptions, refusals and paths, counted: facts that everybody may read; five queries."""
    running = CharterException.objects.running()
    paths = Path.objects.open().filter(client__isnull=False)
    meeting = paths.filter(next_meeting_on__gte=today).order_by("next_meeting_on")
    return Decided(
        exceptions=running.count(),
        overdue=running.overdue(today).count(),
        refusals=Prospect.objects.filter(
            state=Prospect.State.REFUSED, decided_at__gt=now - YEAR
        ).count(),
        paths=paths.count(),
        stale=Path.objects.stale(today).filter(client__isnull=False).count(),
        next_meeting=meeting.values_list("next_meeting_on", flat=True).first(),
    )
