"""Builders: one row each, with sensible defaults and a number of its own."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import FirmSettings, OrgUnit, User
from clients.models import Client
from missions.models import Assignment, DemandFact, Mission, MissionProfile
from surveys.models import Dimension, Period, Question, Questionnaire, QuestionVersion, Round

number = count(1)
PASSWORD = "une longue phrase de passe"


def firm(**rest: Any) -> FirmSettings:
    values = {
        "name": "Atelier Lumen",
        "consulted_on": date(2025, 1, 6),
        "first_round_on": date(2025, 1, 7),
    } | rest
    return FirmSettings.objects.update_or_create(pk=1, defaults=values)[0]


def unit(**rest: Any) -> OrgUnit:
    n = next(number)
    return OrgUnit.objects.create(**{"ref": f"U{n}", "name": f"Agence {n}"} | rest)


def person(**rest: Any) -> User:
    n = next(number)
    values = {
        "ref": f"P{n}",
        "email": f"p{n}@lumen.example",
        "first_name": "Alix",
        "last_name": f"Durand {n}",
        "is_consultant": True,
        "password": PASSWORD,
    } | rest
    return User.objects.create_user(**values)


def client(**rest: Any) -> Client:
    n = next(number)
    values = {"ref": f"C{n}", "name": f"Client {n}"} | rest
    values.setdefault("unit", OrgUnit.objects.first() or unit())
    return Client.objects.create(**values)


def profile(**rest: Any) -> MissionProfile:
    n = next(number)
    values = {"ref": f"PR{n}", "name_fr": f"Profil {n}", "name_en": f"Profile {n}"} | rest
    return MissionProfile.objects.create(**values)


def mission(**rest: Any) -> Mission:
    n = next(number)
    values = {"ref": f"M{n}", "title": f"Mission {n}", "starts_on": date(2025, 1, 6)} | rest
    values.setdefault("client", None)
    values["client"] = values["client"] or client()
    values.setdefault("profile", None)
    values["profile"] = values["profile"] or profile()
    return Mission.objects.create(**values)


def assignment(**rest: Any) -> Assignment:
    values = {"starts_on": date(2025, 1, 6), "share": 100} | rest
    values["person"] = values.get("person") or person()
    values["mission"] = values.get("mission") or mission()
    return Assignment.objects.create(**values)


def fact(code: str = "on_call", **rest: Any) -> DemandFact:
    values = {"name_fr": "Astreinte", "name_en": "On call", "points": 3} | rest
    return DemandFact.objects.update_or_create(code=code, defaults=values)[0]


def period(starts_on: date = date(2026, 9, 15), **rest: Any) -> Period:
    values = {"round_count": 3} | rest
    return Period.objects.create(starts_on=starts_on, **values)


def questionnaire(codes: tuple[str, ...] = ("load", "relation", "meaning")) -> Questionnaire:
    """Core items with these codes, five labels each; the code serves as the dimension."""
    content = [
        {
            "code": code,
            "dimension": code,
            "role": "core",
            "version": 1,
            "text": {"fr": f"Votre {code} ?", "en": f"Your {code}?"},
            "labels": {"fr": ["a", "b", "c", "d", "e"], "en": ["a", "b", "c", "d", "e"]},
        }
        for code in codes
    ]
    for code in codes:
        Dimension.objects.get_or_create(code=code, defaults={"name_fr": code, "name_en": code})
    return Questionnaire.objects.get_or_create(
        digest="-".join(codes)[:64],
        defaults={"content": content, "created_at": datetime(2025, 1, 1, tzinfo=UTC)},
    )[0]


def round_(starts_on: date = date(2026, 11, 10), **rest: Any) -> Round:
    """An opened round of 14 days from 9:00 UTC; make its period first, or let it be made."""
    opens = datetime.combine(starts_on, datetime.min.time(), UTC) + timedelta(hours=9)
    values = {
        "opens_at": opens,
        "closes_at": opens + timedelta(days=14),
        "opened_at": opens,
    } | rest
    values["period"] = values.get("period") or period(starts_on, round_count=1)
    values["questionnaire"] = values.get("questionnaire") or questionnaire()
    return Round.objects.create(starts_on=starts_on, **values)


def question(code: str, **rest: Any) -> Question:
    dimension, _ = Dimension.objects.get_or_create(
        code=code, defaults={"name_fr": code, "name_en": code}
    )
    row = Question.objects.create(**{"code": code, "dimension": dimension} | rest)
    QuestionVersion.objects.create(
        question=row,
        text={"fr": f"Votre {code} ?", "en": f"Your {code}?"},
        labels={"fr": ["a", "b", "c", "d", "e"], "en": ["a", "b", "c", "d", "e"]},
    )
    return row
