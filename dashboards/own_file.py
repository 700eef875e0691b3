"""One's own answers as a file, complete: JSON, or a table with a line an answer."""

import json
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from clients.models import Objection, Seen, SheetLine
from core import tables
from surveys import own


def as_json(person: User, now: datetime) -> bytes:
    """Everything that somebody said and that is kept, drafts included, in full."""
    told = {
        "person": {"ref": person.ref, "name": person.full_name, "email": person.email},
        "exported_at": now.isoformat(),
        "check_ins": [_check_in(one) for one in own.history(person=person, now=now)],
        "reviews_of_clients": [_review(one) for one in own.reviews_of(person=person)],
        "drafts": [_draft(one) for one in own.drafts_of(person=person)],
        **_beside(person),
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


def _check_in(one: own.OwnCheckIn) -> dict[str, Any]:
    return {
        "round": one.round_on.isoformat(),
        "client": one.client,
        "mission": one.mission,
        "sent_at": one.sent_at.isoformat(),
        "wish_to_talk_to": one.talk_to or None,
        "answers": [
            {
                "code": answer.code,
                "theme": answer.dimension,
                "question": answer.question,
                "answer": answer.label,
                "value": answer.value,
            }
            for answer in one.answers
        ],
        "comment": one.comment or None,
        "comment_may_be_shown": one.comment_shown,
    }


def _review(one: own.OwnReview) -> dict[str, Any]:
    return {
        "round": one.round_on.isoformat(),
        "client": one.client,
        "sent_at": one.sent_at.isoformat(),
        "what_we_owe": one.ours,
        "what_the_client_does": one.verdicts,
        "red_lines_crossed": one.red_lines,
        "actions_kept": one.kept_actions,
        "actions_seen": one.seen_actions,
    }


def _draft(one: own.OwnDraft) -> dict[str, Any]:
    return {
        "round": one.round_on.isoformat(),
        "client": one.client,
        "mission": one.mission,
        "kept_at": one.kept_at.isoformat(),
        "typed": one.typed,
        "comment": one.comment or None,
    }


def _beside(person: User) -> dict[str, Any]:
    """What they said of clients, sectors, values and promises, with their name, for now."""
    against = Objection.objects.filter(person=person).select_related("value")
    return {
        "stances_on_clients": [
            {
                "client": row.client.name,
                "stance": row.word or None,
                "wish": row.wish or None,
                "sentence": row.sentence or None,
                "shared": row.shared,
            }
            for row in person.stances.select_related("client")
        ],
        "wishes_about_sectors": [
            {"sector": row.sector, "wish": row.wish, "shared": row.shared}
            for row in person.sector_wishes.all()
        ],
        "against_values": [{"value": row.value.name, "sentence": row.sentence} for row in against],
        "ideas_for_promises": [
            {
                "sentence": row.sentence,
                "made_on": row.made_on.isoformat(),
                "my_name_is_shown_to_referents": row.named,
            }
            for row in person.promise_ideas.all()
        ],
    }


def as_csv(person: User, now: datetime) -> bytes:
    """A line an answer, and one for each comment and each wish to talk."""
    head = [
        _("Round"), _("Client"), _("Mission"), _("Sent"), _("Theme"), _("Question"), _("Answer"),
        _("Value, 0–100"),
    ]  # fmt: skip
    rows = [row for one in own.history(person=person, now=now) for row in _rows(one)]
    rows += [row for one in own.reviews_of(person=person) for row in _review_rows(one)]
    return tables.as_csv([head, *rows], mark=tables.MARK)


def _review_rows(one: own.OwnReview) -> list[list[str]]:
    """A line a value and side, and one an action ticked; there is no mission, and no number."""
    choices = (*SheetLine.Ours.choices, *Seen.Verdict.choices)
    words = {word: str(label) for word, label in choices}
    start = [one.round_on.isoformat(), tables.escape(one.client), ""]
    start.append(one.sent_at.isoformat(timespec="minutes"))
    ours = [*one.ours.items(), *((said, SheetLine.Ours.KEPT) for said in one.kept_actions)]
    theirs = [*one.verdicts.items(), *((said, Seen.Verdict.SEEN) for said in one.seen_actions)]
    told = [(_("What we owe"), what, words[word]) for what, word in ours]
    told += [(_("What the client does"), what, words[word]) for what, word in theirs]
    told += [(_("Red line crossed"), value, _("yes")) for value in one.red_lines]
    return [[*start, *(tables.escape(cell) for cell in row), ""] for row in told]


def _rows(one: own.OwnCheckIn) -> list[list[str]]:
    start = [
        one.round_on.isoformat(),
        tables.escape(one.client),
        tables.escape(one.mission),
        one.sent_at.isoformat(timespec="minutes"),
    ]
    told = [
        (answer.dimension, answer.question, answer.label, f"{answer.value:g}")
        for answer in one.answers
    ]
    if one.comment:
        shown = _("may be shown") if one.comment_shown else _("for myself alone")
        told.append((_("Comment"), shown, one.comment, ""))
    if one.talk_to:
        told.append((_("I would like to talk"), "", one.talk_to, ""))
    return [[*start, *(tables.escape(word) for word in words)] for words in told]
