"""What a year of figures tells an attacker, in simulated firms, and how much is published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.attacker import Findings, attack
from bench.figures import Figure
from bench.lived import THEMES, Lived, Manner, lived
from scoring import auditing, release
from scoring.design import Forms, pseudonym
from scoring.drafting import draft
from scoring.estimation import estimate_all
from scoring.management.commands.audit_release import describe
from scoring.maths import family, figures

PART = "privacy"
ROUNDS = 3
DIMENSIONS = (*THEMES, "overall")
# Colleagues who attack each release with their own answers.
INSIDERS = 3


@dataclass
class Published:
    """One release: what was let out, and what an insider would know."""

    told: dict[str, Any]
    audited: auditing.Audited
    values: auditing.Values
    before: auditing.Before
    clients: tuple[int, int] = (0, 0)

    @property
    def cells(self) -> list[dict[str, Any]]:
        return list(self.told["cells"])


@dataclass
class Year:
    """A firm's releases, and what the attacker found in them."""

    releases: list[Published] = field(default_factory=list)
    alone: Findings = field(default_factory=Findings)
    inside: Findings = field(default_factory=Findings)
    together: Findings = field(default_factory=Findings)


def measure(*, firms: int) -> Iterator[Figure]:
    """Half of the firms answer anew each round; in the others no answer ever changes."""
    years = [year(seed, Manner(static=bool(seed % 2))) for seed in range(firms)]
    for name, key in (("a release", "alone"), ("a release and an insider", "inside"),
                      ("four releases of answers that never change", "together")):  # fmt: skip
        found = Findings()
        for one in years:
            found.add(getattr(one, key))
        note = f"narrowest {found.narrowest:.0f} points, of {found.tried} answers attacked"
        yield Figure(PART, f"known exactly from {name}", len(found.exact), "people", 0)
        yield Figure(PART, f"known within 20 points from {name}", len(found.close), "people", 0,
                     note=note)  # fmt: skip
    every = [one for each in years for one in each.releases]
    shown, all_clients = (sum(one.clients[i] for one in every) for i in (0, 1))
    yield Figure(PART, "client-periods without a line of their own", 1 - shown / all_clients, "",
                 note=f"{shown} of {all_clients} published")  # fmt: skip
    unsafe = sum(not one.audited.safe for one in every)
    gone = sum(len(one.audited.withheld) for one in every)
    cells = sum(len(one.cells) for one in every)
    yield Figure(PART, "releases withheld whole by the audit", unsafe, "", note=f"of {len(every)}")
    yield Figure(PART, "figures taken out by the audit", gone, "", note=f"{cells} let out")


def year(seed: int, manner: Manner) -> Year:
    """Release period after period as the product does, and attack each."""
    firm, rng = lived(seed, manner), np.random.default_rng(seed)
    made = Year()
    for first in range(0, manner.rounds, ROUNDS):
        made.releases.append(_released(firm, first, made.releases))
        made.alone.add(attack([made.releases[-1].cells], DIMENSIONS))
        for insider in _insiders(made.releases[-1], rng):
            made.inside.add(attack([made.releases[-1].cells], DIMENSIONS, insider))
    if manner.static:
        made.together.add(attack([one.cells for one in made.releases], DIMENSIONS))
    return made


def _released(firm: Lived, first: int, before: Sequence[Published]) -> Published:
    """The period that starts with a round: estimates, audit, and what is left of them."""
    own = (firm.round >= first) & (firm.round < first + ROUNDS)
    past = firm.gathered(firm.round < first).cells
    present = firm.gathered(own)
    made = draft(estimate_all(present.cells, past, {}), present.core, firm.names, family.Rules())
    shown = {
        key: figures.figure(one.value, one.low, one.high, one.people)
        for key, one in made.estimates.items()
    }
    values = {
        ((pseudonym(person), firm.names.clients[client][0], firm.names.profiles[kind]), name): mean
        for ((person, client, kind), name), mean in firm.means(own).items()
    }
    latest = dict(values)
    for one in before:
        latest = dict(one.values) | latest
    kept = [one.before for one in reversed(before)][: auditing.PERIODS - 1]
    audited = auditing.audit_release(auditing.Present(Forms(made.design), shown, latest, kept))
    gone = set(audited.withheld)
    out = {key: one for key, one in shown.items() if key not in gone and audited.safe}
    forms = Forms(release.shown_design(made.design, gone))
    clients = {key[1] for key in out if key[0] == family.CLIENT}
    return Published(
        describe(forms, out), audited, values, auditing.Before(forms, out),
        (len(clients), len(np.unique(firm.client[own]))),
    )  # fmt: skip


def _insiders(one: Published, rng: np.random.Generator) -> Iterator[dict[str, dict[str, float]]]:
    """A few people, with all that they answered."""
    people = sorted({part[0] for part, _ in one.values})
    parts = one.before.forms.made["parts"]
    names = list(one.told["members"])
    for name in rng.permutation(people)[:INSIDERS]:
        known: dict[str, dict[str, float]] = {}
        for (part, dimension), value in one.values.items():
            if part[0] == name:
                known.setdefault(names[parts.index(list(part))], {})[dimension] = value
        yield known
