"""What is known of a client before it is accepted: the charter value by value, and its status.

The status follows by the firm's rule, well-being being unknown. Nobody is accepted on the way
without an open path, so one is taken for granted there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balancing.maths.status import Known, Reason, Rule, status
from balancing.portfolio import rule_in_force
from balancing.status_words import REASONS, status_word
from clients import charter as charters
from clients.models import Charter, CharterValue, Prospect, Screening, Seen

# Codes of an address: what is known of one value. Absent: nothing.
SEEN, NOT_SEEN, CONTRARY, CROSSED = "s", "n", "c", "r"
Codes = Mapping[int, str]
# Where the words that are said of a client do not fit one to come.
WORDS = REASONS | {
    Reason.FEW_JUDGED: gettext_lazy("fewer than half of the values are known"),
    Reason.PATH: gettext_lazy("accepted only with an open path"),
}


@dataclass(frozen=True, slots=True)
class Expected:
    """A status, and why where the rule gave it."""

    status: str
    why: str = ""

    @property
    def word(self) -> str:
        return status_word(self.status)

    @property
    def said(self) -> str:
        """« On the way: some values are not seen yet »."""
        told = {"name": self.word, "reason": self.why}
        return _("%(name)s: %(reason)s") % told if self.why else self.word


@dataclass(frozen=True)
class FirstContact:
    """The values of the charter in force, the prospects that are met, by id as text, and what the
    last screening found of each: codes by id of a value."""

    values: list[CharterValue]
    prospects: Mapping[str, Prospect]
    screened: Mapping[str, Codes]
    rule: Rule

    def expected(self, codes: Codes) -> Expected:
        """By the firm's rule; of a value without a code nothing is known."""
        said = list(codes.values())
        known = Known(
            values=len(self.values),
            judged=len(said),
            seen=said.count(SEEN),
            red_line=CROSSED in said,
            asked=True,
        )
        word, reasons = status(known, self.rule)
        return Expected(word, ", ".join(str(WORDS[reason]) for reason in reasons))


def first_contact() -> FirstContact:
    """Everything that may be said of a client to come, in a handful of queries."""
    newest, written = Charter.objects.newest(), rule_in_force()
    values = charters.chosen(newest) if newest else []
    rows = list(Prospect.objects.filter(state=Prospect.State.OPEN).order_by("name", "pk"))
    return FirstContact(
        values,
        {str(row.pk): row for row in rows},
        _screened(rows, values) if values else {},
        Rule(written.virtuous_from, written.at_risk_under) if written else Rule(),
    )


def _screened(rows: Iterable[Prospect], values: Iterable[CharterValue]) -> dict[str, Codes]:
    """By prospect: its last screening, whose charter may be an older one, under today's names.

    What was not seen yet is not known: at first contact nobody can have seen everything.
    """
    own = {name: value for value in values for name in value.known_by}
    last = Screening.objects.filter(prospect=OuterRef("screening__prospect")).values("pk")[:1]
    lines = Seen.objects.filter(screening=Subquery(last), screening__prospect__in=rows)
    found: dict[str, dict[int, str]] = {}
    for line in lines.exclude(verdict=Seen.Verdict.NOT_SEEN).select_related("screening", "value"):
        value = next((own[name] for name in line.value.known_by if name in own), None)
        if value is not None:
            codes = found.setdefault(str(line.screening.prospect_id), {})
            codes[value.pk] = _code(line, value)
    return dict(found)


def _code(line: Seen, value: CharterValue) -> str:
    if line.red_line and value.red_line:
        return CROSSED
    return SEEN if line.verdict == Seen.Verdict.SEEN else CONTRARY
