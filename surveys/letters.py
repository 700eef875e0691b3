"""What an invitation says: one sentence, one button a mission, who sees what, how to stop.

It tells no answer, nobody's name but the reader's, and not whether they answered before.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.models import User
from accounts.stopping import CHECK_IN, stop_url
from core.letters import Letter, absolute, headers
from core.slots import zone_of
from surveys.calendar import round_label
from surveys.intake import Asked
from surveys.links import link
from surveys.models import Message
from surveys.reviewing import Asked as ToJudge

NAMED_IN_SUBJECT = 2
SECONDS_EACH = 4


@dataclass(frozen=True, slots=True)
class Change:
    """The last thing that answers about a mission have changed, in the words of who decided."""

    subject: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What the mail says beside the check-ins: what changed, and clients of the round's review
    that the reader has not judged yet."""

    change: Change | None = None
    to_judge: Sequence[ToJudge] = ()

    @property
    def judge_url(self) -> str:
        """The client's page where it is one; else the home page, which lists them. Both ask to
        sign in: whoever finds this mail judges nobody."""
        if len(self.to_judge) == 1:
            [one] = self.to_judge
            return absolute(
                "surveys:client_review", review_pk=one.review.pk, client_pk=one.client.pk
            )
        return absolute("dashboards:home")


@dataclass(frozen=True, slots=True)
class Button:
    """A check-in to do: the client, the mission, and the link to its form."""

    client: str
    mission: str
    url: str
    is_between: bool


@dataclass(frozen=True, slots=True)
class Tone:
    """Shorter, for who has been quiet; another subject, where two are compared."""

    is_short: bool = False
    other_subject: bool = False


PLAIN, NOTHING = Tone(), Beside()


def written(
    message: Message,
    lines: Sequence[Asked],
    *,
    beside: Beside = NOTHING,
    tone: Tone = PLAIN,
    people_needed: int,
) -> Letter:
    """The mail about these check-ins, in its reader's language."""
    person = message.person
    with override(person.language), timezone.override(zone_of(person.time_zone)):
        buttons = [_button(person, line) for line in lines]
        stop = stop_url(person, CHECK_IN)
        context = {
            "person": person,
            "buttons": buttons,
            "round": message.round,
            "round_label": round_label(message.round),
            "change": beside.change,
            "to_judge": beside.to_judge,
            "judge_url": beside.judge_url,
            "is_short": tone.is_short,
            "is_reminder": message.rank == Message.Rank.REMINDER,
            "questions": lines[0].question_count,
            "seconds": _rounded(sum(line.question_count for line in lines) * SECONDS_EACH),
            "people_needed": people_needed,
            "stop_url": stop,
            "product_name": settings.PRODUCT_NAME,
            "subject": subject(message, [one.client for one in buttons], tone),
        }
        key = f"check-in.{message.round.starts_on:%Y%m%d}.{message.rank}.{person.pk}"
        return Letter(
            to=person.email,
            subject=str(context["subject"]),
            text=_tidied(render_to_string("surveys/mail/invitation.txt", context)),
            html=render_to_string("surveys/mail/invitation.html", context),
            headers=headers(key, to=person.email, stop_url=stop),
        )


def subject(message: Message, clients: Sequence[str], tone: Tone = PLAIN) -> str:
    """« Banque Orsel : comment ça va ? (tour de novembre) »; several clients in one."""
    words: Mapping[str, str] = {
        "clients": _clients(list(dict.fromkeys(clients))),
        "round": round_label(message.round),
    }
    if message.rank == Message.Rank.REMINDER:
        return _("%(clients)s: the check-in is still open (%(round)s)") % words
    if tone.other_subject:
        return _("%(clients)s: 30 seconds for your check-in (%(round)s)") % words
    return _("%(clients)s: how is it going? (%(round)s)") % words


def _clients(names: list[str]) -> str:
    """Two names at most. On one line, whatever a file once brought in."""
    shown = [" ".join(name.split()) for name in names]
    if len(shown) <= NAMED_IN_SUBJECT:
        return _(" and ").join(shown)
    others = len(shown) - 1
    return ngettext(
        "%(client)s and %(others)s other", "%(client)s and %(others)s others", others
    ) % {"client": shown[0], "others": others}


def _button(person: User, line: Asked) -> Button:
    url = link(person, line.round, line.mission.pk)
    mission = line.mission
    return Button(mission.client.label, mission.label, url, is_between=mission.is_standing)


def _tidied(text: str) -> str:
    """Parts left out leave no hole."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _rounded(seconds: int) -> int:
    """To ten seconds, at least thirty.

    >>> [_rounded(seconds) for seconds in (8, 28, 32, 36, 56)]
    [30, 30, 30, 40, 60]
    """
    return max(30, 10 * round(seconds / 10))
