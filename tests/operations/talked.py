"""A conversation about two people who would change missions."""

from datetime import UTC, date, datetime

from accounts.models import User
from balancing import agreeing
from balancing.models import Rotation, RotationMove, RotationRun
from missions.models import Mission
from tests import make

# A Thursday at noon in Paris.
NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)


class Talk:
    """Two people who would change missions, asked by their manager."""

    def __init__(self, *, opened: bool = True) -> None:
        self.manager = make.person(is_manager=True, is_consultant=False, first_name="Camille")
        self.people = [
            make.person(first_name=name, last_name=last, manager=self.manager)
            for name, last in (("Inès", "Roux"), ("Karim", "Besson"))
        ]
        self.missions: list[Mission] = [make.mission(title=t) for t in ("Recette", "Refonte")]
        run = RotationRun.objects.create(
            asked_by=self.manager, asked_at=NOON, rounds=6, moves=2, starts_on=date(2027, 1, 5),
            state=RotationRun.State.DONE,
        )  # fmt: skip
        self.rotation = Rotation.objects.create(
            run=run, number=1, starts_on=run.starts_on, gap=-0.31, above_without=3, above_with=1,
            overlap_days=5, caution="overlap",
        )  # fmt: skip
        for person, leaves, takes in zip(
            self.people, self.missions, reversed(self.missions), strict=True
        ):
            RotationMove.objects.create(
                rotation=self.rotation, person=person, leaves=leaves, takes=takes, time=100,
                share_now=61, share_without=57, share_with=43,
            )  # fmt: skip
        if opened:
            self.open()

    def open(self) -> None:
        day = self.rotation.starts_on
        agreeing.talk(rotation=self.rotation, starts_on=day, by=self.manager, now=NOON)
        self.rotation.refresh_from_db()

    def move(self, person: User) -> RotationMove:
        return self.rotation.moves.get(person=person)
