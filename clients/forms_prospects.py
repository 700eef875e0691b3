"""Input about prospects, exceptions and paths."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from clients.forms import DayField, account_managers, offer
from clients.models import CharterValue, Client, Path, PathRequest, Prospect, Seen
from clients.perms import owning_units_for
from clients.perms_prospects import clients_to_walk_with, exceptable_clients
from clients.screening import Finding, GoingOn
from core import wording
from core.text import REF_TAKEN, on_one_line

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

# An exception that nobody looks at for a year has become the rule.
LONGEST = timedelta(days=365)
Verdict = Seen.Verdict
MISSING = _("Say what shows it.")


class ProspectForm(ModelForm):
    """Whom one met, and how they came to us."""

    class Meta:
        model = Prospect
        fields: ClassVar = ["name", "sector", "source", "source_words"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)


class ScreeningForm(forms.Form):
    """Each value of the charter: seen, not seen, or contrary, with a sentence as evidence."""

    kinds: ClassVar[tuple[str, ...]] = ("verdict", "evidence", "red", "changed")

    def __init__(
        self,
        *args: Any,
        values: Sequence[CharterValue],
        crossed: Collection[int] = (),
        **kwargs: Any,
    ) -> None:
        """``crossed``: values (ids) whose red line was crossed when one last looked."""
        super().__init__(*args, **kwargs)
        self.values, self.crossed = values, crossed
        for value in values:
            self.ask(value)
        on_one_line(self)

    def ask(self, value: CharterValue) -> None:
        """The fields about one value."""
        self.fields[f"verdict_{value.pk}"] = forms.ChoiceField(
            label=value.name, choices=Verdict.choices, initial=Verdict.NOT_SEEN,
            widget=forms.RadioSelect, help_text=" · ".join(value.asked),
        )  # fmt: skip
        self.fields[f"evidence_{value.pk}"] = forms.CharField(
            label=_("What shows it, in one sentence"), max_length=300, required=False
        )
        if value.red_line:
            self.fields[f"red_{value.pk}"] = forms.BooleanField(
                label=_("The red line is crossed: %(line)s") % {"line": value.red_line},
                required=False,
                initial=value.pk in self.crossed,
            )
        if value.pk in self.crossed:
            self.fields[f"changed_{value.pk}"] = forms.CharField(
                label=_("It was crossed before. If it is not any more: what has changed?"),
                max_length=300,
                required=False,
            )

    @property
    def rows(self) -> list[tuple[CharterValue, list[forms.BoundField]]]:
        """Each value with its fields, in the order in which they are asked."""
        names = [(value, [f"{kind}_{value.pk}" for kind in self.kinds]) for value in self.values]
        return [
            (value, [self[name] for name in some if name in self.fields]) for value, some in names
        ]

    def clean(self) -> None:
        for value in self.values:
            one = self._finding(value)
            if one.verdict != Verdict.NOT_SEEN or one.red_line:
                self.require(f"evidence_{value.pk}", MISSING)
            if value.pk in self.crossed and not one.red_line:
                self.require(f"changed_{value.pk}", _("Say what has changed."))

    def require(self, name: str, message: Promise | str) -> None:
        """A sentence is missing there, unless something else is wrong with it."""
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, str(message))

    def _finding(self, value: CharterValue) -> Finding:
        data = self.cleaned_data
        is_crossed = bool(data.get(f"red_{value.pk}"))
        return Finding(
            value,
            data.get(f"verdict_{value.pk}") or Verdict.NOT_SEEN,
            data.get(f"evidence_{value.pk}", ""),
            red_line=is_crossed,
            changed="" if is_crossed else data.get(f"changed_{value.pk}", ""),
        )

    @property
    def found(self) -> list[Finding]:
        return [self._finding(value) for value in self.values]


class ReasonForm(forms.Form):
    """Why one stops here, in one sentence that everybody reads."""

    sentence = forms.CharField(label=_("Why, in one sentence"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)


class GoingOnForm(forms.Form):
    """The written decision to go on all the same."""

    sentence = forms.CharField(label=_("Why we go on all the same"), max_length=300)
    look_again_on = DayField(label=_("Day to look again"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        on_one_line(self)

    def clean_look_again_on(self) -> date:
        return a_day_ahead(self.cleaned_data["look_again_on"], self.today)

    @property
    def going_on(self) -> GoingOn:
        return GoingOn(self.cleaned_data["sentence"], self.cleaned_data["look_again_on"])


def a_day_ahead(day: date, today: date) -> date:
    """A day after today, within a year."""
    if not today < day <= today + LONGEST:
        raise ValidationError(
            _("After today, and by %(last)s at the latest."),
            params={"last": wording.full_day(today + LONGEST)},
        )
    return day


class ExceptionForm(GoingOnForm):
    """An exception about a client of today."""

    client = forms.ModelChoiceField(Client.objects.none(), label=_("Client"))
    field_order = ("client", "sentence", "look_again_on")

    def __init__(self, *args: Any, user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        offer(self.fields["client"], exceptable_clients(user).current(today))


class AcceptForm(ModelForm):
    """What a client needs to be one; at risk, the written decision beside it."""

    class Meta:
        model = Client
        fields: ClassVar = ["ref", "name", "sector", "unit", "account_manager"]
        error_messages: ClassVar = REF_TAKEN

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
        offer(self.fields["unit"], owning_units_for(user))
        offer(self.fields["account_manager"], account_managers(None))


class LookForm(forms.Form):
    """An exception looked at again: on until another day, or over."""

    sentence = forms.CharField(label=_("What you found"), max_length=300)
    until = DayField(
        label=_("Look again on"), required=False,
        help_text=_("Left empty: the exception is over."),
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        on_one_line(self)

    def clean_until(self) -> date | None:
        day: date | None = self.cleaned_data["until"]
        return a_day_ahead(day, self.today) if day else None


# --- paths -----------------------------------------------------------------------------------


class PathForm(ModelForm):
    """Who decides there, and when one meets next."""

    class Meta:
        model = Path
        fields: ClassVar = ["decides_there", "next_meeting_on"]
        field_classes: ClassVar = {"next_meeting_on": DayField}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        on_one_line(self)

    def clean_next_meeting_on(self) -> date | None:
        day: date | None = self.cleaned_data["next_meeting_on"]
        same = day == self.instance.next_meeting_on
        return a_day_ahead(day, self.today - timedelta(days=1)) if day and not same else day


class NewPathForm(PathForm):
    """The same for a client of today."""

    class Meta(PathForm.Meta):
        fields: ClassVar = ["client", "decides_there", "next_meeting_on"]

    def __init__(self, *args: Any, user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["client"].required = True
        offer(self.fields["client"], clients_to_walk_with(user).current(today))


class RequestForm(ModelForm):
    """What is asked of them, from which day."""

    class Meta:
        model = PathRequest
        fields: ClassVar = ["kind", "sentence", "asked_on"]
        field_classes: ClassVar = {"asked_on": DayField}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        on_one_line(self)

    def clean_asked_on(self) -> date:
        day = not_ahead(self.cleaned_data["asked_on"], self.today)
        if self.instance.answered_on and day > self.instance.answered_on:
            raise ValidationError(_("By the day on which they answered, at the latest."))
        return day


def not_ahead(day: date, today: date) -> date:
    if day > today:
        raise ValidationError(_("Today at the latest."))
    return day


class AnswerForm(ModelForm):
    """What they answered, and when."""

    class Meta:
        model = PathRequest
        fields: ClassVar = ["answer", "answered_on", "words"]
        field_classes: ClassVar = {"answered_on": DayField}
        widgets: ClassVar = {"answer": forms.RadioSelect}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        on_one_line(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, waits = data.get("answered_on"), data.get("answer") == PathRequest.Answer.WAITING
        if waits:
            data["answered_on"] = None
        elif day is None and "answered_on" not in self.errors:
            self.add_error("answered_on", _("Say on which day they answered."))
        elif day and not self.instance.asked_on <= day <= self.today:
            self.add_error("answered_on", _("Between the day it was asked and today."))
        return data


class EndPathForm(forms.Form):
    """How a path ends, and what came of it."""

    state = forms.ChoiceField(
        label=_("How it ends"), widget=forms.RadioSelect, initial=Path.State.FINISHED,
        choices=[
            (Path.State.FINISHED, _("Finished: what could be obtained is obtained")),
            (Path.State.DROPPED, _("Given up: they do not want to")),
        ],
    )  # fmt: skip
    outcome = forms.CharField(label=_("What came of it"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
