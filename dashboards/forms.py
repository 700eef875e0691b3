"""What the address of a page of figures may say: a published period, and nothing else."""

from collections.abc import Sequence

from django import forms
from django.utils.datastructures import MultiValueDict

from dashboards.edition import Edition
from scoring.publication import PublishedPeriod


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
