"""Single answers of a client's contacts, for its account manager: the form told them so."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.perms import person_required, signed_in
from core.wording import language
from dashboards import perms
from scoring.satisfaction import opinions
from surveys.named_opinions import Named, named
from surveys.topics import TOPICS


@dataclass(frozen=True, slots=True)
class Answered:
    """One contact's answers in the words they chose."""

    row: Named
    words: list[tuple[str, str]]


@require_safe
@person_required()
def client_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """With names, of the surveys whose figure this reader may read by now, where the form named
    them; and how many more there were, sent to somebody else or past their time."""
    person, now = signed_in(request), timezone.now()
    client = perms.client_held_by(person, pk)
    out = opinions(viewer=person, now=now, refs=[client.ref]).get(client.ref, [])
    by_survey = {said.survey: said for said in out if said.managers_from <= now}
    found = named(client=client, surveys=set(by_survey), reader=person, now=now)
    groups = []
    for said in sorted(by_survey.values(), key=lambda said: said.closed_at, reverse=True):
        rows = [_in_words(row) for row in found if row.survey == said.survey]
        groups.append((said, rows, said.answered - len(rows)))
    return render(request, "dashboards/client_answers.html", {"client": client, "groups": groups})


def _in_words(row: Named) -> Answered:
    said = []
    for item in TOPICS:
        words = dict(item.choices(language()))
        if item.code in row.answers:
            said.append((item.words(language()), words[row.answers[item.code]]))
    return Answered(row, said)
