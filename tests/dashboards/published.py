"""A simulated firm with its figures out, for the tests of pages."""

from dataclasses import dataclass

from accounts.models import User
from scoring import compute, participation, release
from scoring.publication import Figures, SystemViewer, published
from tests import make, simulated
from tests.simulated import Simulated


@dataclass(frozen=True)
class Firm:
    """What was made, and one person of each role."""

    made: Simulated
    manager: User
    referent: User
    administrator: User
    consultant: User

    @property
    def cells(self) -> Figures:
        """Everything that is published, as a job sees it."""
        periods = [period.pk for period in self.made.periods]
        return published(viewer=SystemViewer("test"), periods=periods)


def figures_out(made: Simulated) -> None:
    """Count, score and release what has closed."""
    participation.count_participation(now=made.after)
    compute.score_due(now=made.after)
    release.release_due(now=made.after)


def firm(**sizes: int) -> Firm:
    """The simulated firm with its roles, every closed period released."""
    made = simulated.firm(**sizes)
    figures_out(made)
    root = made.people[0].unit
    assert root is not None
    manager = make.person(first_name="Camille", is_consultant=False, is_manager=True)
    root.manager = manager
    root.save()
    return Firm(
        made=made,
        manager=manager,
        referent=make.person(first_name="Nadia", is_consultant=False, is_referent=True),
        administrator=make.person(
            first_name="Olivier", is_consultant=False, is_administrator=True
        ),
        consultant=made.people[0],
    )
