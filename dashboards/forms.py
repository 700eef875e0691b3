"""What the address of a page of figures may say, and input about rotations and scenarios."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from balancing.models import Rotation, RotationMove, RotationRun
from balancing.outlook import AHEAD
from clients.forms import DayField
from core.moving import VersionedForm
from core.tables import FILE_TYPES
from core.text import on_one_line
from dashboards.edition import Edition
from missions.models import Mission
from scoring.publication import PublishedPeriod

# Share of the people that may move at most, unless the manager says otherwise.
USUAL_SHARE = 0.15
MOST_MOVES = 500
PLACES = 6
# Rounds to come that somebody may look ahead at most.
FURTHEST = 12


class PeriodForm(forms.Form):
    """The period selector. Anything but a published period leaves the latest one shown."""

    period = forms.ChoiceField(required=False)

    def __init__(
        self, data: MultiValueDict[str, str], *, periods: Sequence[PublishedPeriod]
    ) -> None:
        super().__init__(data)
        self.periods = tuple(periods)
        self.fields["period"] = forms.ChoiceField(
            choices=[(row.starts_on.isoformat(), "") for row in periods], required=False
        )

    @property
    def is_ignored(self) -> bool:
        """A period was asked for that is not published: the page says so."""
        return not self.is_valid()

    def edition(self) -> Edition | None:
        """The period chosen, else the latest; None before the first release."""
        wanted = self.cleaned_data["period"] if self.is_valid() else ""
        for row in self.periods:
            if wanted in ("", row.starts_on.isoformat()):
                return Edition(self.periods, row)
        return None


class ExportForm(PeriodForm):
    """A file of figures: of one published period, in one format. Nothing else stands in for it."""

    format = forms.ChoiceField(choices=[(kind, "") for kind in FILE_TYPES], required=False)

    @property
    def file_type(self) -> str:
        return self.cleaned_data["format"] or "csv"


# --- rotations and scenarios ------------------------------------------------------------------


class RotationRunForm(forms.ModelForm):  # type: ignore[type-arg]  # -- generic at type time only
    """What to look for: how far ahead, how many people, from when, and who stays."""

    class Meta:
        model = RotationRun
        fields = ("starts_on", "rounds", "moves", "together", "locked")
        field_classes = {"starts_on": DayField}  # noqa: RUF012 -- Django's own declaration
        widgets = {  # noqa: RUF012 -- Django's own declaration
            "locked": forms.CheckboxSelectMultiple
        }
        help_texts = {  # noqa: RUF012 -- Django's own declaration
            "rounds": _("Loads are compared so many rounds from now."),
            "moves": _("Taking up a mission from the bench counts for none."),
            "together": _("Two: each proposal is a swap. More: longer chains."),
        }

    def __init__(self, *args: Any, people: QuerySet[User], today: date, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.today = today
        self.fields["locked"].queryset = people  # type: ignore[attr-defined]  # -- a choice of rows
        self.fields["locked"].required = False
        self.initial.setdefault("rounds", AHEAD)
        self.initial.setdefault("moves", max(2, round(USUAL_SHARE * people.count())))
        self.initial.setdefault("together", 2)

    def clean_starts_on(self) -> date:
        return later_than(self.cleaned_data["starts_on"], self.today)

    def clean_moves(self) -> int:
        moves = int(self.cleaned_data["moves"])
        if moves > MOST_MOVES:
            raise ValidationError(_("%(most)s people at most.") % {"most": MOST_MOVES})
        return moves

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        moves, together = data.get("moves"), data.get("together")
        if moves and together and together > moves:
            self.add_error("together", _("No more than may move in all."))
        return data


def later_than(day: date, today: date) -> date:
    """A day to come; staffing of today stands."""
    if day <= today:
        raise ValidationError(_("Choose a day after today."))
    return day


class RotationForm(VersionedForm):
    """A move of a rotation."""

    def __init__(self, *args: Any, rotation: Rotation, today: date, **rest: Any) -> None:
        super().__init__(*args, subject=rotation, **rest)
        self.rotation = rotation
        self.today = today
        if "starts_on" in self.fields:
            self.fields["starts_on"].initial = max(rotation.starts_on, today + timedelta(days=1))

    def clean_starts_on(self) -> date:
        return later_than(self.cleaned_data["starts_on"], self.today)


class TalkForm(RotationForm):
    """Open the conversation about a change from that day on."""

    name = "talk"
    starts_on = DayField(label=_("Change from"))


class AgreeForm(RotationForm):
    """Change the staffing from that day on."""

    name = "agree"
    starts_on = DayField(label=_("Change from"))


class SetAsideForm(RotationForm):
    """Not this one, and why."""

    name = "aside"
    reason = forms.CharField(label=_("Why not?"), max_length=300)


class AnswerForm(forms.ModelForm):  # type: ignore[type-arg]  # -- generic at type time only
    """A person's yes or no to their own part."""

    class Meta:
        model = RotationMove
        fields = ("answer", "words")
        widgets = {"answer": forms.RadioSelect}  # noqa: RUF012 -- Django's own declaration
        labels = {  # noqa: RUF012 -- Django's own declaration
            "answer": _("Your answer"),
            "words": _("In your own words"),
        }
        help_texts = {  # noqa: RUF012 -- Django's own declaration
            "words": _("Your manager reads it; the other people do not.")
        }

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["answer"] = forms.ChoiceField(
            label=_("Your answer"),
            choices=[
                (RotationMove.Answer.YES, _("I agree to this change")),
                (RotationMove.Answer.NO, _("I would rather not")),
            ],
            widget=forms.RadioSelect,
        )
        on_one_line(self)


