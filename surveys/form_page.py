"""What the check-in form shows, whichever address it stands at: items, comment, sharing, help.

The partial templates (``surveys/_item.html``, ``_comment.html``, ``_sharing.html``,
``_sendbar.html``, ``_help.html``) read the names of ``parts_of``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.perms import Refused, signed_in
from core import sealing
from missions.models import Mission
from missions.standing import people_beside
from surveys import drafts
from surveys.calendar import round_label
from surveys.comments import LONGEST
from surveys.forms import Typed, shown_items
from surveys.intake import Asked, asked_in, sent_before
from surveys.models import Round
from surveys.models.questions import Item
from surveys.occasions import items_asked
from surveys.perms import Helpers, helpers_of, round_for


@dataclass(frozen=True, slots=True)
class Page:
    """One person's check-in page: who, which round, which mission, and when it is asked for."""

    person: User
    round: Round
    mission: int
    now: datetime
    items: list[Item]

    @property
    def place(self) -> drafts.Place:
        return drafts.Place(self.person.pk, self.mission, self.round)


@dataclass(frozen=True, slots=True)
class Said:
    """What the page says first: it is back after sign-in, sent before, begun, or empty.

    ``is_sealed``: a comment is kept that cannot be opened now.
    """

    is_back: bool = False
    is_sent: bool = False
    is_empty: bool = False
    is_sealed: bool = False
    begun_at: datetime | None = None


def page_of(request: HttpRequest, round_pk: int, mission_pk: int) -> Page:
    """The reader's own form; anything else is 404."""
    person = signed_in(request)
    now = timezone.now()
    # A form that names another mission than its address is not the product's own.
    if request.POST.get("mission", str(mission_pk)) != str(mission_pk):
        raise Refused("check-in", f"{round_pk}/{mission_pk}")
    row = round_for(person, round_pk, mission_pk, now=now)
    return Page(person, row, mission_pk, now, items_asked(row, mission_pk, person))


def begun(page: Page, *, but_sent: bool = False) -> tuple[Typed, Said]:
    """What the form opens with: a draft that is newer than what was sent, or that.

    ``but_sent``: the draft alone, or nothing.
    """
    sent = sent_before(person=page.person, mission=page.mission, round_=page.round)
    draft = drafts.find(place=page.place, sent_at=sent.sent_at if sent else None)
    is_sealed = bool(sent and sent.is_sealed)
    if draft is not None:
        is_sealed = is_sealed or draft.words.comment is None
        said = Said(is_sent=sent is not None, is_sealed=is_sealed, begun_at=draft.kept_at)
        return Typed.from_draft(draft.words, sent), said
    if but_sent:
        return Typed(), Said()
    return Typed.from_sent(sent), Said(is_sent=sent is not None, is_sealed=is_sealed)


def keep_unsent(page: Page, typed: Typed) -> None:
    """What came too late, or too early, to be sent: kept for its author, readable."""
    if not typed.words.is_empty:
        seen = drafts.version(page.place)
        drafts.keep(place=page.place, words=typed.words, seen=seen, now=page.now)


def contacts_of(page: Page) -> list[User]:
    return helpers_of(page.person, now=page.now).talked_to()


def form_context(page: Page, typed: Typed, said: Said) -> dict[str, Any]:
    """The page with its draft, and its place among the person's other check-ins."""
    flow = sorted(asked_in(page.round, person=page.person, now=page.now), key=_order)
    missions = {line.mission.pk: line.mission for line in flow}
    steps = list(missions)
    return parts_of(page, typed, missions.get(page.mission)) | {
        "said": said,
        "draft_key": page.place.key,
        "step": steps.index(page.mission) + 1 if page.mission in steps else 0,
        "steps": len(steps),
    }


def _order(line: Asked) -> tuple[bool, str, int]:
    """What is done comes first, so that what is left counts up to the end."""
    return (not line.is_done, line.mission.client.name, line.mission.pk)


def parts_of(page: Page, typed: Typed, mission: Mission | None = None) -> dict[str, Any]:
    """What every check-in form is made of, by link or after sign-in."""
    if mission is None:
        mission = Mission.everything.select_related("client").get(pk=page.mission)
    helpers = helpers_of(page.person, now=page.now)
    items = shown_items(page.items, typed, translation.get_language())
    return {
        "round": page.round,
        "round_label": round_label(page.round),
        "mission": mission,
        "people": people_beside(mission, localdate(page.now)),
        "items": items,
        "answered": sum(item.is_chosen for item in items),
        "typed": typed,
        "has_box": typed.comment is not None and (sealing.is_ready() or bool(typed.comment)),
        "comment_limit": LONGEST,
        "contacts": _shown_contacts(helpers),
        "referents": helpers.referents,
    }


def _shown_contacts(helpers: Helpers) -> list[tuple[str, str]]:
    """Value and words of each choice of the list."""
    english = translation.get_language().startswith("en")
    shown = []
    for row in helpers.talked_to():
        title = _("your manager")
        if row != helpers.manager:
            contact = row.talk_contact
            title = contact.title_en if english else contact.title_fr
        shown.append((str(row.pk), f"{row.full_name}, {title}"))
    return shown
