"""Rotations in words: who, what it would change, why, what it costs, one caution."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from balancing.models import Rotation, RotationMove
from core.wording import day_month, full_day, percent
from missions.models import Mission, in_language

CAUTIONS = {
    "client_above": gettext_lazy("A client where people are well is left: tell it early"),
    "short_stay": gettext_lazy("Somebody has been there for less than twelve weeks"),
    "bench": gettext_lazy("Somebody would be free for another mission, to be found"),
    "other_place": gettext_lazy("Another place: %(places)s"),
    "overlap": gettext_lazy("The handover needs both people in the same weeks"),
}


SKILLS = {
    "skills": gettext_lazy("Can do what is asked for: %(skills)s"),
    "skills_unknown": gettext_lazy("To be checked, nothing said about their skills: %(skills)s"),
    "wants_more": gettext_lazy("Would like more of it: %(skills)s (shared)"),
    "wants_less": gettext_lazy("Would like less of it: %(skills)s (shared)"),
    "wants_client": gettext_lazy("Would like to work for this client: %(skills)s (shared)"),
}


@dataclass(frozen=True, slots=True)
class PartCard:
    """One person's part."""

    move: RotationMove
    name: str
    line: str
    change: str
    reasons: list[str]
    answer: str


@dataclass(frozen=True, slots=True)
class RotationCard:
    """A rotation as a card shows it."""

    rotation: Rotation
    title: str
    gap: str
    parts: list[PartCard]
    cost: str
    caution: str


def cards(rotations: Iterable[Rotation]) -> list[RotationCard]:
    """Rotations whose run and moves, with person and missions, are there already."""
    return [card(rotation) for rotation in rotations]


def card(rotation: Rotation) -> RotationCard:
    parts = [part(move, rotation.run.rounds) for move in rotation.moves.all()]
    return RotationCard(
        rotation,
        _("Proposal %(number)s") % {"number": rotation.number},
        gap_text(rotation.gap),
        parts,
        cost_text(rotation),
        caution_text(rotation),
    )


def caution_text(rotation: Rotation) -> str:
    """What weighs most against it, with the places to which people would go."""
    text = str(CAUTIONS.get(rotation.caution, CAUTIONS["overlap"]))
    if rotation.caution != "other_place":
        return text
    pairs = [(move.leaves, move.takes) for move in rotation.moves.all()]
    places = {
        there.place: None
        for here, there in pairs
        if here and there and there.place and here.place != there.place
    }
    return text % {"places": ", ".join(places)}


def gap_text(gap: float) -> str:
    """« Écart entre personnes : −31 % »."""
    value = percent(abs(100 * gap))
    sign = "−" if gap < 0 else "+"
    return _("Gap between people: %(value)s") % {"value": f"{sign}{value}"}


def cost_text(rotation: Rotation) -> str:
    """The handover, in days."""
    days = rotation.overlap_days
    return ngettext(
        "Two weeks side by side: some %(days)s day",
        "Two weeks side by side: some %(days)s days",
        days,
    ) % {"days": days}


def part(move: RotationMove, rounds: int) -> PartCard:
    words = {"left": mission_name(move.leaves), "taken": mission_name(move.takes)}
    if move.takes is None:
        line = _("leaves %(left)s") % words
    elif move.leaves is None:
        line = _("takes %(taken)s") % words
    else:
        line = _("from %(left)s to %(taken)s") % words
    return PartCard(
        move,
        move.person.full_name,
        line,
        change_text(move, rounds),
        [text for code, *details in move.reasons if (text := reason_text(code, *details))],
        move.get_answer_display() if move.answer else "",
    )


def own_line(move: RotationMove) -> str:
    """One's own part, told to oneself."""
    words = {"left": mission_name(move.leaves), "taken": mission_name(move.takes)}
    if move.takes is None:
        return _("You would leave %(left)s") % words
    if move.leaves is None:
        return _("You would take %(taken)s") % words
    return _("You would go from %(left)s to %(taken)s") % words


def mission_name(mission: Mission | None) -> str:
    return f"{mission.client.name}, {mission.title}" if mission else ""


def change_text(move: RotationMove, rounds: int) -> str:
    """« 77 %, puis 54 % dans 6 tours » beside what would be without it."""
    if move.takes is None:
        return _("%(now)s today, then no mission: none is planned yet") % {
            "now": percent(move.share_now)
        }
    words = {
        "now": percent(move.share_now),
        "then": percent(move.share_with),
        "without": percent(move.share_without),
        "rounds": rounds,
    }
    return (
        ngettext(
            "%(now)s, then %(then)s in %(rounds)s round (%(without)s without this change)",
            "%(now)s, then %(then)s in %(rounds)s rounds (%(without)s without this change)",
            rounds,
        )
        % words
    )


def reason_text(code: str, *details: str) -> str:
    """A reason in the reader's language; empty for one that this version does not know.

    Names of skills come in French and in English, as they stood when it was proposed.
    """
    if code in SKILLS:
        return str(SKILLS[code]) % {"skills": in_language(*details)}
    detail = details[0]
    if code == "mission_ends":
        return _("The mission ends on %(day)s") % {"day": full_day(date.fromisoformat(detail))}
    if code == "long_stay":
        return _("There since %(day)s") % {"day": full_day(date.fromisoformat(detail))}
    if code == "same_place":
        return _("Same place, %(place)s") % {"place": detail}
    if code == "wishes_move" and detail:
        day = full_day(date.fromisoformat(detail))
        return _("Would rather move, by %(day)s (shared)") % {"day": day}
    if code == "wishes_move":
        return _("Would rather move (shared)")
    if code == "free":
        return _("Between two missions")
    return ""


def answers_text(moves: Sequence[RotationMove]) -> str:
    """How many of its people have agreed."""
    agreed = sum(move.answer == RotationMove.Answer.YES for move in moves)
    words = {"agreed": agreed, "people": len(moves)}
    return (
        ngettext(
            "%(agreed)s of %(people)s person has agreed",
            "%(agreed)s of %(people)s people have agreed",
            len(moves),
        )
        % words
    )


def own_ended_text(rotation: Rotation) -> str:
    """What became of it, for its people: not who ended it, nor why."""
    words = {"day": day_month(rotation.decided_at) if rotation.decided_at else ""}
    if rotation.state == Rotation.State.AGREED:
        return _("Agreed by everybody on %(day)s.") % words
    return _("It does not happen: closed on %(day)s.") % words


def ended_text(rotation: Rotation) -> str:
    """What became of it, with its sentence."""
    words = {
        "state": rotation.get_state_display(),
        "day": day_month(rotation.decided_at) if rotation.decided_at else "",
    }
    text = _("%(state)s on %(day)s") % words
    return f"{text}. {rotation.reason}" if rotation.reason else text
