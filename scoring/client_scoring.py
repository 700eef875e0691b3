"""A survey of clients that is over, to figures: once, with the estimator of the check-ins.

Nothing here, and nothing above, joins a client's opinion to a person: it is about the firm's work.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from core.jobs import each, once
from scoring.maths import figures, opinions
from scoring.models import ClientOpinion, ClientScoring
from surveys import client_answers
from surveys.client_answers import Answer, Standing
from surveys.models import ClientSurvey
from surveys.topics import CODES

INDEX = "index"
# An index takes more than half of the topics, as an overall score does.
NEEDED = len(CODES) // 2 + 1
# With fewer of our people at a client, its opinion is easily read as being about them.
FEW_PEOPLE = 3
ALL = ""
Figures = dict[str, dict[str, list[int]]]


def score_clients_due(*, now: datetime) -> str:
    """Score every survey that is over and not scored, the oldest first."""
    done = set(ClientScoring.objects.values_list("survey", flat=True))
    waiting = [row for row in client_answers.over(now=now) if row.pk not in done]
    made = each(waiting, lambda survey: _once(survey, now))
    return f"{len(made)} survey(s) of clients scored" if made else ""


def _once(survey: ClientSurvey, now: datetime) -> ClientScoring | None:
    """None where another worker was first."""
    return once(
        lambda: score(survey=survey, now=now),
        done=ClientScoring.objects.filter(survey=survey).exists,
    )


@transaction.atomic
def score(*, survey: ClientSurvey, now: datetime) -> ClientScoring:
    """Keep the figures of one survey: each client that was asked, and all together."""
    made = ClientScoring.objects.create(survey=survey, made_at=now)
    answers = client_answers.answers_until(survey)
    answered = Counter(row.client for row in answers if row.survey == survey.pk)
    found = figures_of(answers, survey.pk)
    rows = [
        ClientOpinion(
            scoring=made,
            ref=one.ref,
            asked=one.asked,
            answered=answered[one.ref],
            left_out=one.left_out,
            declined=one.declined,
            managers_from=_managers_from(survey, one),
            figures=found.get(one.ref, {}),
        )
        for one in client_answers.standings(survey)
    ]
    # The mean of two would tell the one that is not out yet: it waits for the last of them.
    together = ClientOpinion(
        scoring=made,
        asked=sum(row.asked for row in rows),
        answered=sum(row.answered for row in rows),
        left_out=sum(row.left_out for row in rows),
        declined=sum(row.declined for row in rows),
        managers_from=max(row.managers_from for row in rows),
        figures=found.get(ALL, {}),
    )
    ClientOpinion.objects.bulk_create([*rows, together])
    return made


def _managers_from(survey: ClientSurvey, one: Standing) -> datetime:
    first = timedelta(days=survey.head_start_days if one.people < FEW_PEOPLE else 0)
    return survey.round.closes_at + first


def figures_of(answers: Sequence[Answer], survey: int) -> Figures:
    """Figures by client and topic; ``ALL`` is the mean of the survey."""
    found: Figures = {}
    for topic in (INDEX, *CODES):
        told = [(row, value) for row in answers if (value := _value(row, topic)) is not None]
        refs = sorted({row.client for row, _value_ in told})
        place = {ref: number for number, ref in enumerate(refs)}
        estimated = opinions.estimate(
            [value for _row, value in told],
            [place[row.client] for row, _value_ in told],
            [row.survey for row, _value_ in told],
            survey=survey,
        )
        named: Mapping[str, opinions.Estimate | None] = {
            refs[number]: one for number, one in estimated.clients.items()
        } | {ALL: estimated.mean}
        for ref, one in named.items():
            if one is not None:
                shown = figures.on_grid(one.value, one.low, one.high, figures.COARSE)
                found.setdefault(ref, {})[topic] = list(shown)
    return found


def _value(row: Answer, topic: str) -> float | None:
    """The answer on a topic; for the index, the mean of the topics answered, if enough were."""
    if topic != INDEX:
        return row.values.get(topic)
    if len(row.values) < NEEDED:
        return None
    return sum(row.values.values()) / len(row.values)