class ScenarioForm(forms.Form):
    """People put on missions, to see what would move. In the address: a scenario is a link."""

    # Every line may stay empty.
    says_optional = False
    rounds = forms.IntegerField(
        label=_("Rounds ahead"), min_value=2, max_value=FURTHEST, required=False, initial=AHEAD
    )

    def __init__(self, data: Any, *, people: QuerySet[User], missions: Sequence[Mission]) -> None:
        super().__init__(data)
        for place in range(1, PLACES + 1):
            self.fields[f"person{place}"] = forms.ModelChoiceField(
                people, label=_("Person"), required=False, empty_label="–"
            )
            self.fields[f"mission{place}"] = forms.TypedChoiceField(
                label=_("Takes"),
                required=False,
                coerce=int,
                empty_value=None,
                choices=[
                    ("", "–"),
                    (0, _("No mission")),
                    *((row.pk, f"{row.client.name}, {row.title}") for row in missions),
                ],
            )

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The fields, line by line."""
        return [(self[f"person{n}"], self[f"mission{n}"]) for n in range(1, PLACES + 1)]

    def clean(self) -> dict[str, Any]:
        data, seen = super().clean() or self.cleaned_data, set()
        for place in range(1, PLACES + 1):
            person, mission = data.get(f"person{place}"), data.get(f"mission{place}")
            if person is not None and person.pk in seen:
                self.add_error(f"person{place}", _("This person stands on another line already."))
            if person is not None and mission is None and f"mission{place}" not in self.errors:
                self.add_error(f"mission{place}", _("Choose what this person would take."))
            if person is None and mission is not None and f"person{place}" not in self.errors:
                self.add_error(f"person{place}", _("Choose who would take it."))
            seen.add(person.pk if person else None)
        return data

    @property
    def people(self) -> dict[str, User]:
        """Who was picked, by the field that names them."""
        names = [f"person{n}" for n in range(1, PLACES + 1)]
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}

    @property
    def missions(self) -> dict[str, int]:
        """Which missions (ids) were picked, by the field that names them; "none" is none."""
        names = [f"mission{n}" for n in range(1, PLACES + 1)]
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}

    @property
    def chosen(self) -> list[tuple[User, int | None]]:
        """People and the mission (id) that each would take, or none."""
        data = self.cleaned_data
        pairs = [(data.get(f"person{n}"), data.get(f"mission{n}")) for n in range(1, PLACES + 1)]
        return [(person, mission or None) for person, mission in pairs if person is not None]

    @property
    def ahead(self) -> int:
        return int(self.cleaned_data.get("rounds") or AHEAD)
