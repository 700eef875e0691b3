"""Skills: the firm's list, one's own, those of the people one leads, and what a mission asks."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.perms import SignedInRequest, can_configure, person_required
from core.listing import listing
from core.pages import form_page
from core.posting import accepted, posted
from missions import perms, skills
from missions.forms_skills import LevelsForm, NewSkillForm, OwnSkillsForm, SkillForm, TeamFilters
from missions.models import MissionSkill, PersonSkill, Skill

LIST = "missions:skill_list"


@person_required()
def skill_list(request: SignedInRequest) -> HttpResponse:
    """The firm's skills, for everybody."""
    rows = list(Skill.objects.all())
    own = {row.skill_id: row for row in PersonSkill.objects.filter(person=request.user)}
    context = {
        "skills": [(row, own.get(row.pk)) for row in rows if row.retired_on is None],
        "retired": [row for row in rows if row.retired_on is not None],
        "can_configure": can_configure(request.user),
        "can_say": perms.can_say_skills(request.user),
        "can_read": perms.can_read_skills(request.user),
    }
    return render(request, "missions/skills.html", context)


@person_required(can_configure)
def skill_create(request: SignedInRequest) -> HttpResponse:
    """A skill of the firm's own."""
    form = NewSkillForm(posted(request))
    if accepted(
        form,
        lambda: skills.create_skill(skill=form.instance, actor=request.user, now=timezone.now()),
    ):
        messages.success(request, _("%(name)s is added.") % {"name": form.instance})
        return redirect(LIST)
    return form_page(
        request,
        form,
        title=_("New skill"),
        submit=_("Add this skill"),
        back=reverse(LIST),
        lead=_("Few are enough: those that decide who can take a mission."),
    )


@person_required()
def skill_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its names in both languages."""
    skill = perms.skill_to_edit_for(request.user, pk)
    title = _("Change %(name)s") % {"name": skill}
    form = SkillForm(posted(request), instance=skill)
    if accepted(
        form,
        lambda: skills.rename_skill(skill=form.instance, actor=request.user, now=timezone.now()),
    ):
        messages.success(request, _("Saved."))
        return redirect(LIST)
    return form_page(request, form, title=title, submit=_("Save"), back=reverse(LIST))


@require_POST
@person_required()
def skill_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asked for no more; one click brings it back."""
    skill = perms.skill_to_edit_for(request.user, pk)
    skills.retire_skill(skill=skill, actor=request.user, now=timezone.now())
    messages.success(request, _("%(name)s is asked for no more.") % {"name": skill})
    return redirect(LIST)


@require_POST
@person_required()
def skill_bring_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Undo it."""
    skill = perms.skill_to_edit_for(request.user, pk)
    skills.bring_skill_back(skill=skill, actor=request.user, now=timezone.now())
    messages.success(request, _("%(name)s counts again.") % {"name": skill})
    return redirect(LIST)


@person_required(perms.can_say_skills)
def skills_own(request: SignedInRequest) -> HttpResponse:
    """What one can do, and what one would like more or less of."""
    rows = PersonSkill.objects.filter(person=request.user)
    form = OwnSkillsForm(
        posted(request),
        skills=Skill.objects.current(),
        held={row.skill_id: row for row in rows},
    )
    if accepted(
        form,
        lambda: skills.say(
            person=request.user,
            held=form.said,
            shared=form.cleaned_data["shared"],
            by=request.user,
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("Your skills are kept."))
        return redirect(LIST)
    return render(request, "missions/skills_own.html", {"form": form, "back": reverse(LIST)})


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody, what they can do, and which of it they share that they want more or less of."""

    person: User
    held: list[PersonSkill]


@person_required(perms.can_read_skills)
def skills_team(request: SignedInRequest) -> HttpResponse:
    """Who can do what, among the people whom one leads."""
    today = timezone.localdate()
    people = perms.managed_people(request.user).filter(is_consultant=True).present(today)
    form = TeamFilters(request.GET)
    found = listing(request, form, form.rows(people))
    held: dict[int, list[PersonSkill]] = {person.pk: [] for person in found.page}
    rows = PersonSkill.objects.filter(person__in=held, skill__retired_on__isnull=True)
    for row in rows.select_related("skill").order_by("-level", "skill__name_fr", "pk"):
        held[row.person_id].append(row)
    context = {
        "form": form,
        "page": found.page,
        "notices": found.notices,
        "members": [Member(person, held[person.pk]) for person in found.page],
        "leads_anybody": bool(held) or people.exists(),
    }
    return render(request, "missions/skills_team.html", context)


@person_required()
def mission_skills(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the mission asks for, at which level at least."""
    mission = perms.mission_to_edit_for(request.user, pk)
    rows = MissionSkill.objects.filter(mission=mission)
    form = LevelsForm(
        posted(request),
        skills=Skill.objects.current(),
        levels_now=dict(rows.values_list("skill", "level")),
    )
    if accepted(
        form,
        lambda: skills.ask_for(
            mission=mission, levels=form.chosen, actor=request.user, now=timezone.now()
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("missions:mission_detail", pk)
    context = {
        "form": form,
        "mission": mission,
        "can_configure": can_configure(request.user),
        "back": reverse("missions:mission_detail", args=[pk]),
    }
    return render(request, "missions/mission_skills.html", context)
