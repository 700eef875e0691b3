"""A round open now, with what the product asks by default, for tests of the check-in."""

from datetime import UTC, date, datetime, timedelta

from accounts.models import User
from missions.models import Mission
from surveys.calendar import freeze
from surveys.intake import Sending, submit
from surveys.models import Round
from tests import make

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def open_round(now: datetime = NOW, **rest: object) -> Round:
    """Opened yesterday, open for 13 more days, asking the default questionnaire."""
    opens = now - timedelta(days=1)
    day = opens.date()
    questionnaire = freeze(now=now, day=day)
    values = {
        "opens_at": opens,
        "opened_at": opens,
        "closes_at": opens + timedelta(days=14),
        "questionnaire": questionnaire,
        "period": make.period(
            day, round_count=1, last_round_on=day, closes_at=opens + timedelta(days=14)
        ),
    }
    return make.round_(day, **(values | rest))


def closed_round(day: date, **rest: object) -> Round:
    opens = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=9)
    return make.round_(
        day,
        questionnaire=freeze(now=opens, day=day),
        period=make.period(day, round_count=1, last_round_on=day),
        **rest,
    )


def send(person: User, mission: Mission, round_: Round, **answers: int) -> None:
    """Keep a check-in as the page does."""
    submit(
        person=person,
        mission=mission.pk,
        round_=round_,
        sending=Sending(answers=answers),
        now=round_.opens_at + timedelta(hours=1),
    )
