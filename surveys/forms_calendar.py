"""What an administrator types about rounds: the calendar, a pause, another close."""

from datetime import date, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.firm import CALENDAR, period_length_allowed, short_period_allowed
from accounts.forms import DayInput
from accounts.models import FirmSettings
from core.periods import FRIDAY
from core.text import on_one_line
from surveys.models import Pause

CADENCES = [(1, _("Every week")), (2, _("Every 2 weeks")), (4, _("Every 4 weeks"))]
FIRST_HOUR, LAST_HOUR = time(6), time(19)
FARTHEST = timedelta(days=2 * 365)
REASON_LIMIT = 300


class CalendarForm(forms.ModelForm):  # type: ignore[type-arg]  # -- no generic at run time
    """When rounds open, for how long, and how many make a period."""

    cadence_weeks = forms.TypedChoiceField(
        label=_("A round"), choices=CADENCES, coerce=int, empty_value=None
    )

    class Meta:
        model = FirmSettings
        fields = CALENDAR
        widgets: ClassVar = {
            "first_round_on": DayInput(),
            "opens_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts: ClassVar = {
            "first_round_on": _("A Tuesday suits most firms: people are there, and settled in."),
            "rounds_per_period": _("Figures come out together at the end of a period."),
            "opens_at": _("By the firm’s clock, from 6:00 to 19:00, summer and winter."),
            "open_days": _("Never longer than the weeks between two rounds, less a day."),
        }

    def __init__(
        self, *args: Any, today: date, people: int, closed_rounds: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.short = short_period_allowed(people=people, closed_rounds=closed_rounds)
        own = self.instance.cadence_weeks
        if own not in dict(CADENCES):
            # A firm that had another one keeps it until it chooses.
            said = _("Every %(weeks)s weeks") % {"weeks": own}
            self.fields["cadence_weeks"].choices = [*CADENCES, (own, said)]  # type: ignore[attr-defined]  # -- a choice field

    def clean_first_round_on(self) -> date | None:
        day: date | None = self.cleaned_data["first_round_on"]
        if "first_round_on" not in self.changed_data or day is None:
            return day
        if day.weekday() > FRIDAY:
            raise ValidationError(_("Choose a working day: nobody is asked at the week-end."))
        if day > self.today + FARTHEST:
            raise ValidationError(_("Choose a day within two years."))
        return day

    def clean_opens_at(self) -> time:
        hour: time = self.cleaned_data["opens_at"]
        if not FIRST_HOUR <= hour <= LAST_HOUR:
            raise ValidationError(_("Choose an hour from 6:00 to 19:00."))
        return hour

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        weeks, days = cleaned.get("cadence_weeks"), cleaned.get("open_days")
        if weeks and days and days > 7 * weeks - 1:
            self.add_error(
                "open_days",
                ValidationError(
                    _("A round closes before the next opens: %(days)s days at most."),
                    params={"days": 7 * weeks - 1},
                ),
            )
        self._check_period(cleaned)
        return cleaned

    def _check_period(self, cleaned: dict[str, Any]) -> None:
        weeks, rounds = cleaned.get("cadence_weeks"), cleaned.get("rounds_per_period")
        touched = {"cadence_weeks", "rounds_per_period"} & set(self.changed_data)
        if not (weeks and rounds and touched):
            return
        if not period_length_allowed(rounds=rounds, cadence_weeks=weeks, short=self.short):
            self.add_error(
                "rounds_per_period",
                _(
                    "A period lasts 12 weeks or more; 4 weeks only from 200 people and after "
                    "6 closed rounds."
                ),
            )


class PauseForm(forms.ModelForm):  # type: ignore[type-arg]  # -- no generic at run time
    """Days on which no round opens."""

    class Meta:
        model = Pause
        fields = ("starts_on", "ends_on", "yearly")
        widgets: ClassVar = {"starts_on": DayInput(), "ends_on": DayInput()}
        labels: ClassVar = {"yearly": _("The same days every year")}

    def validate_unique(self) -> None:
        """The verb says which days another pause covers, and so more than this could."""


class CloseForm(forms.Form):
    """Another day for the close of an open round, and why."""

    day = forms.DateField(label=_("It closes on"), widget=DayInput())
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LIMIT,
        help_text=_("Kept with your name and the day; administrators and referents read it."),
    )
    seen = forms.DateTimeField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, first: date, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
        self.fields["day"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}
