"""Input about alerts: what is decided, put away, closed."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from clients.forms import DayField
from core.moving import VersionedForm
from followup.models import Alert
from followup.wording import Step

OWN = "own"
TWO_WEEKS = timedelta(days=14)
LONGEST = timedelta(days=91)


class MoveForm(VersionedForm):
    """A move of an alert."""

    def __init__(self, *args: Any, alert: Alert, today: date, **rest: Any) -> None:
        super().__init__(*args, subject=alert, **rest)
        self.alert = alert
        self.today = today


class DecideForm(MoveForm):
    """A next step, an owner, a date."""

    name = "decide"
    step = forms.ChoiceField(label=_("Next step"), widget=forms.RadioSelect)
    words = forms.CharField(label=_("In your own words"), max_length=200, required=False)
    owner: Any = forms.ModelChoiceField(
        User.objects.none(), label=_("Followed by"), empty_label=_("To be assigned")
    )
    due_on = DayField(label=_("By"))

    def __init__(
        self, *args: Any, steps: dict[str, Step], owners: QuerySet[User], by: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, step.title) for code, step in steps.items()]
        fields: dict[str, Any] = self.fields
        fields["step"].choices = [*choices, (OWN, _("Something else"))]
        fields["owner"].queryset = owners
        self._start(by)

    def _start(self, by: User) -> None:
        alert = self.alert
        self.initial = {
            **self.initial,
            "step": alert.next_step_code or (OWN if alert.next_step else ""),
            "words": alert.next_step,
            "owner": alert.owner_id or by.pk,
            "due_on": alert.due_on or self.today + TWO_WEEKS,
        }

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < self.today:
            raise forms.ValidationError(_("This day is past."))
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("step") == OWN and not data.get("words"):
            self.add_error("words", _("Say in a few words what will be done."))
        return data

    @property
    def code(self) -> str:
        step: str = self.cleaned_data["step"]
        return "" if step == OWN else step

    @property
    def text(self) -> str:
        words: str = self.cleaned_data["words"]
        return "" if self.code else words


class PostponeForm(MoveForm):
    """A day on which it comes back."""

    name = "postpone"
    until = DayField(label=_("Bring it back on"))
    why = forms.CharField(
        label=_("Why is now not the moment?"),
        max_length=300,
        help_text=_("Kept in the alert’s journal, which everyone who sees it can read."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, "until": self.today + TWO_WEEKS}

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        if day <= self.today:
            raise forms.ValidationError(_("Choose a day to come."))
        if day > self.today + LONGEST:
            raise forms.ValidationError(_("Three months at the most."))
        return day


class CloseForm(MoveForm):
    """One sentence, read by the people concerned."""

    name = "close"
    sentence = forms.CharField(
        label=_("What was decided"),
        max_length=300,
        help_text=_(
            "One sentence, shown to the people concerned on their home page. Where their answers"
            " raised the alert, it opens their next e-mail too. No name, no figure."
        ),
    )
