"""What if, by hand: people on missions in a form, in the address, and nothing written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.perms import person_required, signed_in
from balancing import perms
from balancing.eligibility import Abilities
from balancing.maths.projection import NOWHERE
from balancing.outlook import AHEAD, Outlook, outlook
from balancing.scenarios import Effect, Fit, candidates, fit, scenario
from dashboards.forms import FURTHEST, ScenarioForm
from dashboards.rotation_cards import gap_text
from missions.models import Mission, Skill
from missions.perms import mission_for

SHOWN = 20


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One person in percents, as a table shows it."""

    name: str
    mission: str
    now: float
    without: float
    with_it: float
    load_without: float
    load_with: float
    above_without: bool
    above_with: bool
    notes: tuple[str, ...] = ()


@never_cache
@require_safe
@person_required(perms.can_plan_rotations)
def scenario_page(request: HttpRequest) -> HttpResponse:
    """Pick people and missions; see shares, zones and alerts move."""
    viewer, now = signed_in(request), timezone.now()
    people = perms.people_to_rotate(viewer).present(timezone.localdate(now))
    look = outlook(now, rounds=AHEAD)
    missions = _missions(look)
    form = ScenarioForm(request.GET or None, people=people, missions=missions)
    context: dict[str, Any] = {"form": form, "look": look}
    if look is not None and form.is_bound and form.is_valid():
        if form.ahead != AHEAD:
            look = outlook(now, rounds=form.ahead) or look
        if _all_there(form, look):
            context |= _result(look, form, missions, people.values_list("pk", flat=True))
    return render(request, "dashboards/scenario.html", context)


def _missions(look: Outlook | None) -> list[Mission]:
    """Those that go on or begin within the longest horizon there is to choose."""
    if look is None:
        return []
    round_ = look.coming[1] - look.coming[0]
    latest = look.until + (FURTHEST - AHEAD) * round_
    running = Mission.objects.outliving(look.coming[0]).filter(starts_on__lte=latest)
    return list(running.select_related("client").order_by("client__name", "title", "pk"))


def _all_there(form: ScenarioForm, look: Outlook) -> bool:
    """Whether there is somebody to look at, and everybody and every mission will be there."""
    for field, person in form.people.items():
        if look.person(person.pk) == NOWHERE:
            form.add_error(field, _("This person is not there in the rounds to come."))
    for field, mission in form.missions.items():
        if look.mission(mission) == NOWHERE:
            words = _("This mission does not run by %(day)s, the last day looked at.")
            day = date_format(look.until, "DATE_FORMAT")
            form.add_error(field, words % {"day": day})
    return form.is_valid() and bool(form.chosen)


def _result(
    look: Outlook, form: ScenarioForm, missions: Iterable[Mission], led: Iterable[int]
) -> dict[str, Any]:
    chosen = form.chosen
    made = scenario(look, [(person.pk, mission) for person, mission in chosen])
    names = {row.pk: f"{row.client.name}, {row.title}" for row in missions}
    takes = {person.pk: names.get(mission or 0, "") for person, mission in chosen}
    own = {person.pk: person.full_name for person, _mission in chosen}
    abilities = Abilities.of(list(own), list(names), look.coming[0], look.until)
    skills = _skill_names()
    notes = {
        person.pk: _notes(fit(abilities, person.pk, mission), skills) if mission else ()
        for person, mission in chosen
    }
    mine = set(led)
    apart = abilities.are_apart((person.pk, mission) for person, mission in chosen)
    others = User.objects.in_bulk(
        [pk for pk in (*made.alerts_gone, *made.alerts_new) if pk in mine]
    )
    return {
        "rows": [
            _row(effect, own[effect.person], takes[effect.person], notes[effect.person])
            for effect in made.effects
        ],
        "rounds": len(look.coming),
        "apart": apart,
        "made": made,
        "gap": gap_text(made.gap),
        "gone": [others[pk].full_name for pk in made.alerts_gone if pk in others],
        "new": [others[pk].full_name for pk in made.alerts_new if pk in others],
    }


def _row(effect: Effect, name: str, mission: str, notes: Iterable[str] = ()) -> EffectRow:
    return EffectRow(
        name,
        mission,
        100 * effect.share_now,
        100 * effect.share_without,
        100 * effect.share_with,
        effect.load_without,
        effect.load_with,
        effect.above_without,
        effect.above_with,
        tuple(notes),
    )


def _notes(found: Fit, names: Mapping[int, str]) -> Iterable[str]:
    """What skills, wishes and restrictions say about somebody and a mission."""
    said = (
        (found.lacks, _("not at the level asked for: %(skills)s")),
        (found.wants, _("would like more of: %(skills)s")),
        (found.spares, _("would like less of: %(skills)s")),
    )
    for skills, words in said:
        if skills:
            yield words % {"skills": ", ".join(names[pk] for pk in skills)}
    if not found.is_known:
        yield _("nothing said about their skills")
    if found.is_barred:
        yield _("a restriction keeps them from it")
    if found.is_unwilling:
        yield _("shares that they would not work for this client")


def _skill_names() -> dict[int, str]:
    return {row.pk: row.name for row in Skill.objects.current()}


@never_cache
@require_safe
@person_required(perms.can_plan_rotations)
def who_could(request: HttpRequest, pk: int) -> HttpResponse:
    """Who could take that mission, the smallest share first."""
    viewer, now = signed_in(request), timezone.now()
    mission = mission_for(viewer, pk)
    today = timezone.localdate(now)
    look = outlook(now, rounds=AHEAD)
    context: dict[str, Any] = {"mission": mission, "look": look, "rows": []}
    context["is_far"] = look is not None and mission.starts_on > look.until
    if look is not None and look.mission(mission.pk) != NOWHERE:
        people = perms.people_to_rotate(viewer).present(today)
        on_it = mission.assignments.during(look.coming[0], look.until).values("person")
        free = people.exclude(pk__in=on_it)
        names = {row.pk: row for row in free}
        abilities = Abilities.of(list(names), [mission.pk], look.coming[0], look.until)
        fits = {pk: fit(abilities, pk, mission.pk) for pk in names}
        found = candidates(look, [pk for pk in names if fits[pk].is_able], mission.pk)[:SHOWN]
        skills = _skill_names()
        context |= {
            "rows": [
                _row(one, names[one.person].full_name, "", _notes(fits[one.person], skills))
                for one in found
            ],
            "others": [
                (names[pk].full_name, list(_notes(one, skills)))
                for pk, one in fits.items()
                if not one.is_able
            ],
            "asked": [
                (skills[pk], level) for pk, level in abilities.asked.get(mission.pk, {}).items()
            ],
            "demand": look.demand[look.mission(mission.pk)],
            "is_demanding": look.demand[look.mission(mission.pk)] > look.threshold,
            "rounds": len(look.coming),
            "is_to_come": mission.starts_on > look.coming[0],
        }
    return render(request, "dashboards/who_could.html", context)
