"""Input about skills and restrictions: the firm's list, what people can do, what missions ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from clients.forms import DayField, ModelForm, offer
from clients.models import Client
from core.listing import FilterForm
from core.text import on_one_line
from missions.forms_facts import CODE_TAKEN
from missions.models import PersonSkill, Restriction, Skill
from missions.models.skills import Level
from missions.skills import Held


class LevelField(forms.TypedChoiceField):
    """A level from 1 to 4 in the reader's language; 0 where none is chosen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=levels, coerce=int, required=False, **kwargs)
        self.empty_value: Any = 0


def levels() -> list[tuple[Any, Any]]:
    """The choices, worked out when they are shown."""
    return [("", "–"), *((one.value, f"{one.value} · {one.label}") for one in Level)]


class SkillForm(ModelForm):
    """How a skill is called."""

    class Meta:
        model = Skill
        fields: ClassVar = ["name_fr", "name_en"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)


class NewSkillForm(SkillForm):
    """A skill that the firm adds."""

    class Meta(SkillForm.Meta):
        fields: ClassVar = ["code", "name_fr", "name_en"]
        error_messages: ClassVar = CODE_TAKEN
        help_texts: ClassVar = {
            "code": _("Files name it by this, such as python; it does not change."),
        }

    def clean_code(self) -> str:
        """Files name it whatever the case."""
        return str(self.cleaned_data["code"]).casefold()


@dataclass(frozen=True, slots=True)
class SkillRow:
    """A skill with its fields, as a template lays them out."""

    skill: Skill
    level: forms.BoundField
    wish: forms.BoundField | None = None


class LevelsForm(forms.Form):
    """A level, or none, for each current skill: the least that a mission asks for."""

    # An empty level says "not asked for": no label need say that it may stay empty.
    says_optional = False

    def __init__(
        self, *args: Any, skills: Iterable[Skill], levels_now: Mapping[int, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.skills = list(skills)
        for skill in self.skills:
            self.fields[f"level-{skill.code}"] = LevelField(
                label=skill.name, initial=levels_now.get(skill.pk, "")
            )

    @property
    def chosen(self) -> dict[int, int]:
        """Level by skill (id), where there is one."""
        found = {skill.pk: self.cleaned_data[f"level-{skill.code}"] for skill in self.skills}
        return {pk: level for pk, level in found.items() if level}

    @property
    def rows(self) -> list[SkillRow]:
        return [SkillRow(skill, self[f"level-{skill.code}"]) for skill in self.skills]


class OwnSkillsForm(LevelsForm):
    """One's own levels and wishes, and whether managers may read the wishes."""

    def __init__(self, *args: Any, held: Mapping[int, PersonSkill], **kwargs: Any) -> None:
        levels_now = {pk: row.level for pk, row in held.items()}
        super().__init__(*args, levels_now=levels_now, **kwargs)
        for skill in self.skills:
            row = held.get(skill.pk)
            self.fields[f"wish-{skill.code}"] = forms.ChoiceField(
                label=_("I would like"), choices=[("", "–"), *PersonSkill.Wish.choices],
                required=False, initial=row.wish if row else "",
            )  # fmt: skip
        self.fields["shared"] = forms.BooleanField(
            label=_("Share my wishes with my managers"),
            required=False,
            initial=any(row.shared for row in held.values()),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for skill in self.skills:
            if data.get(f"wish-{skill.code}") and data.get(f"level-{skill.code}") == 0:
                words = _("Choose a level too: “with help” is one.")
                self.add_error(f"level-{skill.code}", words)
        return data

    @property
    def said(self) -> dict[int, Held]:
        wishes = {skill.pk: self.cleaned_data[f"wish-{skill.code}"] for skill in self.skills}
        return {pk: Held(level, wishes[pk]) for pk, level in self.chosen.items()}

    @property
    def rows(self) -> list[SkillRow]:
        return [
            SkillRow(skill, self[f"level-{skill.code}"], self[f"wish-{skill.code}"])
            for skill in self.skills
        ]


class TeamFilters(FilterForm):
    """Who can do what."""

    skill = forms.ModelChoiceField(
        Skill.objects.none(), label=_("Skill"), required=False, empty_label=_("All skills")
    )
    level = LevelField(label=_("Level at least"), initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["skill"], Skill.objects.current())

    def rows(self, people: QuerySet[User]) -> QuerySet[User]:
        """The people who pass, by name."""
        skill, level = self.kept("skill"), self.kept("level")
        if skill or level:
            held = PersonSkill.objects.filter(
                skill__in=[skill] if skill else Skill.objects.current(), level__gte=level or 1
            )
            people = people.filter(pk__in=held.values("person"))
        return people.order_by("last_name", "first_name", "pk")


class RestrictionForm(ModelForm):
    """Who, and either a client or somebody else."""

    until = DayField(label=_("Until"), required=False)

    class Meta:
        model = Restriction
        fields: ClassVar = ["person", "client", "other", "sentence", "until"]
        help_texts: ClassVar = {
            "sentence": _("Everybody whom it concerns reads it, with your name."),
        }

    def __init__(self, *args: Any, people: QuerySet[User], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        staying = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
        offer(self.fields["person"], people.filter(staying, is_active=True))
        offer(self.fields["other"], User.objects.consultants().filter(staying, is_active=True))
        open_clients = Q(ended_on__isnull=True) | Q(ended_on__gte=today)
        offer(self.fields["client"], Client.objects.filter(open_clients).order_by("name", "pk"))
        on_one_line(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        person, client, other = data.get("person"), data.get("client"), data.get("other")
        if not {"client", "other"} & set(self.errors) and bool(client) == bool(other):
            self.add_error("client", _("Choose either a client or somebody else."))
        elif person and person == other:
            self.add_error("other", _("Choose somebody else than the person themselves."))
        until = data.get("until")
        if until and until < self.today:
            self.add_error("until", _("Choose today or a later day."))
        return data
